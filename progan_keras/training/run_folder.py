"""The folder of a run: its options, records, pictures and checkpoints."""

import contextlib
import csv
import errno
import io
import json
import logging
import os
import re
from pathlib import Path

from progan_keras import schemas
from progan_keras.files import (
    remove_temporary,
    write_atomically,
)
from progan_keras.training import checkpoint
from progan_keras.training.faults import (
    RunFolderLostError,
    RunReplacedError,
)

OPTIONS = "options.json"
_FAKES = re.compile(r"^fakes-(\d+(?:\.\d+)?)$")
_LOG = logging.getLogger("progan_keras")


class RunFolder:
    """Paths and records of one run.

        runs/00000-emoji_portraits-32/
            options.json    everything needed to do it again
            log.txt  metrics.jsonl  logs.csv  tensorboard/
            grids/          reals.png, fakes-000012.png, named by kimg
            checkpoints/    the newest few
            best/           by the metric: generator.keras, preset/
            final/          generator.keras, saved_model/
            lock            held by the process that trains it

    Args:
        path: Existing folder that holds `options.json`.

    Raises:
        ValueError: if it is not a run folder.
    """

    def __init__(self, path):
        self.path = Path(path)
        self._lock = self._held = None
        try:
            self.options = schemas.read(
                self.path / OPTIONS, schemas.RUN_OPTIONS
            )
        except FileNotFoundError as error:
            raise ValueError(
                f"Expected a run folder, which holds {OPTIONS}. "
                f"Received: {str(path)!r}"
            ) from error
        except OSError as error:
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

    @property
    def table(self):
        """File with the numbers of every tick in a row."""
        return self.path / "logs.csv"

    def remember(self, lock):
        """Note the lock file that is held, to know the folder by."""
        self._lock, self._held = lock, os.stat(lock)

    def check_there(self):
        """Make sure that the folder is still that of this run.

        Raises:
            RunFolderLostError: if somebody took it away.
            RunReplacedError: if another one is in its place.
        """
        if not (self.path / OPTIONS).exists():
            raise RunFolderLostError(
                f"The run folder {self} disappeared while it was trained."
            )
        if self._held is None:
            return
        try:
            same = os.path.samestat(os.stat(self._lock), self._held)
        except FileNotFoundError:
            same = False
        if not same:
            raise RunReplacedError(
                f"The run folder {self} was replaced while it was trained, or "
                "its lock removed: what is there now may belong to another "
                "process, so nothing was saved."
            )

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
        text = self.metrics.read_text(encoding="utf-8", errors="replace")
        records = []
        for line in text.splitlines():
            # A line may be half written where a process was killed.
            with contextlib.suppress(ValueError, RecursionError):
                record = json.loads(line)
                if schemas.problem(record, schemas.RECORD) is None:
                    records.append(record)
        return records

    def rewind(self, images_seen):
        """Forget what was recorded behind a tick, and half-written files.

        What comes next will be recorded again; only `log.txt` and the
        curves of TensorBoard keep all.

        Args:
            images_seen: Integer, the clock at the end of the last tick that
                counts.
        """
        kimg = images_seen / 1000
        for folder in (self.path, *self.path.glob("*/")):
            remove_temporary(folder)
        if self.metrics.exists():
            kept = [r for r in self.records() if r["kimg"] <= kimg]
            lines = "".join(json.dumps(record) + "\n" for record in kept)
            _write_if_changed(self.metrics, lines)
        if self.table.exists():
            self._rewind_table(kimg)
        for number, path in self.fakes().items():
            if number > kimg:
                path.unlink()

    def _rewind_table(self, kimg):
        """Keep whole rows up to a tick."""
        text = self.table.read_bytes().decode(errors="replace")
        whole = text[: text.rfind("\n") + 1]
        header, *rows = list(csv.reader(io.StringIO(whole))) or [[]]
        if "kimg" not in header:
            self.table.unlink()  # killed before there was a whole header
            return
        column, kept = header.index("kimg"), []
        for row in rows:
            with contextlib.suppress(ValueError, IndexError):
                if len(row) == len(header) and float(row[column]) <= kimg:
                    kept.append(row)
        file = io.StringIO(newline="")
        csv.writer(file).writerows([header, *kept])
        _write_if_changed(self.table, file.getvalue())

    @property
    def checkpoints(self):
        """Paths of the checkpoints, oldest first."""
        paths = (self.path / "checkpoints").glob("*.npz")
        return sorted(path for path in paths if path.stem.isdigit())

    @property
    def trained(self):
        """Whether there is more than the checkpoint of the start."""
        return any(int(path.stem) for path in self.checkpoints)

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
        damage = None
        for path in reversed(self.checkpoints):
            if damage:
                _LOG.warning("%s Using the one before.", damage)
            try:
                meta, arrays = checkpoint.read(path)
                schemas.check(meta, schemas.CHECKPOINT, path)
                return meta, arrays
            except checkpoint.DamagedCheckpointError as error:
                damage = error
            except FileNotFoundError:
                if path in self.checkpoints:
                    raise
                # The process that trains it wrote newer ones meanwhile.
                return self.newest_checkpoint()
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                damage = f"The checkpoint {path} is damaged ({error})."
        if damage:
            raise checkpoint.CheckpointError(
                f"No checkpoint of {self} can be used. {damage} Move "
                "the folder away to start again."
            )
        return None

    def fakes(self):
        """Return {kimg: path} of the generated grids, in order of kimg."""
        paths = self.grids.glob("fakes-*.png")
        found = ((_FAKES.match(path.stem), path) for path in paths)
        by_kimg = {float(name[1]): path for name, path in found if name}
        return dict(sorted(by_kimg.items()))

    def grid_path(self, kimg):
        """Path of the generated grid after `kimg` thousands of images."""
        number = f"{kimg:06.0f}" if kimg == int(kimg) else f"{kimg:010.3f}"
        return self.grids / f"fakes-{number}.png"

    def __repr__(self):
        return f"RunFolder({str(self.path)!r})"

    def __str__(self):
        return str(self.path)


def write_options(path, options):
    """Write the options of a run; the folder is made if it is missing.

    Args:
        path: `pathlib.Path` of the run folder.
        options: Dict for JSON.
    """
    text = json.dumps(options, indent=2) + "\n"
    write_atomically(text.encode(), path / OPTIONS)


def _write_if_changed(path, text):
    if path.read_bytes() != text.encode():
        write_atomically(text.encode(), path)
