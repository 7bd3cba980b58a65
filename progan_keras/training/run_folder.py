"""The folder of a run: its options, records, pictures and checkpoints."""

import contextlib
import json
import logging
import re
from pathlib import Path

from progan_keras import transfer
from progan_keras.files import cannot_write, write_atomically
from progan_keras.training import checkpoint

OPTIONS = "options.json"
_RUN_NAME = re.compile(r"^(\d{5})-")
_LOG = logging.getLogger("progan_keras")


class RunFolder:
    """Paths and records of one run.

        runs/00000-emoji_portraits-32/
            options.json    everything needed to do it again
            log.txt  metrics.jsonl
            grids/          reals.png, fakes-000012.png, named by kimg
            checkpoints/    the newest two
            final/          generator.keras, saved_model/

    Args:
        path: Existing folder that holds `options.json`.

    Raises:
        ValueError: if it is not a run folder.
    """

    def __init__(self, path):
        self.path = Path(path)
        try:
            text = (self.path / OPTIONS).read_text(encoding="utf-8")
            self.options = json.loads(text)
            if not {"network", "data", "training"} <= set(self.options):
                raise ValueError("it does not describe a run")
        except FileNotFoundError as error:
            raise ValueError(
                f"Expected a run folder, which holds {OPTIONS}. "
                f"Received: {str(path)!r}"
            ) from error
        except (OSError, ValueError) as error:
            raise ValueError(
                f"The {OPTIONS} of run folder {path} cannot be read: {error}"
            ) from error

    @property
    def grids(self):
        """Folder of the image grids."""
        return self.path / "grids"

    @property
    def final(self):
        """Folder of what a finished run leaves."""
        return self.path / "final"

    @property
    def metrics(self):
        """File with a JSON line per tick, and per measurement."""
        return self.path / "metrics.jsonl"

    def append(self, record):
        """Add a line to the records.

        Args:
            record: Dict for JSON.
        """
        with open(self.metrics, "a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def log(self, line):
        """Add a line for people to `log.txt`."""
        with open(self.path / "log.txt", "a", encoding="utf-8") as file:
            file.write(line + "\n")

    def records(self):
        """Return all records, a dict each, oldest first.

        Those of ticks have a "tick", those of measurements have "metrics".
        """
        if not self.metrics.exists():
            return []
        records = []
        for line in self.metrics.read_text(encoding="utf-8").splitlines():
            # A line may be half written where a process was killed.
            with contextlib.suppress(json.JSONDecodeError):
                records.append(json.loads(line))
        return records

    @property
    def checkpoints(self):
        """Paths of the checkpoints, oldest first."""
        return sorted((self.path / "checkpoints").glob("*.npz"))

    def checkpoint_path(self, images_seen):
        """Path of the checkpoint after so many images."""
        return self.path / "checkpoints" / f"{images_seen:010d}.npz"

    def newest_checkpoint(self):
        """Read the newest checkpoint that is whole.

        Returns:
            Tuple (meta, arrays), or None where there is none yet.

        Raises:
            CheckpointError: if there are some but none can be used.
        """
        paths = self.checkpoints
        for path in reversed(paths):
            try:
                return checkpoint.read(path)
            except checkpoint.DamagedCheckpointError as error:
                if path == paths[0]:
                    raise checkpoint.CheckpointError(
                        f"No checkpoint of {self} can be used. {error} Move "
                        "the folder away to start again."
                    ) from error
                _LOG.warning("%s Using the one before.", error)
        return None

    def fakes(self):
        """Return {kimg: path} of the generated grids, in order of kimg."""
        paths = self.grids.glob("fakes-*.png")
        by_kimg = {float(path.stem.split("-")[1]): path for path in paths}
        return dict(sorted(by_kimg.items()))

    def grid_path(self, kimg):
        """Path of the generated grid after `kimg` thousands of images."""
        number = f"{kimg:06.0f}" if kimg == int(kimg) else f"{kimg:010.3f}"
        return self.grids / f"fakes-{number}.png"

    def __repr__(self):
        return f"RunFolder({str(self.path)!r})"

    def __str__(self):
        return str(self.path)


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
    for path in reversed(list_runs(run_dir)):
        run = RunFolder(path)
        if not _difference(run.options, options):
            return run
    return None


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
        path = Path(run_dir) / f"{number:05d}-{name}"
        try:
            path.mkdir(parents=True)
            break
        except FileExistsError as error:
            if not path.is_dir():
                raise cannot_write(path, error) from error
            number += 1  # taken by another process in this moment
        except OSError as error:
            raise cannot_write(path, error) from error
    text = json.dumps(options, indent=2) + "\n"
    write_atomically(text.encode(), path / OPTIONS)
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
        trained = [run for run in runs if RunFolder(run).checkpoints]
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
    found = run.newest_checkpoint()
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
        for key in sorted({*before, *after} - {"source"}):
            if before.get(key) != after.get(key):
                return f"{part} {key}", before.get(key), after.get(key)
    return None
