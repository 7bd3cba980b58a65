"""A contestant: prepares a case, then runs steps when asked.

    python benchmarks/peers '{"module": ..., "options": ..., "case": ...}'

Each module here has a function `prepare(case, **options)`, which returns a
`contestant.Prepared`. Requests and answers are lines of JSON, on the standard
input and output:

- at the start, without being asked: the facts, after the first step;
- `{"steps": 3}`: runs three steps; `{"seconds": 0.5}`;
- `{"count": true}`: `{"multiplications": ...}` of one step.

The process ends with its input.
"""

import importlib
import json
import os
import sys
import time

from contestant import peak_mib


def main():
    """Prepare, tell the facts, serve."""
    task = json.loads(sys.argv[1])
    # What libraries print must not get among the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(**values):
        print(json.dumps(values), file=answers, flush=True)

    module = importlib.import_module(task["module"])
    started = time.perf_counter()
    prepared = module.prepare(task["case"], **task["options"])
    ready = time.perf_counter()
    prepared.run(1)
    answer(
        versions=prepared.versions,
        parameters=prepared.parameters,
        period=prepared.period,
        prepare_seconds=ready - started,
        first_step_seconds=time.perf_counter() - ready,
        peak_mib=peak_mib(),
    )
    for line in sys.stdin:
        request = json.loads(line)
        if "steps" in request:
            started = time.perf_counter()
            prepared.run(request["steps"])
            answer(seconds=time.perf_counter() - started)
        else:
            answer(multiplications=prepared.count())


if __name__ == "__main__":
    main()
