"""Scores as a table to read."""


def table(scores):
    """Lays out what `evaluate` returned.

    Args:
        scores: dict from names to results.

    Returns:
        str with a line per value, of the sliced Wasserstein distance also per
        level: the value, its standard error where it is known, the same for
        real images, and how many there were.
    """
    rows = [("metric", "value", "error", "reals", "images")]
    for name, score in scores.items():
        rows.append(_row(name, score, score["value"], score["floor"]))
        floors = score.get("floor_levels", {})
        for level, value in score.get("levels", {}).items():
            label = f"  level {level}x{level}"
            rows.append(
                _row(label, {**score, "error": None}, value, floors.get(level))
            )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _row(name, score, value, floor):
    return (
        name,
        _number(value),
        _number(score.get("error")),
        _number(floor),
        f"{score['count']:,}",
    )


def _number(value):
    return "" if value is None else f"{value:.4g}"
