"""Looking at a data set before anything is trained on it.

One pass over the images (`survey`) finds what there is (`facts`), what that
means (`findings`), and writes it for people (`text`, `contact_sheet`).
"""

from progan_keras.data.inspection.inspection import (
    Inspection,
    inspect,
    inspect_source,
)

__all__ = ["Inspection", "inspect", "inspect_source"]
