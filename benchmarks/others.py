"""What else takes time: commands, first picture, checkpoints, pictures, a run.

    python benchmarks/others.py

Tables in Markdown, each by a part that can be asked for alone:

- commands: `progan --help`, `import progan_keras`, beside TensorFlow's import,
  in turn, a process each;
- first_grid: seconds from the start of `progan train` to its first grids;
- checkpoint: writing and reading one, at 32x32;
- generate: pictures/s of `ProGAN.generate`, of exports and of pro-gan-pth's
  generator, uint8, at the same widths, in turn;
- megapixel: one step of the paper's 1024x1024 networks, batch of 2, and its
  memory beside what the plan announces;
- end_to_end: the share of `train` that is spent in the compiled step, and
  that step beside the same one on a batch that is there over and over.
"""

import argparse
import dataclasses
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import contest

COMMANDS = {
    "progan --help": ["-m", "progan_keras", "--help"],
    "import progan_keras": ["-c", "import progan_keras"],
    "import tensorflow": ["-c", "import tensorflow"],
}
SIZES = {"latent_dim": 128, "fmap_base": 1024, "fmap_max": 128}


def main():
    """Measure the parts that were asked for."""
    options = parse()
    run = contest.describe_run(options)
    contest.print_run(run, [])
    document = {"run": run}
    for part in options.parts:
        print(f"\n### {part}\n")
        document[part] = PARTS[part](options)
    contest.finish(document, options.name, options)


def parse():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, default=list(PARTS)
    )
    parser.add_argument(
        "--resolutions", type=int, nargs="+", default=[8, 16, 32, 64]
    )
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument(
        "--kimg", type=float, default=8, help="to train for end_to_end"
    )
    parser.add_argument(
        "--name", default="others", help="of the file that --write writes"
    )
    contest.add_arguments(parser)
    return parser.parse_args()


def commands(options):
    """Seconds of every command, a list each."""
    seconds = {name: [] for name in COMMANDS}
    for _ in range(options.repeats):
        for name, arguments in COMMANDS.items():
            started = time.perf_counter()
            subprocess.run(
                [sys.executable, *arguments], capture_output=True, check=True
            )
            seconds[name].append(time.perf_counter() - started)
    print_seconds(seconds)
    return seconds


def first_grid(options):
    """Seconds to the first two grids of `progan train` by default."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "progan_keras", "train"]
        process = subprocess.Popen(
            [*command, "--run-dir", folder],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        started, seen = time.perf_counter(), {}
        try:
            while len(seen) < 2:
                if process.poll() is not None:
                    raise RuntimeError("progan train ended without a grid.")
                time.sleep(0.05)
                found = len(list(Path(folder).rglob("grids/fakes-*.png")))
                for name in ["untrained", "first tick"][:found]:
                    seen.setdefault(name, time.perf_counter() - started)
        finally:
            process.terminate()
            process.wait()
    print_seconds({name: [value] for name, value in seen.items()})
    return seen


def checkpoint(options):
    """Seconds of writing and of reading a checkpoint, and its size."""
    import progan_keras as pk
    from progan_keras.schedule import Stage
    from progan_keras.training import checkpoint as checkpoints

    gan = pk.ProGAN(32, **SIZES)
    gan.compile()
    gan.enter_stage(Stage(32))
    seconds = {"save": [], "load": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "checkpoint.npz")
        for _ in range(options.repeats):
            started = time.perf_counter()
            checkpoints.save(gan, path)
            saved = time.perf_counter()
            _, arrays = checkpoints.read(path)
            checkpoints.restore_networks(gan, arrays)
            checkpoints.restore_optimizers(gan, arrays)
            seconds["save"].append(saved - started)
            seconds["load"].append(time.perf_counter() - saved)
        size = path.stat().st_size
    print_seconds(seconds)
    print(f"\n{size / 1e6:.1f} MB")
    return {**seconds, "bytes": size}


def generate(options):
    """Seconds to make a batch of pictures, by resolution and contestant."""
    ours, theirs = sys.executable, options.bench_python
    makers = {
        "ProGAN.generate": ("generate_ours", {"form": "python"}, ours),
        "SavedModel": ("generate_ours", {"form": "saved_model"}, ours),
        "ONNX": ("generate_ours", {"form": "onnx"}, ours),
        "LiteRT": ("generate_ours", {"form": "litert"}, ours),
        "pro-gan-pth": ("generate_pro_gan_pth", {}, theirs),
    }
    contest.print_row(["maker", "size", "ms a batch", "pictures/s", "ratio"])
    contest.print_row(["---"] + ["--:"] * 4)
    found = {}
    for resolution in options.resolutions:
        case = {**SIZES, "resolution": resolution}
        case["batch_size"] = options.batch_size
        tasks = {
            name: ({"module": module, "options": settings, "case": case}, path)
            for name, (module, settings, path) in makers.items()
        }
        found[resolution] = results = contest.hold(tasks, options)
        base = results["SavedModel"].get("seconds")
        for name, result in results.items():
            if "error" in result:
                contest.print_row([name, resolution, result["error"], "", ""])
                continue
            seconds = result["seconds"]
            speed = options.batch_size / statistics.median(seconds)
            ratio = f"{contest.ratio(seconds, base):.2f}" if base else ""
            milliseconds = contest.spread(seconds, 1000)
            contest.print_row(
                [name, resolution, milliseconds, f"{speed:,.0f}", ratio]
            )
    return found


def megapixel(options):
    """Seconds and peak memory of a step at 1024x1024, in its own process."""
    case = {"resolution": 1024, "fade_in": True, "batch_size": 2}
    case |= {"latent_dim": 512, "fmap_base": 8192, "fmap_max": 512}
    task = {"module": "ours", "options": {"recipe": "alternating"}}
    # Its first step, with the tracing, is all that is asked for.
    contestant = contest.Contestant(
        {**task, "case": case}, sys.executable, options.threads
    )
    facts = contestant.facts
    contestant.close()
    announced = announced_mib(case)
    contest.print_row(["first step, s", "peak MiB", "announced MiB"])
    contest.print_row(["--:"] * 3)
    contest.print_row(
        [
            f"{facts['first_step_seconds']:.0f}",
            f"{facts['peak_mib']:,.0f}",
            f"{announced:,.0f}",
        ]
    )
    return {**facts, "announced_mib": announced}


def announced_mib(case):
    """What the plan of the case says that it will take."""
    import progan_keras as pk
    from progan_keras.recipe import Recipe
    from progan_keras.training.plan import Plan

    names = ("resolution", "latent_dim", "fmap_base", "fmap_max")
    recipe = Recipe(
        loss="wgan_gp",
        stabilise_images=case["batch_size"],
        fade_images=case["batch_size"],
        batch_size=case["batch_size"],
    )
    gan = pk.ProGAN(**{name: case[name] for name in names})
    return Plan(gan, None, recipe).estimate.bytes() / 2**20


def end_to_end(options):
    """How long `train` takes from step to step, figures left aside."""
    import keras

    import progan_keras as pk
    from progan_keras.training import trainer

    images = pk.data.load("emoji_portraits", 32)
    recipe = dataclasses.replace(
        pk.recipes.get("quickstart"),
        growing=False,
        stabilise_images=round(1000 * options.kimg),
        total_images=None,
    )
    times, ticks, compile_step = [], [], trainer.compile_step

    def compile_timed(gan):
        step = compile_step(gan)

        def timed(batches):
            started = time.perf_counter()
            logs = step(batches)
            logs["d_loss"].numpy()  # waits
            times.append((started, time.perf_counter()))
            return logs

        return timed

    class Tick(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            ticks.append(len(times))

    gan = pk.ProGAN(32, **SIZES)
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.object(trainer, "compile_step", compile_timed),
    ):
        pk.train(
            gan,
            images,
            folder,
            recipe,
            callbacks=[Tick()],
            verbose=False,
        )
    result = shares(times, ticks)
    batches = iter(
        images.stream(32, recipe.batch_size).take(1).cache().repeat()
    )
    step = compile_timed(gan)
    del times[:]
    for _ in range(len(result["steps"]) + 1):
        step(batches)
    result["bare_steps"] = [end - start for start, end in times[1:]]
    print_seconds(
        {
            "step in the run": result["steps"],
            "step of one batch": result["bare_steps"],
        }
    )
    print(f"\nIn the step: {result['in_step']:.2%} of the run")
    return result


def shares(times, ticks):
    """Take first steps and what lies around ticks out.

    Args:
        times: List of (start, end) of the steps, in seconds.
        ticks: List of how many steps there were at every tick.

    Returns:
        Dict of "steps" (their seconds) and "in_step", the share of them in
        all the time.
    """
    steps, whole = [], 0.0
    # The first step was traced.
    for number in range(2, len(times)):
        if number not in ticks:
            steps.append(times[number][1] - times[number][0])
            whole += times[number][1] - times[number - 1][1]
    return {"steps": steps, "in_step": sum(steps) / whole}


def print_seconds(seconds):
    """Print a table of lists of seconds, by name."""
    contest.print_row(["what", "seconds"])
    contest.print_row(["---", "--:"])
    for name, values in seconds.items():
        contest.print_row([name, contest.spread(values, digits=3)])


PARTS = {
    part.__name__: part
    for part in (
        commands,
        first_grid,
        checkpoint,
        generate,
        end_to_end,
        megapixel,
    )
}


if __name__ == "__main__":
    main()
