"""What each idea of the paper buys: one taken away at a time.

    python benchmarks/ablations.py --run-dir ablations --write

Every row is trained on as many images, from the same seeds, by the quickstart
recipe with one change, and measured against the real images. Stopped, the same
command goes on where it was: rows are runs in folders of their own.
"""

import argparse
import dataclasses
import io
import json
import os
import statistics
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import contest
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

import progan_keras as pk
from progan_keras.figures.history import History
from progan_keras.report.facts import training_seconds
from progan_keras.training.runs import load_run

# Name of a row -> changes of the recipe, changes of the architecture.
ROWS = {
    "all of them": ({}, {}),
    "no growing": ({"growing": False}, {}),
    "growing without fades": ({"fade_images": 0}, {}),
    "no pixel normalisation": ({}, {"generator_norm": None}),
    "no minibatch standard deviation": ({}, {"minibatch": None}),
    "no equalized learning rate": ({}, {"equalized": False}),
    "no average of the generator": (
        {"ema_decay": 0.0, "ema_half_life": None},
        {},
    ),
    "WGAN-GP, alternating": ({"loss": "wgan_gp", "update": "alternating"}, {}),
}
METRICS = ("swd", "ms_ssim", "kid", "precision_recall")
COLUMNS = {
    "swd": (1, "SWD"),
    "kid_efficientnet_lite0": (1000, "KID x 1000"),
    "ms_ssim": (1, "MS-SSIM"),
}


def main():
    """Train and measure all rows, print a table."""
    options = parse()
    run = contest.describe_run(options)
    images = pk.data.load(options.data, options.resolution)
    results = {row: [] for row in options.rows}
    for seed in range(options.seeds):
        for row in options.rows:
            results[row].append(measured(row, seed, images, options))
        print_table(results)
    contest.finish({"run": run, "results": results}, "ablations", options)
    if options.write:
        save(draw(options), contest.RESULTS / "ablations.png")


def parse():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", default="emoji_portraits")
    parser.add_argument("--resolution", type=int, default=32)
    parser.add_argument("--total-kimg", type=float, default=60)
    parser.add_argument("--fmap-base", type=int, default=512)
    parser.add_argument("--fmap-max", type=int, default=64)
    parser.add_argument("--latent-dim", type=int, default=64)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--run-dir", default="ablations")
    parser.add_argument(
        "--rows", nargs="+", choices=ROWS, metavar="ROW", default=list(ROWS)
    )
    contest.add_arguments(parser)
    return parser.parse_args()


def measured(row, seed, images, options):
    """Train a row from a seed, if it was not, and return its scores."""
    changes, switches = ROWS[row]
    recipe = dataclasses.replace(
        pk.recipes.get("quickstart"),
        **{"total_images": round(1000 * options.total_kimg), **changes},
    )
    folder = folder_of(row, seed, options)
    scores = folder / "scores.json"
    if scores.exists():
        return json.loads(scores.read_text(encoding="utf-8"))
    gan = pk.ProGAN(
        options.resolution,
        fmap_base=options.fmap_base,
        fmap_max=options.fmap_max,
        latent_dim=options.latent_dim,
        architecture=switches,
        seed=seed,
    )
    run = pk.train(gan, images, folder, recipe, verbose=False)
    found = {
        name: {key: result[key] for key in ("value", "floor", "count")}
        for name, result in pk.evaluate(
            load_run(run.path), images, METRICS
        ).items()
    }
    found["minutes"] = training_seconds(History(run)) / 60
    scores.write_text(json.dumps(found, indent=2), encoding="utf-8")
    return found


def folder_of(row, seed, options):
    """Return the folder that holds the run of a row and a seed."""
    return Path(options.run_dir) / f"{row.replace(' ', '_')}-{seed}"


def draw(options):
    """Return a figure of pictures by the first run of every row."""
    figure, axes = plt.subplots(
        len(options.rows), 1, figsize=(9, 0.75 * len(options.rows)), dpi=80
    )
    for axis, row in zip(np.atleast_1d(axes), options.rows, strict=True):
        gan = load_run(folder_of(row, 0, options))
        axis.imshow(
            pk.image_grid(gan.generate(12, seed=7), columns=12),
            interpolation="nearest",
        )
        axis.set_ylabel(row, rotation=0, ha="right", va="center")
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    figure.tight_layout(pad=0.3)
    return figure


def save(figure, path):
    """Write a figure as PNG of 256 colours: it is shown inside a notebook."""
    file = io.BytesIO()
    figure.savefig(file, bbox_inches="tight")
    picture = Image.open(file).convert("RGB")
    picture.quantize(256, kmeans=3).save(path, optimize=True)


def print_table(results):
    """Print the mean over the seeds of every score, and how far they lie."""
    contest.print_row(["row", *(title for _, title in COLUMNS.values())])
    contest.print_row(["---"] + ["--:"] * len(COLUMNS))
    for row, runs in results.items():
        cells = []
        for name, (factor, _) in COLUMNS.items():
            values = [factor * run[name]["value"] for run in runs]
            half = (max(values) - min(values)) / 2
            cells.append(f"{statistics.mean(values):.3g} ± {half:.2g}")
        contest.print_row([row, *cells])
    run = next(iter(results.values()))[0]
    floors = [f * run[name]["floor"] for name, (f, _) in COLUMNS.items()]
    contest.print_row(["real images", *(f"{floor:.3g}" for floor in floors)])


if __name__ == "__main__":
    main()
