"""What the processes that train one GAN together tell each other.

Each of them is a worker; the first, the chief, has the run folder. All go
through the same steps, each with its share of every batch, and meet in the
operations that TensorFlow calls collective: whoever comes first waits for
the others. So all must come to each of them, in the same order.
"""

import contextlib
import json
import re
import signal

import numpy as np
import tensorflow as tf

from progan_keras.training.cluster import Cluster

_TASK = re.compile(r"/job:(\w+)/(?:replica:\d+/)?task:(\d+)")
# As TensorFlow reports that others do not come to a collective operation.
_LOST = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
)


class WorkerLostError(ConnectionError):
    """Another worker left a training that needs all."""


class Workers:
    """The workers of a strategy, seen from this one.

    A process that trains alone is its own chief, and everything here costs
    it nothing.

    Args:
        strategy: `tf.distribute.Strategy`.

    Attributes:
        cluster: `Cluster`, or None where this process trains alone.
        is_chief: Whether this one writes and speaks.
    """

    def __init__(self, strategy):
        self._strategy, self.cluster = strategy, None
        resolver = strategy.cluster_resolver
        jobs = resolver.cluster_spec().as_dict() if resolver else {}
        if sum(map(len, jobs.values())) > 1:
            self.cluster = Cluster.of(
                jobs, resolver.task_type, resolver.task_id
            )
        self.is_chief = self.cluster is None or self.cluster.own == 0
        self._sum = tf.function(
            lambda values: strategy.reduce("SUM", values, axis=None)
        )

    def agree(self, signum, done):
        """Come to the same decision on all workers whether to stop.

        Args:
            signum: `signal.Signals` that asked this worker to stop, or None.
            done: Whether this worker has another reason to.

        Returns:
            Tuple of the same two for all workers together.

        Raises:
            WorkerLostError: if another worker left.
        """
        if self.cluster is None:
            return signum, done
        wishes = (
            signum == signal.SIGINT,
            signum not in (None, signal.SIGINT),
            done,
        )
        interrupt, terminate, done = self._any(wishes)
        if terminate:
            return signal.SIGTERM, done
        return (signal.SIGINT if interrupt else None), done

    def _any(self, flags):
        """Return for each flag whether any worker has it."""
        with self.explained():
            wishes = self._sum(np.array(flags, np.float32))
        return [bool(number) for number in wishes.numpy()]

    def from_chief(self, read):
        """Have the chief read something, and give it to all workers.

        Args:
            read: Function without arguments that returns a tuple (dict for
                JSON, dict of arrays), or None; called on the chief alone.

        Returns:
            What it returned, on all workers, bit by bit.

        Raises:
            WorkerLostError: if another worker left.
        """
        found = read() if self.is_chief else None
        if self.cluster is None:
            return found
        content, arrays = found or (None, {})
        shapes = {
            name: [np.shape(array), np.asarray(array).dtype.name]
            for name, array in arrays.items()
        }
        with self.explained():
            content, shapes = self._share_json([content, shapes])
            arrays = {
                name: self._share(arrays.get(name, np.zeros(shape, dtype)))
                for name, (shape, dtype) in shapes.items()
            }
        return None if content is None else (content, arrays)

    def _share_json(self, value):
        text = np.frombuffer(json.dumps(value).encode(), np.uint8)
        size = int(self._share(np.int32(text.size)))
        # TensorFlow broadcasts no single bytes.
        codes = np.resize(text.astype(np.int32), size)
        return json.loads(self._share(codes).astype(np.uint8).tobytes())

    def _share(self, array):
        """Return the chief's array; all must come with the same shape."""
        # All workers start a new variable with the value it has on the chief.
        with self._strategy.scope():
            return tf.Variable(array, trainable=False).numpy()

    def check_same(self, options, roll_backs=0):
        """Make sure that all workers do the same run.

        Args:
            options: Dict for JSON, of what must be the same.
            roll_backs: Integer, how often a run may go back.

        Raises:
            ValueError: if it is not, on all workers; or if the run may go
                back: what is not finite on one worker ends all of them.
            WorkerLostError: if another worker left.
        """
        if self.cluster is None:
            return
        if roll_backs:
            raise ValueError(
                "Several workers cannot go back by themselves where the "
                "training diverges; leave roll_backs (--roll-backs) out. "
                f"Received: roll_backs={roll_backs}"
            )
        # As it comes from others; each may have the images elsewhere.
        options = json.loads(json.dumps(options))
        options.get("data", {}).pop("source", None)
        chiefs, _ = self.from_chief(lambda: (options, {}))
        difference = next(_differences(chiefs, options), None)
        if not self._any([difference is not None])[0]:
            return
        advice = "Start the same command, with the same version, data and "
        advice += "options, on all workers."
        if difference is None:
            raise ValueError(
                "Another worker was started with other data, options or "
                f"versions than {self.cluster.describe(0)}; it says which. "
                + advice
            )
        name, expected, received = difference
        raise ValueError(
            f"{name} is {expected!r} on {self.cluster.describe(0)}, but "
            f"another on {self.cluster.describe(self.cluster.own)}. {advice} "
            f"Received: {name}={received!r}"
        )

    @contextlib.contextmanager
    def explained(self):
        """Tell in a sentence that another worker left in this block.

        Raises:
            WorkerLostError: for TensorFlow's errors that mean this.
        """
        try:
            yield
        except _LOST as error:
            if self.cluster is None:
                raise
            raise WorkerLostError(
                f"The training lost {self._who(error.message)}: it was "
                "stopped, or cannot be reached. Start the same command on all "
                "workers again; the run goes on from its last checkpoint."
            ) from error

    def _who(self, message):
        """The worker that an error message speaks of, for people."""
        cluster = self.cluster
        for kind, index in _TASK.findall(message):
            name = kind if kind == "chief" else f"{kind} {index}"
            if name in cluster.names and name != cluster.names[cluster.own]:
                return cluster.describe(cluster.names.index(name))
        return "another worker"


def _differences(expected, received, name=""):
    """Yield (name, expected, received) of entries that are not the same."""
    if isinstance(expected, dict) and isinstance(received, dict):
        for key in sorted({*expected, *received}):
            inner = f"{name} {key}".strip()
            yield from _differences(expected.get(key), received.get(key), inner)
    elif expected != received:
        yield name, expected, received
