"""`inspect`: what a data set holds, and what is wrong with it."""

import json

from progan_keras.checks import RESOLUTIONS, check_resolution
from progan_keras.data.fit import Fit
from progan_keras.data.inspection.contact_sheet import draw_contact_sheet
from progan_keras.data.inspection.facts import collect
from progan_keras.data.inspection.findings import find_all
from progan_keras.data.inspection.survey import survey
from progan_keras.data.inspection.text import write_report
from progan_keras.data.sources.open_source import open_source


def inspect(
    source,
    resolution=None,
    fit="crop",
    background="white",
    split=None,
    data_dir=None,
):
    """Looks at every image of a data set without preparing anything.

    Broken images are reported, never an error. Images are decoded once, on
    several threads, and only a few numbers of each are kept.

    Args:
        source: as described at `load`.
        resolution: int, the resolution that is planned; `None` takes the
            largest that needs no enlarging, at most 128.
        fit: str, as described at `load`.
        background: str, as described at `load`.
        split: str, as described at `load`.
        data_dir: path, as described at `load`.

    Returns:
        `Inspection`.

    Raises:
        FileNotFoundError: if `source` names nothing that exists.
        ValueError: if an argument is out of range, or the source as a whole
            cannot be read.

    Example:
    >>> report = progan_keras.data.inspect("my photos", fit="pad")
    >>> print(report)
    >>> report.contact_sheet().save("sheet.png")
    """
    if resolution is not None:
        resolution = check_resolution(resolution)
    # What is wrong with them is told before anything is read.
    Fit(resolution or RESOLUTIONS[0], shape=fit, background=background)
    origin = open_source(source, split, data_dir)
    return inspect_source(origin, resolution, fit, background)


def inspect_source(source, resolution=None, fit="crop", background="white"):
    """Does what `inspect` does for a `Source`."""
    found = survey(source, fit, background)
    facts, classes = collect(source, found, resolution, fit, background)
    facts["findings"] = find_all(facts)
    fitting = Fit(
        facts["resolution"]["chosen"], source.num_channels, fit, background
    )
    return Inspection(facts, source, fitting, found, classes)


class Inspection:
    """What `inspect` has found; `print` it to read the report.

    Attributes:
        facts: dict of str, numbers, bools, `None`, lists and dicts, which
            `to_json` writes. Lists of names are complete. Its keys are

            - "name", "description", "licence" (or `None`) of the source, and
              "mirror", whether it is known to suit mirroring;
            - "images": how many were "found" and are "usable", and "broken"
              ones as a list of "name" and "reason";
            - "files": how many images there are by "formats" and by "modes"
              (as Pillow calls them), how many are "transparent", have
              "several_frames" (or pages; the first is used), are
              "turned_upright" because of EXIF data, "grey" or even
              "grey_stored_as_colour";
            - "sizes": "width" and "height", each with "smallest", "median"
              and "largest"; how many "different" sizes, and the
              "most_frequent" five with "width", "height" and "images". `None`
              without usable images;
            - "labels": the "default_field" or `None`; "fields", by name a
              dict from classes to their number of images; "unusable", by
              name the reason why labels make no classes;
            - "duplicates": "exact" and "near", lists of groups, each a list
              of names; the module `duplicates` says what "near" is, and only
              the first of an exact group takes part. "in_several_classes"
              are those groups that do not agree on the class (of the default
              field). "distinct" images are left if the first of each group
              stays;
            - "resolution": the largest that is "supported" by all images and
              "supported_by_most" (95 %) without enlarging, `None` if less
              than 4; the one "chosen", whether it was "asked" for, and how
              many images are "enlarged" at it;
            - "fit": "shape", "background" and "channels"; the "mean" share of
              the area that is cut away (for "pad": share of the square that
              is background; for "stretch": by how much the longer side is
              squeezed), the "worst" image as "name" and "share", or `None`,
              and how many are "over_a_third";
            - "cache_bytes": disk space of the prepared images;
            - "findings": list of dicts with "topic", "text" and "advice", a
              str or `None`.
    """

    def __init__(self, facts, source, fit, found, classes):
        self.facts = facts
        self._source = source
        self._fit = fit
        self._found = found
        self._classes = classes

    def __str__(self):
        return write_report(self.facts)

    def to_json(self):
        """Returns `facts` as JSON, a str of ASCII characters."""
        return json.dumps(self.facts, indent=2)

    def contact_sheet(self):
        """Draws examples as training will see them, and the odd ones out.

        Reads the chosen images again.

        Returns:
            `PIL.Image.Image` of mode "RGB".

        Raises:
            ValueError: if the images are no longer those that were inspected.
        """
        return draw_contact_sheet(
            self._source, self._fit, self._found, self._classes
        )
