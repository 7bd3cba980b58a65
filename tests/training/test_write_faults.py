"""Every call that writes fails once, in turn: nothing is lost by it."""

import builtins
import dataclasses
import errno
import os

import numpy as np
import pytest

import progan_keras as pk
from progan_keras.training import RunFolder, checkpoint

# Every seventh call in the ordinary tests, at 0, 7, 14, ...; all of them with
# PROGAN_KERAS_WRITE_FAULTS=1.
APART = int(os.environ.get("PROGAN_KERAS_WRITE_FAULTS", 7))
CALLS = ["mkdir", "replace", "rename", "fsync", "unlink"]

pytestmark = pytest.mark.slow


class Faults:
    """Counts the calls that write, and makes one of them fail.

    Args:
        patch: `pytest.MonkeyPatch`.
        folder: Only calls on paths in it count, and those on descriptors.
        number: Which one fails; None for none.
        code: Of the error.
    """

    def __init__(self, patch, folder, number=None, code=errno.ENOSPC):
        self.folder, self.number, self.code = str(folder), number, code
        self.count, self.failed = 0, None
        for name in CALLS:
            patch.setattr(os, name, self.wrap(getattr(os, name), name))
        patch.setattr(builtins, "open", self.wrap_open(open))

    def wrap(self, function, name):
        def call(path, *args, **kwargs):
            self.pass_or_fail(name, path)
            return function(path, *args, **kwargs)

        return call

    def wrap_open(self, function):
        def call(path, mode="r", *args, **kwargs):
            if set(mode) & set("wax+"):
                self.pass_or_fail("open", path)
            return function(path, mode, *args, **kwargs)

        return call

    def pass_or_fail(self, name, path):
        if name != "fsync" and not str(path).startswith(self.folder):
            return
        self.count += 1
        if self.count - 1 == self.number:
            self.failed = f"{name} {path}"
            raise OSError(self.code, os.strerror(self.code), str(path))


@pytest.fixture(scope="module")
def train(images, recipe):
    recipe = dataclasses.replace(
        recipe, batch_size=4, stabilise_images=32, total_images=None
    )

    def train(folder):
        return pk.train(
            pk.ProGAN(4, latent_dim=8, fmap_base=32, fmap_max=8),
            images,
            run_dir=folder,
            recipe=recipe,
            tick_kimg=0.016,
            verbose=False,
        )

    return train


@pytest.fixture(scope="module")
def undisturbed(train, tmp_path_factory):
    """Final state, and the number of calls that write."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        faults = Faults(patch, folder)
        run = train(folder)
    return checkpoint.read(run.checkpoints[-1])[1], faults.count


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES])
def test_the_run_ends_in_a_sentence_and_goes_on_to_the_same_end(
    train, undisturbed, tmp_path, code
):
    expected, count = undisturbed
    assert count > 20
    for number in range(0, count, APART):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            faults = Faults(patch, folder, number, code)
            try:
                train(folder)
            except OSError as error:
                words = str(error)
                assert "\n" not in words
                assert os.strerror(code) in words, faults.failed
        assert faults.failed
        for path in folder.iterdir():
            run = RunFolder(path)
            for written in run.checkpoints:
                checkpoint.read(written)
        run = train(folder)
        _, arrays = checkpoint.read(run.checkpoints[-1])
        for name, array in expected.items():
            np.testing.assert_array_equal(arrays[name], array, faults.failed)
        assert (run.final / "saved_model" / "saved_model.pb").exists()
        assert [record["tick"] for record in run.records()] == [1, 2]
