"""The folder of a run: its options, records, pictures and checkpoints."""

import json
import logging
import re
from pathlib import Path

from progan_keras.files import write_atomically
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
        """File with one JSON line per tick."""
        return self.path / "metrics.jsonl"

    def records(self):
        """Return the records of all ticks, a dict each, oldest first."""
        if not self.metrics.exists():
            return []
        lines = self.metrics.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

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
        """
        for path in reversed(self.checkpoints):
            try:
                return checkpoint.read(path)
            except checkpoint.CheckpointError as error:
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


def open_run(run_dir, name, options):
    """Find the run with these options, or start a new one.

    Args:
        run_dir: A run folder, or the folder that holds all runs. In a folder
            of runs, the newest run with these very options is taken up.
        name: String, for the name of a new run.
        options: Dict for JSON; the keys "network", "data" and "training"
            decide what a run is, others only inform.

    Returns:
        `RunFolder`.

    Raises:
        ValueError: if `run_dir` is a run folder of other options.
        OSError: if it cannot be written.
    """
    run_dir = Path(run_dir)
    options = json.loads(json.dumps(options))  # as it will be read back
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
    runs = list_runs(run_dir)
    for path in reversed(runs):
        run = RunFolder(path)
        if not _difference(run.options, options):
            return run
    number = 1 + max((int(path.name[:5]) for path in runs), default=-1)
    path = run_dir / f"{number:05d}-{name}"
    write_atomically(
        (json.dumps(options, indent=2) + "\n").encode(), path / OPTIONS
    )
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
    """Return the run in `path`: that folder, or the newest run in it.

    Raises:
        ValueError: if there is none.
    """
    path = Path(path)
    if not (path / OPTIONS).exists():
        runs = list_runs(path)
        if not runs:
            raise ValueError(
                "Expected a run folder, or a folder that holds runs; train "
                f"one with `progan train`. Received: {str(path)!r}"
            )
        path = runs[-1]
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
    gan = ProGAN(**run.options["network"])
    checkpoint.restore_networks(gan, arrays)
    gan.enter_stage(Stage(**meta["stage"]))
    return gan


def _difference(old, new):
    """The first option that differs: (name, old value, new value) or None."""
    for part in ("network", "data", "training"):
        before, after = old.get(part, {}), new.get(part, {})
        for key in sorted({*before, *after}):
            if before.get(key) != after.get(key):
                return f"{part} {key}", before.get(key), after.get(key)
    return None
