"""Finding runs: the same run again, the newest one, the next number."""

import contextlib
import dataclasses
import json
import logging
import re
from pathlib import Path

from progan_keras import transfer
from progan_keras.files import cannot_write
from progan_keras.training import checkpoint
from progan_keras.training.run_folder import OPTIONS, RunFolder, write_options

_RUN_NAME = re.compile(r"^(\d{5})-")
_LOG = logging.getLogger("progan_keras")
# What is said of the images, whose fingerprint tells them apart.
_INFORMING = {"source", "licence"}
_NO_NAME = re.compile(r"[^\w. -]")


def find_same_run(run_dir, options):
    """Return the newest run with these options, or None.

    Args:
        run_dir: A run folder, or the folder that holds all runs.
        options: Dict for JSON; the keys "network", "data" and "training"
            decide what a run is, others only inform.

    Raises:
        ValueError: if `run_dir` is a run folder of other options.
    """
    run_dir = Path(run_dir)
    if (run_dir / OPTIONS).exists():
        run = RunFolder(run_dir)
        difference = _difference(run.options, options)
        if difference:
            key, old, new = difference
            raise ValueError(
                f"The run in {run_dir} was started with other options: "
                f"{key} was {old!r}, now {new!r}. Give the same options to "
                "go on with it, or another folder."
            )
        return run
    for run in _readable(reversed(list_runs(run_dir))):
        if not _difference(run.options, options):
            return run
    return None


def _readable(paths):
    """Yield runs; a damaged one among them stops no other."""
    for path in paths:
        try:
            yield RunFolder(path)
        except ValueError as error:
            _LOG.warning("%s It is passed over.", error)


def new_run(run_dir, name, options):
    """Make the next numbered run folder, with its options.

    Args:
        run_dir: Folder that holds all runs.
        name: String, behind the number.
        options: Dict for JSON.

    Raises:
        OSError: if it cannot be written.
    """
    runs = list_runs(run_dir)
    number = 1 + max((int(path.name[:5]) for path in runs), default=-1)
    while True:
        # Names of others' data sets are no paths.
        path = Path(run_dir) / f"{number:05d}-{_NO_NAME.sub('_', name)}"
        try:
            path.mkdir(parents=True)
            break
        except FileExistsError as error:
            if not path.is_dir():
                raise cannot_write(path, error) from error
            number += 1  # taken by another process in this moment
        except OSError as error:
            raise cannot_write(path, error) from error
    try:
        write_options(path, options)
    except OSError:
        with contextlib.suppress(OSError):
            path.rmdir()  # it is empty, and no run
        raise
    return RunFolder(path)


def list_runs(folder):
    """Return the paths of the runs in a folder, oldest first."""
    folder = Path(folder)
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if _RUN_NAME.match(path.name) and (path / OPTIONS).exists()
    )


def find_run(path):
    """Return the run in `path`: that folder, or the newest trained one in it.

    Raises:
        ValueError: if there is none.
    """
    path = Path(path)
    if not (path / OPTIONS).exists():
        runs = list_runs(path)
        if not runs:
            raise ValueError(
                "Expected a run folder or a folder that holds runs, as "
                "`progan train` makes, or a preset. "
                f"Received: {str(path)!r}"
            )
        trained = [run.path for run in _readable(runs) if run.trained]
        path = (trained or runs)[-1]
    return RunFolder(path)


def load_run(path):
    """Build the `ProGAN` of a run and restore its newest checkpoint.

    Args:
        path: A run folder, or a folder that holds runs (the newest is taken).

    Returns:
        `ProGAN`, in the stage that its checkpoint was made in.

    Raises:
        ValueError: if there is no run, or no checkpoint in it yet.
    """
    from progan_keras.progan import ProGAN
    from progan_keras.schedule import Stage

    run = find_run(path)
    found = run.newest_checkpoint() if run.trained else None
    if found is None:
        raise ValueError(
            f"The run {run} has no checkpoint yet; train it for one tick "
            "at least."
        )
    meta, arrays = found
    options = run.options
    gan = ProGAN(**options["network"])
    gan.class_names = options["data"].get("class_names", gan.class_names)
    gan.notice = options.get("notice", gan.notice)
    gan.origin = options["training"].get("origin")
    if gan.origin:
        gan.start_resolution = options["training"]["stages"][0]["resolution"]
    frozen_below = options["training"].get("frozen_below")
    if frozen_below is not None:
        transfer.freeze(gan, frozen_below)
    checkpoint.restore_networks(gan, arrays)
    gan.enter_stage(Stage(**meta["stage"]))
    return gan


def _difference(old, new):
    """The first option that differs: (name, old value, new value) or None."""
    new = json.loads(json.dumps(new))  # as it would be read back
    for part in ("network", "data", "training"):
        before, after = old.get(part, {}), new.get(part, {})
        if part == "network":
            before, after = _whole(before), _whole(after)
        for key in sorted({*before, *after} - _INFORMING):
            if before.get(key) != after.get(key):
                return f"{part} {key}", before.get(key), after.get(key)
    return None


def _whole(network):
    """The sizes of a network with what was added since they were written."""
    from progan_keras.networks import NetworkConfig

    config = dataclasses.asdict(NetworkConfig(**network))
    return json.loads(json.dumps(config))
