"""Everything a run needs to go on, as named arrays in one file.

A checkpoint is an `.npz` (a zip of arrays, read without unpickling): the
weights of generator, discriminator and average, the optimizers of the stage,
and the clock. All else follows from the clock. The comment of the zip is the
SHA-256 of all bytes before it, so that no damage goes unnoticed.
"""

import dataclasses
import hashlib
import json
import os
import zipfile

import numpy as np

from progan_keras import transfer
from progan_keras.files import atomic_path
from progan_keras.training.faults import NonFiniteError

FORMAT = 2
_META = "meta"
_DIGEST_BYTES = 64  # of a SHA-256 in hexadecimal digits


class CheckpointError(ValueError):
    """A checkpoint file that cannot be used, and why."""


class DamagedCheckpointError(CheckpointError):
    """A checkpoint file whose content is not what was written."""


def save(gan, path, progress=None):
    """Write the state of `gan` to `path`, complete or not at all.

    Args:
        gan: `ProGAN`, in a stage.
        path: `pathlib.Path` ending in `.npz`.
        progress: Dict for JSON, where the run stands beside the clock: see
            `Trainer`.

    Raises:
        NonFiniteError: if a number of the state is NaN or infinite; nothing
            is written then.
        OSError: if it cannot be written.
    """
    arrays = _values(_variables(gan))
    _check_finite(arrays, path)
    meta = {
        "format": FORMAT,
        "images_seen": gan.images_seen,
        "stage": dataclasses.asdict(gan.stage),
        **(progress or {}),
    }
    _write(path, meta, arrays)


def save_networks(gan, path):
    """Write the networks alone, with the clock at zero: a start, no run.

    Args:
        gan: `ProGAN`.
        path: `pathlib.Path` ending in `.npz`.
    """
    arrays = _values(_network_variables(gan))
    arrays["clock"] = np.int64(0)
    _write(path, {"format": FORMAT}, arrays)


def _values(variables):
    return {name: variable.numpy() for name, variable in variables.items()}


def _check_finite(arrays, path):
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise NonFiniteError(
                f"{name} holds NaN or infinite numbers, so that {path.name} "
                "is not written."
            )


def _write(path, meta, arrays):
    arrays[_META] = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    with atomic_path(path) as temporary:
        np.savez(temporary, **arrays)
        with zipfile.ZipFile(temporary, "a") as archive:
            archive.comment = b"0" * _DIGEST_BYTES  # makes room
        with open(temporary, "rb+") as file:
            digest = _digest(file)
            file.write(digest)


def _digest(file):
    """SHA-256 of a file but for its end, where it then stands."""
    size = os.fstat(file.fileno()).st_size - _DIGEST_BYTES
    digest = hashlib.sha256()
    while size > 0 and (block := file.read(min(size, 2**20))):
        digest.update(block)
        size -= len(block)
    return digest.hexdigest().encode()


def read(path):
    """Read a checkpoint whole, checking that it is what was written.

    Checkpoints of format 1, which had neither a digest nor the progress
    within a tick, are read too.

    Returns:
        Tuple (meta as a dict, dict of arrays by name).

    Raises:
        DamagedCheckpointError: if the file does not hold what was written.
        CheckpointError: if it is of a later format.
        OSError: if it cannot be opened.
    """
    with open(path, "rb") as file:
        whole = _digest(file) == file.read()
        file.seek(0)
        try:
            _check_size(file)
            arrays = dict(np.load(file, allow_pickle=False))
            meta = json.loads(bytes(arrays.pop(_META)))
            version = meta["format"]
            if version == FORMAT and not whole:
                raise ValueError("its SHA-256 is another")
        # NumPy, zip, its compression and JSON raise a dozen kinds of errors
        # where a file is not what was written.
        except Exception as e:
            raise DamagedCheckpointError(
                f"The checkpoint {path} is damaged ({e})."
            ) from e
    if version not in (1, FORMAT):
        raise CheckpointError(
            f"The checkpoint {path} has format {version!r}; this version "
            f"reads formats up to {FORMAT}. Use the version that wrote it."
        )
    return meta, arrays


def _check_size(file):
    """Refuse what would grow in memory: ours are stored uncompressed."""
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise ValueError("it is compressed")
    if sum(m.file_size for m in members) > os.fstat(file.fileno()).st_size:
        raise ValueError("its parts are larger than itself")
    file.seek(0)


def restore_networks(gan, arrays):
    """Set the weights of all networks, and the clock, from `arrays`."""
    _assign(_network_variables(gan), arrays)


def restore_optimizers(gan, arrays):
    """Set the optimizers of the stage that `gan` is in from `arrays`."""
    _assign(_optimizer_variables(gan), arrays)


def _assign(variables, arrays):
    for name, variable in variables.items():
        if name not in arrays or arrays[name].shape != tuple(variable.shape):
            found = arrays[name].shape if name in arrays else "nothing"
            raise CheckpointError(
                "The checkpoint is of another network: expected "
                f"{name} of shape {tuple(variable.shape)}, found {found}."
            )
        variable.assign(arrays[name])


def _variables(gan):
    return {**_network_variables(gan), **_optimizer_variables(gan)}


def _network_variables(gan):
    """Name -> variable, without alphas: those follow from the clock."""
    variables = {"clock": gan.clock}
    for family, pairs in gan.families.items():
        for path, variable in transfer.weights(pairs).items():
            variables[f"{family}/{path}"] = variable
    return variables


def _optimizer_variables(gan):
    return {
        f"{family}_optimizer/{variable.path}": variable
        for family, optimizer in gan.optimizers.items()
        for variable in optimizer.variables
    }
