"""Which processes train together: what TF_CONFIG says."""

import dataclasses
import json
import os

_EXPECTED = (
    'Expected {"cluster": {"worker": ["host:port", ...]}, '
    '"task": {"type": "worker", "index": 0}}, the same on all workers but '
    "for the index."
)


@dataclasses.dataclass(frozen=True)
class Cluster:
    """The processes that train together, of which this is one.

    Attributes:
        names: Tuple of strings, the chief's first: "chief", "worker 0", ...
        addresses: Tuple of strings "host:port", in the same order.
        own: Integer, the place of this process among them.
    """

    names: tuple
    addresses: tuple
    own: int

    @classmethod
    def of(cls, jobs, task_type, task_index):
        """Return the cluster of these jobs.

        Args:
            jobs: Dict "chief" / "worker" -> list of addresses.
            task_type: "chief" or "worker".
            task_index: Integer, among the tasks of this type.
        """
        tasks = {
            (job, index): address
            for job in ("chief", "worker")
            for index, address in enumerate(jobs.get(job, ()))
        }
        names = tuple(
            job if job == "chief" else f"{job} {index}" for job, index in tasks
        )
        own = list(tasks).index((task_type, task_index))
        return cls(names, tuple(tasks.values()), own)

    @property
    def others(self):
        """All workers but this one, for people."""
        places = set(range(len(self.names))) - {self.own}
        return ", ".join(map(self.describe, sorted(places)))

    def describe(self, place):
        """Return who is at a place, for people: "worker 1 (host:port)"."""
        return f"{self.names[place]} ({self.addresses[place]})"


def read_tf_config(text=None):
    """Read TF_CONFIG.

    Args:
        text: String; None for the environment variable.

    Returns:
        `Cluster`, or None where this process trains alone.

    Raises:
        ValueError: if it is not what cluster managers set, with the name of
            the field.
    """
    text = os.environ.get("TF_CONFIG", "") if text is None else text
    if not text.strip():
        return None
    try:
        config = json.loads(text)
    except json.JSONDecodeError as error:
        raise _refuse(f"is not JSON ({error})", text) from error
    if not isinstance(config, dict):
        raise _refuse("is not a JSON object", config)
    jobs = config.get("cluster") or {}
    _check_jobs(jobs)
    if sum(map(len, jobs.values())) <= 1:
        return None
    task = config.get("task")
    if not isinstance(task, dict):
        raise _refuse("must have an object in its field task", task)
    return Cluster.of(jobs, *_read_task(task, jobs))


def _check_jobs(jobs):
    if not isinstance(jobs, dict):
        raise _refuse("must have an object in its field cluster", jobs)
    seen = {}
    for job, addresses in jobs.items():
        field = f"cluster.{job}"
        if job not in ("chief", "worker"):
            raise _refuse(
                f"has a field {field}, but only chief and worker can train "
                "here",
                addresses,
            )
        if not isinstance(addresses, list):
            raise _refuse(f"must have a list in its field {field}", addresses)
        for index, address in enumerate(addresses):
            name = f"{field}[{index}]"
            if not _is_address(address):
                raise _refuse(
                    f"must have host:port in its field {name}", address
                )
            if address in seen:
                raise _refuse(
                    f"has the same address in its fields {seen[address]} and "
                    f"{name}",
                    address,
                )
            seen[address] = name
    if len(jobs.get("chief", ())) > 1:
        raise _refuse(
            "must have one address at most in its field cluster.chief",
            jobs["chief"],
        )


def _is_address(address):
    if not isinstance(address, str):
        return False
    host, _, port = address.rpartition(":")
    valid = port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536
    return bool(host.strip()) and valid


def _read_task(task, jobs):
    """Return type and index of this process."""
    kind, index = task.get("type"), task.get("index")
    if not isinstance(kind, str) or not jobs.get(kind):
        raise _refuse(
            "must have one of the cluster's names in its field task.type: "
            f"{', '.join(job for job in jobs if jobs[job])}",
            kind,
        )
    if isinstance(index, str) and index.isascii() and index.isdigit():
        index = int(index)  # as shell scripts may write it
    count = len(jobs[kind])
    if type(index) is not int or not 0 <= index < count:
        raise _refuse(
            f"must have an integer from 0 to {count - 1} in its field "
            "task.index",
            index,
        )
    return kind, index


def _refuse(what, received):
    return ValueError(
        f"The environment variable TF_CONFIG {what}. {_EXPECTED} "
        f"Received: {received!r}"
    )
