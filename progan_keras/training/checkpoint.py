"""Everything a run needs to go on, as named arrays in one file.

A checkpoint is an `.npz` (a zip with checksums, read without unpickling):
the weights of generator, discriminator and average, the optimizers of the
stage, and the clock. All else follows from the clock.
"""

import dataclasses
import json

import numpy as np

from progan_keras import transfer
from progan_keras.files import atomic_path

FORMAT = 1
_META = "meta"


class CheckpointError(ValueError):
    """A checkpoint file that cannot be used, and why."""


class DamagedCheckpointError(CheckpointError):
    """A checkpoint file whose content is not what was written."""


def save(gan, path):
    """Write the state of `gan` to `path`, complete or not at all.

    Args:
        gan: `ProGAN`, in a stage.
        path: `pathlib.Path` ending in `.npz`.
    """
    meta = {
        "format": FORMAT,
        "images_seen": gan.images_seen,
        "stage": dataclasses.asdict(gan.stage),
    }
    _write(path, meta, _values(_variables(gan)))


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


def _write(path, meta, arrays):
    arrays[_META] = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    with atomic_path(path) as temporary:
        np.savez(temporary, **arrays)


def read(path):
    """Read a checkpoint whole, checking every checksum.

    Returns:
        Tuple (meta as a dict, dict of arrays by name).

    Raises:
        DamagedCheckpointError: if the file does not hold what was written.
        CheckpointError: if it is of another format.
        OSError: if it cannot be opened.
    """
    with open(path, "rb") as file:
        try:
            arrays = dict(np.load(file, allow_pickle=False))
            meta = json.loads(bytes(arrays.pop(_META)))
            version = meta["format"]
        # NumPy, zip, its compression and JSON raise a dozen kinds of errors
        # where a file is not what was written.
        except Exception as e:
            raise DamagedCheckpointError(
                f"The checkpoint {path} is damaged ({e})."
            ) from e
    if version != FORMAT:
        raise CheckpointError(
            f"The checkpoint {path} has format {version}; this version "
            f"reads format {FORMAT}. Use the version that wrote it."
        )
    return meta, arrays


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
