"""The protocol: contestants in processes of their own, asked in turn.

A contestant is a process that prepares one case (`peers/__main__.py`), then
waits. Asked, it runs a number of steps and answers how long they took; all
others wait meanwhile. All are asked once, then all again (A B C A B C ...),
so that a machine that slows down does so for all of them.
"""

import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PEERS = Path(__file__).parent / "peers"
RESULTS = Path(__file__).parent / "results"
# Threads of the one before may still be waiting for work, at full speed.
PAUSE_SECONDS = 0.3


class Contestant:
    """A process that runs steps when asked.

    Args:
        task: Dict of "module" in `peers`, "options" for its `prepare`, and
            "case".
        python: Path of the interpreter to run it by.
        threads: Integer, of TensorFlow or PyTorch.

    Attributes:
        facts: Dict of "versions", "prepare_seconds" (of that which is before
            the first step), "first_step_seconds" and "peak_mib" (of the
            process, after that step), and "parameters" of G and D.

    Raises:
        RuntimeError: if it cannot be prepared; its last words are in it.
    """

    def __init__(self, task, python, threads):
        settings = {
            "OMP_NUM_THREADS": str(threads),
            "TF_NUM_INTRAOP_THREADS": str(threads),
            "TF_NUM_INTEROP_THREADS": str(threads),
            "TF_CPP_MIN_LOG_LEVEL": "2",
        }
        # A file, since a pipe that nobody reads would stop the process.
        self._errors = tempfile.TemporaryFile(  # noqa: SIM115
            "w+", errors="replace"
        )
        self._process = subprocess.Popen(
            [python, str(PEERS), json.dumps(task)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, **settings},
            text=True,
        )
        try:
            self.facts = self._answer()
        except BaseException:
            self.close()
            raise

    def ask(self, **request):
        """Return the answer to a request, a dict: see `peers/__main__.py`."""
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self):
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            # Of a trace back, the last line tells what was wrong.
            words = self._errors.read().strip().splitlines()[-1:]
            raise RuntimeError(" ".join(words) or "It ended without a word.")
        return json.loads(line)

    def close(self):
        """End the process."""
        self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()


def hold(tasks, options):
    """Prepare all contestants of a case, ask them in turn, end them.

    Args:
        tasks: Dict from names to tuples (task, path of the interpreter).
        options: Namespace of the arguments that `add_arguments` adds.

    Returns:
        Dict from names to the contestants' facts with "seconds" (a list, of
        one step in each repeat) and what they answer to "count", or with
        "error".
    """
    results, contestants, steps = {}, {}, {}
    try:
        for name, (task, python) in tasks.items():
            try:
                contestant = Contestant(task, python, options.threads)
            except (RuntimeError, OSError) as error:
                results[name] = {"error": str(error)}
                continue
            contestants[name] = contestant
            results[name] = {**contestant.facts, "seconds": []}
        for name, contestant in contestants.items():
            steps[name] = _warm_up(contestant, options)
        for _ in range(options.repeats):
            for name, contestant in contestants.items():
                time.sleep(PAUSE_SECONDS)
                answer = contestant.ask(steps=steps[name])
                seconds = answer["seconds"] / steps[name]
                results[name]["seconds"].append(seconds)
        for name, contestant in contestants.items():
            results[name].update(contestant.ask(count=True))
    finally:
        for contestant in contestants.values():
            contestant.close()
    return results


def _warm_up(contestant, options):
    """Run steps until their speed is known; return how many to ask for."""
    if options.steps:
        contestant.ask(steps=options.steps)
        return options.steps
    contestant.ask(steps=2)
    spent = contestant.ask(steps=2)["seconds"] / 2
    period = contestant.facts["period"]
    steps = period * max(1, round(options.seconds / spent / period))
    contestant.ask(steps=steps)
    return steps


def add_arguments(parser):
    """Add the arguments that every contest has."""
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument(
        "--seconds", type=float, default=2.0, help="of each turn"
    )
    parser.add_argument("--steps", type=int, help="of each turn, instead")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument(
        "--bench-python",
        default=str(Path(__file__).parents[1] / ".venv-bench/bin/python"),
        help="with requirements.txt installed, for contestants in PyTorch",
    )
    parser.add_argument(
        "--write", action="store_true", help="write the JSON into results/"
    )


def spread(values, factor=1.0, digits=2):
    """Median and range for people: "12.10 (11.98 to 12.60)"."""
    middle, least, most = (
        f"{factor * value:,.{digits}f}"
        for value in (statistics.median(values), min(values), max(values))
    )
    return f"{middle} ({least} to {most})"


def ratio(values, others):
    """Median of `values[i] / others[i]`, of the same round each."""
    return statistics.median(a / b for a, b in zip(values, others, strict=True))


def describe_run(options):
    """What a table must say of itself: a dict."""
    return {
        "date": datetime.date.today().isoformat(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "load_before": os.getloadavg()[0],
        "options": {
            name: value
            for name, value in vars(options).items()
            if name not in ("bench_python", "write")  # a path; no setting
        },
    }


def _processor():
    """Model of the processor, as far as the system tells."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def print_run(run, results):
    """Print the line that stands above a table."""
    versions = {}
    for result in results:
        versions |= result.get("versions", {})
    packages = ", ".join(f"{k} {v}" for k, v in sorted(versions.items()))
    options = run["options"]
    print(
        f"\n{run['date']}, {run['processor']}, {run['cores']} cores, "
        f"{options['threads']} threads, load {run['load_before']:.1f} before; "
        f"medians of {options['repeats']} turns; {packages}\n",
        flush=True,
    )


def print_row(cells):
    """Print a row of a Markdown table."""
    print("|", " | ".join(map(str, cells)), "|", flush=True)


def finish(document, name, options):
    """Write the figures into results/, if that was asked for."""
    if not options.write:
        print("Not written: add --write.", file=sys.stderr)
        return
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(document, indent=2) + "\n")
    os.replace(temporary, path)
    print(f"Written: {path}", file=sys.stderr)
