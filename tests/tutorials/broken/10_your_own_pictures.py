"""Mistakes that the check cells of lesson 10 notice."""

BROKEN = [
    (
        "the crop is at the top left",
        "left, top = (width - cut) // 2, (height - cut) // 2",
        "left, top = 0, 0",
    ),
    (
        "the telephone's note is not read",
        "ImageOps.exif_transpose(picture)",
        "picture",
    ),
    (
        "pixels are picked, not averaged",
        "small = picture.resize(size, Image.Resampling.BOX)",
        "small = picture.resize(size, Image.Resampling.NEAREST)",
    ),
    (
        "of copies the first stays, wherever it is",
        "left_out |= set(good[1:])",
        "left_out |= set(group[1:])",
    ),
    (
        "broken files are copied",
        'left_out = {broken["name"] for broken in facts["images"]["broken"]}',
        "left_out = set()",
    ),
    (
        "the average of G is not copied",
        "for family, pairs in new.families.items():",
        "for family, pairs in list(new.families.items())[:2]:",
    ),
    (
        "the nearest is compared with all others",
        "distances[1:5].mean()",
        "distances[1:].mean()",
    ),
]
