"""How the training step scales: with resolution, width, devices, workers.

    python benchmarks/scaling.py --write

Tables in Markdown, and a figure where `--write` is given:

- resolution: images/s from 4x4 up, of what `steps.py` has written;
- width: the quickstart's step at 32x32, `fmap_max` from 16 to 256;
- replicas: the same with one batch shared by 1, 2 and 4 devices, which are
  parts of one CPU here: what mirroring costs, not what it gains;
- workers: 1 and 2 processes of one thread each, 16 images per worker;
- gpus: what 8 GPUs have to send each other, by the numbers of parameters,
  beside the multiplications of a step. Nothing in this part is measured.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import contest

CASE = {"resolution": 32, "fade_in": False, "batch_size": 16}
WIDTHS = [16, 32, 64, 128, 256]
# Assumed of each GPU: half of the float32 peak that is published for an A100
# without tensor cores (19.5e12 operations a second), and its published 300
# GB/s in each direction; or 16 GB/s, that of a PCIe 3.0 slot.
PRODUCTS_PER_SECOND = 0.5 * 19.5e12 / 2
BYTES_PER_SECOND = {"NVLink": 300e9, "PCIe": 16e9}


def main():
    """Measure the parts that were asked for."""
    options = parse()
    run = contest.describe_run(options)
    contest.print_run(run, [])
    document = {"run": run}
    for part in options.parts:
        print(f"\n### {part}\n")
        document[part] = PARTS[part](options)
    contest.finish(document, "scaling", options)
    if options.write:
        draw(document, contest.RESULTS / "scaling.png")


def parse():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, default=list(PARTS)
    )
    contest.add_arguments(parser)
    return parser.parse_args()


def sizes(width):
    """Widths of a case whose blocks up to 16x16 are `width` wide."""
    return {"latent_dim": width, "fmap_base": 8 * width, "fmap_max": width}


def resolution(options):
    """Images/s of each contestant by resolution, of steps.json."""
    path = contest.RESULTS / "steps.json"
    if not path.exists():
        print("Nothing here: run steps.py --write first.")
        return {}
    found = {}
    for entry in json.loads(path.read_text())["cases"]:
        case = entry["case"]
        if case["fade_in"]:
            continue
        for name, result in entry["results"].items():
            if "seconds" in result:
                seconds = statistics.median(result["seconds"])
                speed = case["batch_size"] / seconds
                found.setdefault(name, {})[case["resolution"]] = speed
    sides = sorted({side for speeds in found.values() for side in speeds})
    contest.print_row(["images/s", *sides])
    contest.print_row(["---"] + ["--:"] * len(sides))
    for name, speeds in found.items():
        cells = [f"{speeds[s]:,.1f}" if s in speeds else "" for s in sides]
        contest.print_row([name, *cells])
    return found


def width(options):
    """Milliseconds of the quickstart's step by width."""
    return compare(
        {
            f"fmap_max {width}": ({"recipe": "quickstart"}, sizes(width))
            for width in WIDTHS
        },
        options,
    )


def replicas(options):
    """The same by the number of devices that share a batch."""
    return compare(
        {
            f"{count} devices": (
                {"recipe": "quickstart", "replicas": count},
                sizes(128),
            )
            for count in (1, 2, 4)
        },
        options,
    )


def compare(variants, options):
    """Measure variants of our step in turn; print and return the results."""
    tasks = {
        name: (
            {"module": "ours", "options": settings, "case": {**CASE, **widths}},
            sys.executable,
        )
        for name, (settings, widths) in variants.items()
    }
    results = contest.hold(tasks, options)
    contest.print_row(["", "parameters", "ms a step", "images/s", "by first"])
    contest.print_row(["---"] + ["--:"] * 4)
    first = next(iter(results.values())).get("seconds")
    for name, result in results.items():
        if "error" in result:
            contest.print_row([name, result["error"], "", "", ""])
            continue
        seconds = result["seconds"]
        speed = CASE["batch_size"] / statistics.median(seconds)
        contest.print_row(
            [
                name,
                f"{sum(result['parameters']):,}",
                contest.spread(seconds, 1000),
                f"{speed:,.0f}",
                f"{contest.ratio(seconds, first):.2f}" if first else "",
            ]
        )
    return results


def workers(options):
    """Images/s of 1 and of 2 workers, in turn."""
    speeds = {1: [], 2: []}
    for _ in range(3):
        for count, values in speeds.items():
            values.append(_workers_speed(count, steps=20))
    contest.print_row(["workers", "images a step", "images/s", "by one worker"])
    contest.print_row(["--:"] * 4)
    for count, values in speeds.items():
        share = contest.ratio(values, speeds[1])
        contest.print_row(
            [count, 16 * count, contest.spread(values), f"{share:.2f}"]
        )
    return {str(count): values for count, values in speeds.items()}


def _workers_speed(count, steps):
    """Images/s of so many processes that train together."""
    case = json.dumps({**CASE, **sizes(128), "batch_size": 16 * count})
    script = str(contest.PEERS / "worker_steps.py")
    addresses = _free_addresses(count)
    processes = []
    for index in range(count):
        threads = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
        cluster = {
            "cluster": {"worker": addresses},
            "task": {"type": "worker", "index": index},
        }
        process = subprocess.Popen(
            [sys.executable, script, case, str(steps)],
            env={**os.environ, **threads, "TF_CONFIG": json.dumps(cluster)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        processes.append(process)
    outputs = [process.communicate()[0] for process in processes]
    if any(process.returncode for process in processes):
        raise RuntimeError("A worker failed.")
    seconds = [
        float(line.split()[1])
        for line in outputs[0].splitlines()
        if line.startswith("seconds")
    ]
    return 16 * count * steps / statistics.median(seconds)


def _free_addresses(count):
    """Addresses on this machine that nobody listens at, for now."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    addresses = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    for one in sockets:
        one.close()
    return addresses


def gpus(options):
    """What 8 GPUs send and multiply in a step of the paper's networks."""
    import progan_keras as pk
    from progan_keras.networks.cost import (
        count_multiplications,
        count_parameters,
    )

    count, batch = 8, 4  # images of each GPU
    gan = pk.ProGAN(1024, fmap_base=8192, fmap_max=512)
    print(
        f"The paper's networks, {count} GPUs, {batch} images each; a ring "
        "sends 2 (n - 1) / n of the gradients. Seconds are by assumptions.\n"
    )
    contest.print_row(
        ["size", "MB sent", "billion products", "ms of these"]
        + [f"ms by {name}" for name in BYTES_PER_SECOND]
        + [f"efficiency by {name}" for name in BYTES_PER_SECOND]
    )
    contest.print_row(["--:"] * (4 + 2 * len(BYTES_PER_SECOND)))
    rows = []
    for pair in gan.generators:
        models = [
            gan.pair(pair.resolution, family).straight
            for family in ("generator", "discriminator")
        ]
        parameters = sum(map(count_parameters, models))
        sent = 4 * parameters * 2 * (count - 1) / count
        # Alternating WGAN-GP in forward passes: G 4, D 14; see `Estimate`.
        products = batch * sum(
            passes * count_multiplications(model)
            for passes, model in zip((4, 14), models, strict=True)
        )
        computing = products / PRODUCTS_PER_SECOND
        sending = {n: sent / speed for n, speed in BYTES_PER_SECOND.items()}
        contest.print_row(
            [pair.resolution, f"{sent / 1e6:.0f}", f"{products / 1e9:,.0f}"]
            + [f"{1000 * computing:.1f}"]
            + [f"{1000 * seconds:.1f}" for seconds in sending.values()]
            + [f"{computing / (computing + s):.0%}" for s in sending.values()]
        )
        rows.append(
            {
                "resolution": pair.resolution,
                "bytes_sent": sent,
                "multiplications": products,
            }
        )
    return rows


def draw(document, path):
    """Draw images/s against resolution, and against width."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    markers = "osv^Dx*P"
    for number, (name, speeds) in enumerate(
        document.get("resolution", {}).items()
    ):
        sides, values = zip(*sorted(speeds.items()), strict=True)
        left.loglog(sides, values, marker=markers[number], label=name)
    left.set(xlabel="resolution", ylabel="images/s", title="by resolution")
    left.set_xticks(sides, [str(side) for side in sides])
    left.legend(fontsize=7)
    speeds = [
        CASE["batch_size"] / statistics.median(result["seconds"])
        for result in document.get("width", {}).values()
    ]
    right.loglog(WIDTHS[: len(speeds)], speeds, marker="o")
    right.set(xlabel="fmap_max", title="quickstart at 32x32, by width")
    right.set_xticks(WIDTHS, [str(width) for width in WIDTHS])
    for axes in (left, right):
        axes.minorticks_off()
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)


PARTS = {
    part.__name__: part for part in (resolution, width, replicas, workers, gpus)
}


if __name__ == "__main__":
    main()
