"""The training step beside those of others, and what it takes to start.

    make bench

For every resolution, straight and fading, tables in Markdown of all
contestants at the same widths, batch, loss and threads: milliseconds of a
step, images/s, how many times as long it takes as ours (above 1, ours is
faster), the share of the machine's convolutions that it reaches, the first
step and the most memory. See `contest.py` for how it is measured, and the
modules in `peers` for what each contestant does.
"""

import argparse
import statistics
import sys

import contest

CONVOLUTION = [16, 32, 32, 128]
OURS = ("ours, alternating", "ours, simultaneous")
# Names: (module in `peers`, options, whether it needs PyTorch).
CONTESTANTS = {
    "ours, alternating": ("ours", {"recipe": "alternating"}, False),
    "ours, simultaneous": ("ours", {"recipe": "simultaneous"}, False),
    "ours, quickstart": ("ours", {"recipe": "quickstart"}, False),
    "ours, alternating, bfloat16": (
        "ours",
        {"recipe": "alternating", "precision": "mixed_bfloat16"},
        False,
    ),
    "pro-gan-pth": ("pro_gan_pth", {}, True),
    "tutorial Keras": ("tutorial_keras", {}, False),
    "plain PyTorch": ("plain_torch", {}, True),
    "plain PyTorch, compiled": ("plain_torch", {"compiled": True}, True),
    "tutorial Keras, eager": ("tutorial_keras", {"eager": True}, False),
}
MORE = (
    "ours, alternating, bfloat16",
    "plain PyTorch, compiled",
    "tutorial Keras, eager",
)
COLUMNS = [
    "contestant",
    "ms a step",
    "images/s",
    "by alternating",
    "by simultaneous",
    "million products an image",
    "of peak",
    "first step, s",
    "MiB",
]


def main():
    """Measure, print the tables, and write the figures if asked."""
    options = parse()
    run = contest.describe_run(options)
    peaks = contest.hold(convolutions(options), options)
    peak = convolution_peak(peaks)
    print(f"Convolutions: {peak / 1e9:.1f} billion products a second at most")
    cases, printed = [], False
    for resolution in options.resolutions:
        for fade_in in (False, True):
            if fade_in and (resolution == 4 or options.straight):
                continue
            case = describe_case(resolution, fade_in, options)
            results = contest.hold(tasks(case, options), options)
            cases.append({"case": case, "results": results})
            if not printed:
                contest.print_run(run, [*peaks.values(), *results.values()])
                printed = True
            print_case(case, results, peak)
    print_summary(cases, peak)
    document = {"run": run, "convolutions": peaks, "cases": cases}
    contest.finish(document, options.name, options)


def parse():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--resolutions", type=int, nargs="+", default=[4, 8, 16, 32, 64]
    )
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--fmap-base", type=int, default=1024)
    parser.add_argument("--fmap-max", type=int, default=128)
    parser.add_argument("--straight", action="store_true", help="no fades")
    parser.add_argument(
        "--contestants",
        nargs="+",
        choices=CONTESTANTS,
        metavar="NAME",
        default=[name for name in CONTESTANTS if name not in MORE],
        help=f"of {', '.join(map(repr, CONTESTANTS))}; by default all but "
        f"{', '.join(map(repr, MORE))}",
    )
    parser.add_argument(
        "--name", default="steps", help="of the file that --write writes"
    )
    contest.add_arguments(parser)
    return parser.parse_args()


def describe_case(resolution, fade_in, options):
    """What all contestants prepare: a dict."""
    return {
        "resolution": resolution,
        "fade_in": fade_in,
        "batch_size": options.batch_size,
        "latent_dim": options.fmap_max,
        "fmap_base": options.fmap_base,
        "fmap_max": options.fmap_max,
    }


def tasks(case, options):
    """The contestants of a case, as `contest.hold` takes them."""
    found = {}
    for name in options.contestants:
        module, settings, needs_torch = CONTESTANTS[name]
        task = {"module": module, "options": settings, "case": case}
        python = options.bench_python if needs_torch else sys.executable
        found[name] = (task, python)
    return found


def convolutions(options):
    """The same for what the machine can do at all."""
    case = {"shape": CONVOLUTION}
    return {
        name: (
            {"module": f"convolution_{name}", "options": {}, "case": case},
            python,
        )
        for name, python in (
            ("tensorflow", sys.executable),
            ("torch", options.bench_python),
        )
    }


def convolution_peak(peaks):
    """Products a second of the faster one."""
    batch, height, width, channels = CONVOLUTION
    products = batch * height * width * 9 * channels**2
    medians = [
        statistics.median(result["seconds"])
        for result in peaks.values()
        if "error" not in result
    ]
    return products / min(medians)


def print_case(case, results, peak):
    """Print the table of a case."""
    side = case["resolution"]
    print(f"\n### {side}x{side}, {'fading' if case['fade_in'] else 'straight'}")
    print("\nThe networks of all have " + parameters(results) + ".\n")
    contest.print_row(COLUMNS)
    contest.print_row(["---"] + ["--:"] * (len(COLUMNS) - 1))
    for name, result in results.items():
        if "error" in result:
            contest.print_row([name, result["error"]] + [""] * 7)
            continue
        contest.print_row(row(name, result, results, case, peak))


def print_summary(cases, peak):
    """Print a table of all cases: ours, and how many times as long others."""
    others = ("pro-gan-pth", "tutorial Keras", "plain PyTorch")
    print("\n### All cases\n")
    contest.print_row(
        ["size", "stage", "ms", "images/s", "of peak"]
        + [f"{name}, by {ours.split()[1]}" for name in others for ours in OURS]
    )
    contest.print_row(["--:", "---"] + ["--:"] * (3 + 2 * len(others)))
    for entry in cases:
        case, results = entry["case"], entry["results"]
        if "seconds" not in results.get(OURS[0], {}):
            continue
        cells = row(OURS[0], results[OURS[0]], results, case, peak)
        stage = "fading" if case["fade_in"] else "straight"
        median = f"{1000 * statistics.median(results[OURS[0]]['seconds']):.1f}"
        ratios = [
            row(name, results[name], results, case, peak)[3 + number]
            if "seconds" in results.get(name, {})
            else ""
            for name in others
            for number in range(len(OURS))
        ]
        contest.print_row(
            [case["resolution"], stage, median, cells[2], cells[6], *ratios]
        )


def parameters(results):
    """Say how many parameters there are, or who has how many."""
    counts = {
        name: tuple(result["parameters"])
        for name, result in results.items()
        if "error" not in result
    }
    if len(set(counts.values())) == 1:
        return "{:,} and {:,} parameters".format(*next(iter(counts.values())))
    return "parameters of their own: " + ", ".join(
        "{} {:,} and {:,}".format(name, *count)
        for name, count in counts.items()
    )


def row(name, result, results, case, peak):
    """The cells of a contestant."""
    seconds, batch = result["seconds"], case["batch_size"]
    ratios = []
    for ours in OURS:
        base = results.get(ours, {}).get("seconds")
        ratios.append(f"{contest.ratio(seconds, base):.2f}" if base else "")
    median = statistics.median(seconds)
    products, reached = result["multiplications"], ""
    if products:
        reached = f"{products / median / peak:.0%}"
        products = f"{products / batch / 1e6:,.0f}"
    return [
        name,
        contest.spread(seconds, 1000),
        f"{batch / median:,.0f}",
        *ratios,
        products or "",
        reached,
        f"{result['first_step_seconds']:.1f}",
        f"{result['peak_mib']:,.0f}",
    ]


if __name__ == "__main__":
    main()
