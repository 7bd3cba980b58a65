"""Presets: a whole GAN in a folder."""

import dataclasses
import json
import shutil

import numpy as np
import pytest
from gan_checks import (
    FADE,
    assert_equal,
    changed,
    images,
    randomize,
    step,
    tiny,
    weights,
)

import progan_keras as pk
from progan_keras import transfer, zoo
from progan_keras.training import checkpoint

SWITCHES = {
    "generator_norm": "batch",
    "conditioning": "projection",
    "attention_resolution": 8,
}


def make(stage=None, **settings):
    gan = randomize(tiny(**settings))
    if stage is not None:
        gan.enter_stage(stage)
    return gan


@pytest.fixture(scope="module")
def gan():
    """A conditional GAN in the middle of a fade."""
    gan = make(FADE, num_classes=2, architecture=SWITCHES)
    gan.class_names = ("cat", "żółw")
    gan.notice = "By — and for — students."
    gan.set_alpha(0.3)
    gan.clock.assign(2000)
    return gan


@pytest.fixture(scope="module")
def saved(gan, tmp_path_factory):
    return gan.save_preset(tmp_path_factory.mktemp("presets") / "mine")


@pytest.fixture
def preset(saved, tmp_path):
    """A copy to damage."""
    return shutil.copytree(saved, tmp_path / "preset")


# ---------------------------------------------------------------- round trip


def test_a_preset_is_the_same_gan(gan, saved):
    again = pk.ProGAN.from_preset(saved)
    assert again.config == gan.config
    assert again.class_names == gan.class_names
    assert again.notice == gan.notice
    assert again.alpha == gan.alpha == np.float32(0.3)
    assert (again.stage.resolution, again.stage.fade_in) == (8, True)
    assert_equal(weights(again), weights(gan))
    for resolution in (None, 4, 8):
        np.testing.assert_array_equal(
            again.generate(4, resolution=resolution),
            gan.generate(4, resolution=resolution),
        )


def test_a_preset_is_a_start_and_no_run(gan, saved):
    again = pk.ProGAN.from_preset(saved)
    assert again.images_seen == 0
    assert again.start_resolution == 8
    assert again.origin == transfer.fingerprint(again)
    assert again.origin == pk.ProGAN.from_preset(saved).origin
    assert gan.origin is None


def test_a_preset_can_go_on_learning(saved):
    gan = pk.ProGAN.from_preset(saved)
    before = weights(gan)
    gan.compile()
    gan.enter_stage(pk.Stage(8, images=8))
    step(gan, images(4, 8), [0, 1, 1, 0])
    for family in gan.families:
        assert f"{family}/4x4_conv/kernel" in changed(before, weights(gan))


@pytest.mark.parametrize(
    ("stage", "resolution"), [(None, 8), (pk.Stage(8), 8), (pk.Stage(4), 4)]
)
def test_a_preset_stands_where_its_gan_stood(stage, resolution, tmp_path):
    gan = make(stage)
    again = zoo.load_preset(gan.save_preset(tmp_path / "preset"))
    assert again.start_resolution == resolution
    assert again.stage.resolution == resolution
    assert not again.stage.fade_in
    assert again.alpha == 1.0
    assert again.class_names == ()
    np.testing.assert_array_equal(again.generate(3), gan.generate(3))


def test_the_description_is_for_people_too(saved):
    text = (saved / "preset.json").read_text(encoding="utf-8")
    description = json.loads(text)
    assert "żółw" in text
    assert description["class_names"] == ["cat", "żółw"]
    assert description["images_seen"] == 2000
    assert description["network"]["architecture"]["generator_norm"] == "batch"
    assert sorted(x.name for x in saved.iterdir()) == [
        "preset.json",
        "weights.npz",
    ]


# --------------------------------------------------------------- writing


def test_a_preset_is_overwritten_when_asked_only(gan, preset):
    with pytest.raises(FileExistsError, match="exists already"):
        gan.save_preset(preset)
    make().save_preset(preset, overwrite=True)
    assert zoo.load_preset(preset).config.num_classes == 0
    assert list(preset.parent.glob(".*")) == []


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_no_preset_is_never_overwritten(gan, tmp_path, kind):
    path = tmp_path / "thesis"
    if kind == "folder":
        path.mkdir()
        (path / "chapter").write_text("years of work")
    else:
        path.write_text("years of work")
    with pytest.raises(FileExistsError, match="if it is a preset"):
        gan.save_preset(path, overwrite=True)
    kept = path / "chapter" if kind == "folder" else path
    assert kept.read_text() == "years of work"


def test_a_preset_is_there_whole_or_not_at_all(gan, tmp_path, monkeypatch):
    def fail(*args):
        raise OSError("disk full")

    monkeypatch.setattr(checkpoint, "save_networks", fail)
    with pytest.raises(OSError, match="Cannot write .*new.*disk full"):
        gan.save_preset(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_the_home_folder_may_be_written_as_a_tilde(
    gan, saved, tmp_path, monkeypatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    path = gan.save_preset("~/presets/mine")
    assert path == tmp_path / "presets" / "mine"
    again = pk.ProGAN.from_preset("~/presets/mine")
    assert again.class_names == gan.class_names


# -------------------------------------------------------------- dispatch


def test_a_run_folder_is_loaded_as_a_run(tmp_path):
    run = tmp_path / "00000-mine-8"
    (run / "checkpoints").mkdir(parents=True)
    gan = make(FADE)
    gan.clock.assign(4)
    checkpoint.save(gan, run / "checkpoints" / "0000000004.npz")
    options = {
        "network": dataclasses.asdict(gan.config),
        "data": {},
        "training": {},
    }
    (run / "options.json").write_text(json.dumps(options))
    for path in (run, tmp_path):
        again = pk.ProGAN.from_preset(path)
        assert_equal(weights(again), weights(gan))
        assert again.images_seen == 4


def test_files_of_other_projects_are_told_by_their_ending(
    tmp_path, monkeypatch
):
    from progan_keras import interop

    monkeypatch.setattr(interop, "load_karras2018", lambda p: ("pkl", p))
    monkeypatch.setattr(interop, "load_pro_gan_pth", lambda p: ("bin", p))
    for name, kind in (("a.pkl", "pkl"), ("b.PKL", "pkl"), ("c.bin", "bin")):
        (tmp_path / name).touch()
        found = pk.ProGAN.from_preset(str(tmp_path / name))
        assert found == (kind, tmp_path / name)


def assert_refused(path, *parts):
    with pytest.raises(ValueError) as error:
        pk.ProGAN.from_preset(path)
    for part in (str(path), *parts):
        assert part in str(error.value)


@pytest.mark.parametrize("name", ["a.h5", "generator.keras", "README"])
def test_another_file_is_refused(tmp_path, name):
    (tmp_path / name).touch()
    assert_refused(tmp_path / name, ".pkl", ".bin", "folder of a run")


@pytest.mark.parametrize("name", ["", "nothing", "nothing.pkl"])
def test_where_there_is_nothing_there_is_no_gan(tmp_path, name):
    assert_refused(tmp_path / name, "Expected a run folder")


def test_a_preset_with_other_files_in_it_is_not_overwritten(gan, tmp_path):
    folder = gan.save_preset(tmp_path / "preset")
    (folder / "README.md").write_text("mine")
    with pytest.raises(FileExistsError, match="nothing else"):
        gan.save_preset(folder, overwrite=True)
    assert (folder / "README.md").read_text() == "mine"
