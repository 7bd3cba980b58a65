"""Mistakes that a student of lesson 11 may make."""

BROKEN = [
    (
        "gains are upside down",
        "        before / after\n",
        "        after / before\n",
    ),
    (
        "gains are differences",
        "        before / after\n",
        "        before - after\n",
    ),
    (
        "a row without growing keeps no other idea either",
        '"no growing": ({"growing": False}, {}),',
        '"no growing": ({"growing": False}, {"minibatch": None}),',
    ),
    (
        "settings count only if they are in recipe and architecture",
        "return found | {",
        "return found & {",
    ),
    (
        "layers of the generator only are counted",
        'for family in ("generator", "discriminator")',
        'for family in ("generator",)',
    ),
    (
        "a row is trained on fewer images",
        '"growing without fades": ({"fade_images": 0}, {}),',
        '"growing without fades": ({"fade_images": 0, "total_images": 600}, '
        "{}),",
    ),
    (
        "a switch has no effect",
        '"no minibatch standard deviation": ({}, {"minibatch": None}),',
        '"no minibatch standard deviation": ({}, {}),',
    ),
    (
        "the worst row wins",
        "_, best = min(zip(choice, scores, strict=True))",
        "_, best = max(zip(choice, scores, strict=True))",
    ),
    (
        "rows are drawn one run each, not all choices",
        "list(itertools.product(*scores.values()))",
        "list(zip(*scores.values(), strict=True))",
    ),
    (
        "the table shows the first run only",
        'row: [factor * run[name]["value"] for run in runs]',
        'row: [factor * runs[0][name]["value"]]',
    ),
    (
        "the floor has another unit than the scores",
        'floor = factor * RUNS["all of them"][0][name]["floor"]',
        'floor = RUNS["all of them"][0][name]["floor"]',
    ),
]
