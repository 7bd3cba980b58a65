"""The facts of an inspection as a text of 80 columns, for people."""

import textwrap
import unicodedata

_WIDTH = 80
_HELPER = "\0"
_BROKEN_SHOWN = 10
_GROUPS_SHOWN = 5
_CLASSES_SHOWN = 20


def write_report(facts):
    """Writes the report.

    Args:
        facts: dict as described at `Inspection`.

    Returns:
        str of several lines, without one at the end.
    """
    lines = _title(facts) + _images(facts)
    if facts["images"]["usable"]:
        lines += _sizes(facts) + _labels(facts) + _duplicates(facts)
        lines += _fit(facts) + _resolution(facts)
    return "\n".join(lines + _findings(facts))


def _title(facts):
    name = facts["name"]
    return [
        name,
        "=" * min(len(name), _WIDTH),
        *_wrap(f"{facts['description']}; licence: {_licence(facts)}", 0),
    ]


def _licence(facts):
    return facts["licence"] or "not stated, look it up before you share"


def _images(facts):
    images, files = facts["images"], facts["files"]
    broken = images["broken"]
    lines = _heading("Images")
    lines += _wrap(f"{images['found']:,} found, {images['usable']:,} usable")
    if broken:
        lines += _wrap(f"{len(broken):,} cannot be used:")
    for image in broken[:_BROKEN_SHOWN]:
        lines += _wrap(f"{image['name']}: {image['reason']}", 4)
    lines += _and_more(broken, _BROKEN_SHOWN)
    for title, kind in (("Files", "formats"), ("Stored as", "modes")):
        if files[kind]:
            counts = (f"{n:,} {name}" for name, n in files[kind].items())
            lines += _wrap(f"{title}: {', '.join(counts)}")
    for trait, text in (
        ("grey_stored_as_colour", "grey, though stored in colour"),
        ("transparent", "with transparent parts"),
        ("several_frames", "with several frames or pages"),
        ("turned_upright", "turned upright, as their EXIF data says"),
    ):
        if files[trait]:
            lines += _wrap(f"{files[trait]:,} {text}")
    return lines


def _sizes(facts):
    sizes = facts["sizes"]
    lines = _heading("Sizes in pixels")
    frequent = sizes["most_frequent"]
    if sizes["different"] == 1:
        size = f"{frequent[0]['width']:,}x{frequent[0]['height']:,}"
        return lines + _wrap(f"all {size} (width x height)")
    columns = ("smallest", "median", "largest")
    lines.append(" " * 8 + "".join(f"{name:>10}" for name in columns))
    for side in ("width", "height"):
        values = "".join(f"{sizes[side][name]:>10,}" for name in columns)
        lines.append(f"  {side:6}{values}")
    listed = [
        f"{size['width']:,}x{size['height']:,} ({size['images']:,})"
        for size in frequent
    ]
    more = sizes["different"] - len(listed)
    if more:
        listed.append(f"and {more:,} more")
    return lines + _wrap(f"Most frequent: {', '.join(listed)}")


def _labels(facts):
    labels = facts["labels"]
    default, fields = labels["default_field"], labels["fields"]
    lines = []
    if default in fields:
        classes = fields[default]
        lines += _wrap(f'{len(classes):,} classes, by "{default}":')
        lines.append("     class    images  name")
        for number, name in enumerate(list(classes)[:_CLASSES_SHOWN]):
            lines += _wrap(f"{number:>8,}{classes[name]:>10,}  {name}", 2, 22)
        lines += _and_more(classes, _CLASSES_SHOWN)
    others = [
        f"{field} ({len(classes):,} classes)"
        for field, classes in fields.items()
        if field != default
    ]
    if others:
        lines += _wrap(f"Other labels: {', '.join(others)}")
    for field, reason in labels["unusable"].items():
        lines += _wrap(f"Labels {field!r} make no classes: {reason}")
    return _heading("Labels") + (lines or _wrap("none"))


def _duplicates(facts):
    found = facts["duplicates"]
    lines = _heading("Duplicates")
    for kind, text in (
        ("exact", "with exactly the same pixels"),
        ("near", "that look the same at a glance"),
    ):
        groups = found[kind]
        if not groups:
            lines += _wrap(f"No images {text}")
            continue
        count = sum(map(len, groups))
        noun = "group" if len(groups) == 1 else "groups"
        lines += _wrap(f"{count:,} images in {len(groups):,} {noun} {text}:")
        for group in groups[:_GROUPS_SHOWN]:
            names = [str(name) for name in group[:_GROUPS_SHOWN]]
            if len(group) > len(names):
                names.append(f"and {len(group) - len(names):,} more")
            lines += _wrap("- " + ", ".join(names), 4, 6)
        lines += _and_more(groups, _GROUPS_SHOWN, "groups")
    if found["in_several_classes"]:
        count = len(found["in_several_classes"])
        lines += _wrap(f"Groups whose images are in several classes: {count:,}")
    return lines + _wrap(f"Different images: {found['distinct']:,}")


def _fit(facts):
    fit = facts["fit"]
    titles = {
        "crop": ("Cut to the centred square", "cut away"),
        "pad": (f"Padded with {fit['background']}", "background"),
        "stretch": ("Stretched to a square", "squeezed"),
        "celeba_128": ("Cut as the paper's authors cut CelebA", "cut away"),
    }
    title, verb = titles[fit["shape"]]
    lines = _heading(f"{title} (--fit {fit['shape']})")
    worst = fit["worst"]
    if not worst["share"]:
        return lines + _wrap("All images are squares: they stay whole.")
    lines += _wrap(
        f"{verb.capitalize()}: {percent(fit['mean'])} on average, at most "
        f"{percent(worst['share'])} ({worst['name']})"
    )
    return lines + _wrap(
        f"More than a third {verb}: {fit['over_a_third']:,} images"
    )


def _resolution(facts):
    found = facts["resolution"]
    lines = _heading("Resolution")
    every, most = (
        f"{found[key]}x{found[key]}" if found[key] else "none"
        for key in ("supported", "supported_by_most")
    )
    others = "" if every == most else f" ({most} for 95 % of them)"
    lines += _wrap(f"Largest without enlarging: {every}{others}")
    how = "as asked" if found["asked"] else "unless you choose another"
    size = f"{found['chosen']}x{found['chosen']}"
    lines += _wrap(f"Prepared at: {size}, {how}")
    lines += _wrap(f"Enlarged there: {found['enlarged']:,} images")
    return lines + _wrap(f"Disk space there: {_size(facts['cache_bytes'])}")


def _findings(facts):
    lines = _heading("What this means")
    for number, finding in enumerate(facts["findings"], start=1):
        lines += _wrap(f"{number}. {finding['text']}", 2, 5)
        if finding["advice"]:
            lines += _wrap(f"-> {finding['advice']}", 5, 8)
    return lines


def _heading(text):
    return ["", text, "-" * len(text)]


def _wrap(text, indent=2, following=None):
    """Breaks a text into lines, those after the first indented more."""
    if following is None:
        following = indent + 2
    # Characters as wide as two are counted twice, thanks to a helper.
    text = "".join(
        c + _HELPER * (unicodedata.east_asian_width(c) in "WF") for c in text
    )
    lines = textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * following,
        break_on_hyphens=False,
    )
    return [line.replace(_HELPER, "") for line in lines]


def _and_more(items, shown, noun=""):
    more = len(items) - shown
    if more <= 0:
        return []
    return _wrap(f"and {more:,} more {noun}".rstrip() + " (see --json)", 4)


def percent(share):
    """Returns "12 %" for 0.12; never 100 %, as something is left."""
    return "over 99 %" if share > 0.99 else f"{100 * share:.0f} %"


def _size(num_bytes):
    """Returns "310 KB", "12.3 MB" or "1.2 GB"."""
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if num_bytes >= size:
            return f"{num_bytes / size:,.1f} {unit}"
    return f"{num_bytes / 1e3:,.0f} KB"
