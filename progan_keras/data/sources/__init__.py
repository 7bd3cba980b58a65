"""Images as users have them: folders, archives, arrays, data sets by name.

Every module here turns one kind of them into a `Source` of `Record`s, which
the rest of the package treats alike; `open_source` finds out which kind it is.
"""

from progan_keras.data.sources.open_source import EMBEDDED, open_source
from progan_keras.data.sources.source import Record, Source

__all__ = ["EMBEDDED", "Record", "Source", "open_source"]
