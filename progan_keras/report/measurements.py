"""The newest value of every metric as a table, with what it is worth."""

from progan_keras import schemas
from progan_keras.figures.history import number
from progan_keras.figures.metric_names import describe
from progan_keras.report.html import element, join, table

_HEADER = (
    "metric",
    "value",
    "error",
    "real images",
    "best so far",
    "better",
    "images",
    "seed",
    "features",
    "measured at",
)


def measurements(history):
    """Return the table and what to know before believing it.

    Args:
        history: `History` with at least one evaluation.
    """
    rows, caveats = [], {}
    for name in history.metric_names():
        results = history.results(name)
        metric = describe(name, results[-1][2])
        rows += _rows(metric, results)
        if metric.caveat:
            caveats[metric.title] = metric.caveat
    caption = (
        "Newest values. Beside them what other real images reach, which no "
        "generator should be expected to beat."
    )
    notes = [
        element("li", element("strong", f"{title}: "), caveat)
        for title, caveat in caveats.items()
    ]
    notes += [element("li", note) for note in _notes(history)]
    return join(
        [table(caption, _HEADER, rows), element("ul", notes), _kept(history)]
    )


def _rows(metric, results):
    """A row for the newest value, and one for each of its levels."""
    kimg, resolution, result = results[-1]
    shared = (
        f"{result['count']:,}" if result.get("count") else "",
        _shown(result.get("seed")),
        _shown(result.get("features")),
        f"{kimg:g} kimg"
        + (f", {resolution}x{resolution}" if resolution else ""),
    )
    yield (
        metric.title,
        _digits(result.get("value")),
        _digits(result.get("error")),
        _digits(result.get("floor")),
        _best(metric, results),
        metric.better,
        *shared,
    )
    floors = result.get("floor_levels") or {}
    for level, value in (result.get("levels") or {}).items():
        name = f"level {level}x{level}" if level.isdigit() else level
        floor = _digits(floors.get(level))
        yield (f"– {name}", _digits(value), "", floor, *[""] * 6)


def _best(metric, results):
    """The best value at the newest resolution and count, and when it was."""
    choose = {"lower": min, "higher": max}.get(metric.better)
    _, resolution, newest = results[-1]
    comparable = [
        (value, kimg)
        for kimg, side, result in results
        if side == resolution and result.get("count") == newest.get("count")
        if (value := number(result.get("value"))) == value
    ]
    if choose is None or not comparable:
        return ""
    value, kimg = choose(comparable)
    return f"{value:.4g} at {kimg:g} kimg"


def _notes(history):
    """What holds for all of them."""
    results = [
        result
        for name in history.metric_names()
        for _, _, result in history.results(name)
    ]
    networks = sorted({r["features"] for r in results if r.get("features")})
    others = [name for name in networks if name != "inception_v3"]
    if others:
        yield (
            f"Features of {', '.join(others)} are not those of published "
            "figures: compare only with others by the same network."
        )
    if any("std_over_directions" in result for result in results):
        yield (
            "The sliced Wasserstein distance has no error: what other images "
            "would change is not known."
        )
    trained = history.run.options["data"].get("fingerprint")
    for result in results:
        data = result.get("data") or {}
        if data.get("fingerprint", trained) != trained:
            split = f", split {result['split']}" if result.get("split") else ""
            yield (
                f"Some were measured against {data.get('name')}{split}: other "
                "images than it was trained on."
            )
            break


def _kept(history):
    """Where the best generator is, if one was kept."""
    path = history.run.path / "best" / "scores.json"
    try:
        kimg = schemas.read(path, schemas.SCORES)["kimg"]
    except (OSError, ValueError):
        return ""
    kept = element("code", "best/generator.keras")
    return element(
        "p",
        "The best generator, after ",
        f"{kimg:g} kimg, is kept in ",
        kept,
        ".",
    )


def _digits(value):
    value = number(value)
    return "" if value != value else f"{value:.4g}"


def _shown(value):
    return "" if value is None else value
