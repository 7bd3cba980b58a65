"""A contestant that learns: trains for some seconds when asked, then shows.

    python benchmarks/peers/learn.py '{"module": ..., "options": ..., ...}'

Each module `learn_*` has a function `prepare(case, **options)`, which returns
a `Learner`. Requests and answers are lines of JSON:

- `{"seconds": 60}`: trains so long, to the end of a step; `{"seconds": 60.2,
  "images": 12000, "stage": "8x8 fade in"}`, of all so far;
- `{"pictures": path, "count": 1000}`: writes uint8 pictures of the average
  generator, always from the same latents; `{}`.
"""

import dataclasses
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator


@dataclasses.dataclass(frozen=True)
class Learner:
    """Something that can be trained.

    Attributes:
        steps: Iterator that takes a step, waits for it, and yields how many
            images were seen and what the stage is called.
        pictures: Function of a number, to uint8 `[N, R, R, 3]`.
    """

    steps: Iterator
    pictures: Callable


def main():
    """Prepare, then serve until the input ends."""
    task = json.loads(sys.argv[1])
    # What libraries print must not get among the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import numpy as np

    learner = importlib.import_module(task["module"]).prepare(
        task["case"], **task["options"]
    )
    spent = 0.0
    print("{}", file=answers, flush=True)
    for line in sys.stdin:
        request, answer = json.loads(line), {}
        if "pictures" in request:
            np.save(request["pictures"], learner.pictures(request["count"]))
        else:
            started, before = time.perf_counter(), spent
            for seen, stage in learner.steps:
                spent = before + time.perf_counter() - started
                answer = {"seconds": spent, "images": seen, "stage": stage}
                if spent - before >= request["seconds"]:
                    break
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
