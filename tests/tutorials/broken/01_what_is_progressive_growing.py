"""Mistakes that the checks of lesson 1 must notice."""

BROKEN = [
    (
        "takes one pixel of each square",
        "squares.mean(axis=(2, 4))",
        "squares[:, :, 0, :, 0]",
    ),
    (
        "D wants real scores low",
        "softplus(fake_scores) + softplus(-real_scores)",
        "softplus(fake_scores) + softplus(real_scores)",
    ),
    (
        "G minimises its score",
        "return softplus(-fake_scores)",
        "return softplus(fake_scores)",
    ),
    (
        "fades the wrong way",
        "(1.0 - alpha) * old + alpha * new",
        "alpha * old + (1.0 - alpha) * new",
    ),
    (
        "counts alpha from the start of training",
        "(images_seen - start) / length",
        "min(1.0, images_seen / length)",
    ),
    (
        "stabilises before the fade",
        "(8, True, unit),\n    (8, False, unit)",
        "(8, False, unit),\n    (8, True, unit)",
    ),
    (
        "trains one step per stage",
        "steps_per_epoch=stage.steps_from(gan.images_seen)",
        "steps_per_epoch=1",
    ),
]
