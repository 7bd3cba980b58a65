"""Time to quality: what a minute of training buys, ours and others'.

    python benchmarks/quality.py --data emoji_portraits --minutes 8 --write

All contestants have the same widths, batch and data at 32x32, and those that
grow the same stages in images. They train in turn, a turn each, with all
threads; minutes are those of their own turns, the tracing of new stages
included, the making of pictures not. Pictures are of the average generator,
enlarged while it is smaller than 32x32, and measured against the real images.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import contest
import numpy as np

CONTESTANTS = {
    "ours, quickstart": ("learn_ours", {"recipe": "quickstart"}, False),
    "ours, quickstart, not growing": (
        "learn_ours",
        {"recipe": "quickstart", "growing": False},
        False,
    ),
    "ours, WGAN-GP": ("learn_ours", {"recipe": "wgan_gp"}, False),
    "ours, WGAN-GP, not growing": (
        "learn_ours",
        {"recipe": "wgan_gp", "growing": False},
        False,
    ),
    "pro-gan-pth": ("learn_pro_gan_pth", {}, True),
}
# Those of `progan train` at 32x32.
SIZES = {"latent_dim": 64, "fmap_base": 512, "fmap_max": 64}


def main():
    """Train all, measure their pictures, print tables, draw curves."""
    options = parse()
    run = contest.describe_run(options)
    contest.print_run(run, [])
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        results = learn(options, folder)
        measure(results, options)
    print_table(results, options)
    name = f"quality_{Path(options.data).stem}"
    contest.finish({"run": run, "results": results}, name, options)
    if options.write:
        draw(results, contest.RESULTS / f"{name}.png")


def parse():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", default="emoji_portraits")
    parser.add_argument("--resolution", type=int, default=32)
    parser.add_argument("--minutes", type=float, default=8, help="of each")
    parser.add_argument("--moments", type=int, default=8, help="to measure at")
    parser.add_argument("--stage-images", type=int, default=6_000)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--count", type=int, default=1_000, help="pictures")
    parser.add_argument(
        "--contestants",
        nargs="+",
        choices=CONTESTANTS,
        metavar="NAME",
        default=list(CONTESTANTS),
        help=f"of {', '.join(map(repr, CONTESTANTS))}",
    )
    contest.add_arguments(parser)
    return parser.parse_args()


def learn(options, folder):
    """Train all in turn; return what there was at every moment.

    Returns:
        Dict from names to lists of dicts: "seconds", "images", "stage" and
        "pictures", the path of an array.
    """
    import progan_keras as pk

    images = pk.data.load(options.data, options.resolution)
    reals = images.read(options.resolution, np.arange(len(images)))
    np.save(folder / "reals.npy", reals)
    case = {
        **SIZES,
        "resolution": options.resolution,
        "data": options.data,
        "reals": str(folder / "reals.npy"),
        "mirror": bool(images.mirror),
        "stage_images": options.stage_images,
        "batch_size": options.batch_size,
    }
    learners = {
        name: start(name, case, options) for name in options.contestants
    }
    results = {name: [] for name in learners}
    turn = 60 * options.minutes / options.moments
    for moment in range(options.moments):
        for number, (name, process) in enumerate(learners.items()):
            facts = ask(process, seconds=turn)
            path = str(folder / f"{number}-{moment}.npy")
            ask(process, pictures=path, count=options.count)
            results[name].append({**facts, "pictures": path})
            print(
                f"{name}: {facts['seconds'] / 60:.1f} minutes, "
                f"{facts['images']:,} images, {facts['stage']}",
                file=sys.stderr,
                flush=True,
            )
    for process in learners.values():
        process.kill()
        process.wait()
    return results


def start(name, case, options):
    """Start a contestant and wait until it is ready."""
    module, settings, needs_torch = CONTESTANTS[name]
    task = {"module": module, "options": settings, "case": case}
    python = options.bench_python if needs_torch else sys.executable
    process = subprocess.Popen(
        [python, str(contest.PEERS / "learn.py"), json.dumps(task)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": str(options.threads)},
        text=True,
    )
    answer(process)
    return process


def ask(process, **request):
    """Return the answer to a request: see `peers/learn.py`."""
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    return answer(process)


def answer(process):
    """Wait for the next answer of a contestant."""
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("A contestant ended; its last words are above.")
    return json.loads(line)


def measure(results, options):
    """Replace the paths of pictures by their SWD and KID, and the floors."""
    import progan_keras as pk

    images = pk.data.load(options.data, options.resolution)
    for moments in results.values():
        for moment in moments:
            pictures = np.load(moment.pop("pictures"))
            scores = pk.evaluate(
                pictures, images, ("swd", "kid"), options.count
            )
            for name, score in scores.items():
                moment[name] = score["value"]
                moment[f"{name}_floor"] = score["floor"]


def print_table(results, options):
    """Print the sliced Wasserstein distance and KID over the minutes."""
    turn = options.minutes / options.moments
    for metric, factor, title in (
        ("swd", 1, "SWD (x 1e3)"),
        ("kid_efficientnet_lite0", 1e3, "KID (EfficientNet-Lite0, x 1e3)"),
    ):
        moments = next(iter(results.values()))
        floor = factor * moments[0][f"{metric}_floor"]
        print(f"\n{title}; between reals {floor:.2f}\n")
        minutes = [f"{turn * (n + 1):g} min" for n in range(len(moments))]
        contest.print_row(["contestant", *minutes, "images"])
        contest.print_row(["---"] + ["--:"] * (len(minutes) + 1))
        for name, moments in results.items():
            values = [f"{factor * moment[metric]:.1f}" for moment in moments]
            images = f"{moments[-1]['images']:,}"
            contest.print_row([name, *values, images])


def draw(results, path):
    """Draw the curves of all contestants."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4), layout="constrained")
    for axes, metric, title in zip(
        figure.subplots(1, 2),
        ("swd", "kid_efficientnet_lite0"),
        ("sliced Wasserstein distance", "KID, EfficientNet-Lite0"),
        strict=True,
    ):
        for (name, moments), marker in zip(
            results.items(), "osv^D", strict=False
        ):
            axes.plot(
                [moment["seconds"] / 60 for moment in moments],
                [moment[metric] for moment in moments],
                marker=marker,
                markersize=4,
                label=name,
            )
        floor = moments[0][f"{metric}_floor"]
        axes.axhline(floor, color="0.5", linestyle=":", label="between reals")
        axes.set(xlabel="minutes of training", title=title, yscale="log")
        axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
