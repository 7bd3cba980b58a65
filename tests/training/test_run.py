"""What a run writes, says and refuses."""

import csv
import dataclasses
import json
import shutil

import numpy as np
import pytest
import tensorflow as tf
from conftest import tiny_gan
from PIL import Image

import progan_keras as pk
from progan_keras.training import checkpoint
from progan_keras.training.film import film_run
from progan_keras.training.runs import (
    find_run,
    find_same_run,
    new_run,
)

OPTIONS = {
    "network": {"resolution": 8},
    "data": {},
    "training": {"update": "a"},
}


def test_a_run_leaves_all_that_its_folder_promises(finished):
    names = {path.name for path in finished.path.iterdir()}
    assert names == {
        "options.json",
        "log.txt",
        "metrics.jsonl",
        "logs.csv",
        "tensorboard",
        "grids",
        "checkpoints",
        "final",
        "lock",
    }
    assert finished.path.name == "00000-array-8"
    assert len(finished.checkpoints) == 2
    assert (finished.final / "generator.keras").exists()


def test_there_is_a_grid_a_record_and_a_line_per_tick(finished):
    kimgs = [0, 0.016, 0.032, 0.048, 0.064, 0.08, 0.096]
    assert list(finished.fakes()) == kimgs
    records = finished.records()
    assert [record["kimg"] for record in records] == kimgs[1:]
    assert all(np.isfinite(record["d_loss"]) for record in records)
    lines = (finished.path / "log.txt").read_text().splitlines()
    assert len(lines) == 6
    assert "8x8 fade in" in lines[2]
    with open(finished.path / "logs.csv", newline="") as file:
        assert len(list(csv.DictReader(file))) == 6


def test_grids_have_one_size_at_every_resolution(finished):
    paths = [*finished.fakes().values(), finished.grids / "reals.png"]
    sizes = {Image.open(path).size for path in paths}
    assert {width for width, _ in sizes} == {80}
    first = np.asarray(Image.open(finished.fakes()[0]))
    blocks = first.reshape(24, 2, 40, 2, 3)  # 4x4 pictures, enlarged
    assert (blocks == blocks[:, :1, :, :1]).all()


def test_the_reals_grid_shows_the_real_pictures(finished, pictures):
    grid = np.asarray(Image.open(finished.grids / "reals.png"))
    np.testing.assert_array_equal(grid[:8, :8], pictures[0])


def test_options_tell_all_that_is_needed_to_do_it_again(finished, images):
    options = json.loads((finished.path / "options.json").read_text())
    assert options["network"]["fmap_max"] == 8
    assert options["data"]["fingerprint"] == images.fingerprint
    assert [s["batch_size"] for s in options["training"]["stages"]] == [
        6,
        4,
        4,
    ]
    assert options["progan_keras"] == pk.__version__


def test_a_run_written_before_there_were_classes_can_be_loaded(
    finished, tmp_path
):
    """Options and checkpoints of that time lack what has been added since."""
    run = tmp_path / "00000-old"
    shutil.copytree(finished.path, run)
    options = json.loads((run / "options.json").read_text())
    for key in ("num_classes", "architecture"):
        del options["network"][key]
    for key in ("adam_beta_1", "adam_beta_2", "origin", "frozen_below"):
        del options["training"][key]
    for stage in options["training"]["stages"]:
        del stage["n_critic"]
    del options["notice"]
    (run / "options.json").write_text(json.dumps(options))
    meta, arrays = checkpoint.read(finished.checkpoints[-1])
    del meta["stage"]["n_critic"], meta["tick"], meta["meter"]
    meta["format"] = 1
    arrays["meta"] = np.frombuffer(json.dumps(meta).encode(), np.uint8)
    np.savez(run / "checkpoints" / finished.checkpoints[-1].name, **arrays)

    loaded = pk.ProGAN.from_preset(run)

    same = pk.ProGAN.from_preset(finished.path)
    assert loaded.stage == same.stage
    assert loaded.images_seen == 96
    np.testing.assert_array_equal(loaded.generate(5), same.generate(5))


def test_a_loaded_run_generates_what_the_trained_gan_did(
    images, recipe, tmp_path
):
    gan = tiny_gan()
    run = pk.train(gan, images, run_dir=tmp_path, recipe=recipe, verbose=False)
    loaded = pk.ProGAN.from_preset(run.path)
    np.testing.assert_array_equal(
        loaded.generate(5, seed=3), gan.generate(5, seed=3)
    )
    from_parent = pk.ProGAN.from_preset(tmp_path)
    assert from_parent.images_seen == gan.images_seen


def test_the_time_lapse_has_a_frame_per_grid(finished, tmp_path):
    path = film_run(finished.path, tmp_path / "run.gif", scale=1)
    with Image.open(path) as film:
        assert film.n_frames == 7
        assert film.size[0] == 80


def test_other_options_start_another_run_beside_the_first(tmp_path):
    other = {**OPTIONS, "training": {"update": "b"}}
    assert find_same_run(tmp_path, OPTIONS) is None
    first, second = (new_run(tmp_path, "x", o) for o in (OPTIONS, other))
    assert [first.path.name, second.path.name] == ["00000-x", "00001-x"]
    assert find_same_run(tmp_path, OPTIONS).path == first.path
    assert find_same_run(tmp_path, other).path == second.path


def test_a_run_folder_of_another_configuration_is_refused(
    images, recipe, finished
):
    other = dataclasses.replace(recipe, update="alternating")
    with pytest.raises(ValueError, match="update was 'simultaneous', now"):
        pk.train(tiny_gan(), images, run_dir=finished.path, recipe=other)


def test_a_trained_gan_is_not_silently_taken_for_a_new_run(
    images, recipe, tmp_path
):
    gan = tiny_gan()
    gan.clock.assign(100)
    with pytest.raises(ValueError, match="has seen 100 images"):
        pk.train(gan, images, run_dir=tmp_path, recipe=recipe, verbose=False)


def test_a_refused_call_leaves_no_run_behind(images, recipe, tmp_path):
    gan = tiny_gan()
    gan.clock.assign(100)
    with pytest.raises(ValueError, match="clock stands at zero"):
        pk.train(gan, images, run_dir=tmp_path, recipe=recipe, verbose=False)
    assert not list(tmp_path.iterdir())


def test_a_folder_of_runs_stands_for_its_newest_trained_one(tmp_path):
    trained = new_run(tmp_path, "x", OPTIONS)
    path = trained.checkpoint_path(1)
    path.parent.mkdir()
    path.touch()
    new_run(tmp_path, "x", OPTIONS)
    assert find_run(tmp_path).path == trained.path


def test_options_of_something_else_are_refused(tmp_path):
    (tmp_path / "options.json").write_text("{}")
    with pytest.raises(ValueError, match="does not describe a run"):
        find_run(tmp_path)


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(ValueError, match="Expected a run folder"):
        pk.ProGAN.from_preset(tmp_path)


def test_two_mirrored_replicas_train_the_same_run(
    images, recipe, two_devices, tmp_path
):
    # Eight images: whole groups of four on either device.
    even = dataclasses.replace(recipe, batch_size=8)
    weights = []
    for strategy in (tf.distribute.get_strategy(), two_devices):
        with strategy.scope():
            gan = tiny_gan()
        pk.train(
            gan,
            images,
            run_dir=tmp_path / str(strategy.num_replicas_in_sync),
            recipe=even,
            verbose=False,
        )
        weights.append(
            [v.numpy() for v in gan.ema_generators[-1].straight.variables]
        )
    for one, two in zip(*weights, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-4)


WHOLE = '{"kimg": 1.0, "tick": 1}\n'


@pytest.mark.parametrize(
    ("left", "kept"),
    [
        ("", ""),
        (WHOLE, WHOLE),
        (WHOLE + '{"kimg": 2.0, "tick": 2}\n', WHOLE),
        (WHOLE + '{"kimg": 0.5, "ti', WHOLE),
        (WHOLE[:-1], WHOLE),  # the next line would be joined to it
        (WHOLE + "\x00\x00\n[1]\n3\n", WHOLE),
    ],
)
def test_records_behind_the_last_tick_or_half_written_are_forgotten(
    left, kept, tmp_path
):
    run = new_run(tmp_path, "tiny", OPTIONS)
    run.metrics.write_text(left)
    run.rewind(1000)
    assert run.metrics.read_text() == kept


HEADER = "epoch,kimg,d_loss\r\n"


@pytest.mark.parametrize(
    ("left", "kept"),
    [
        ("", None),
        ("epoch,ki", None),
        (HEADER, HEADER),
        (HEADER + "1,1.0,0.5\r\n", HEADER + "1,1.0,0.5\r\n"),
        (HEADER + "1,1.0,0.5\r\n2,1.5,0.5\r\n", HEADER + "1,1.0,0.5\r\n"),
        (HEADER + "1,1.0,0.", HEADER),  # it was to be 0.25
        (HEADER + "1,1.0\r\n", HEADER),
    ],
)
def test_rows_behind_the_last_tick_or_half_written_are_forgotten(
    left, kept, tmp_path
):
    run = new_run(tmp_path, "tiny", OPTIONS)
    run.table.write_bytes(left.encode())
    run.rewind(1000)
    if kept is None:
        assert not run.table.exists()
    else:
        assert run.table.read_bytes() == kept.encode()


def test_pictures_behind_the_last_tick_and_half_written_files_go(tmp_path):
    run = new_run(tmp_path, "tiny", OPTIONS)
    run.grids.mkdir()
    names = ["fakes-000001.png", "fakes-000002.png", "reals.png"]
    names += [".fakes-000003.123.tmp.png", ".mine.png"]
    for name in names:
        (run.grids / name).touch()
    run.rewind(1000)
    left = sorted(path.name for path in run.grids.iterdir())
    assert left == [".mine.png", "fakes-000001.png", "reals.png"]


def test_a_damaged_run_among_others_is_passed_over(tmp_path, caplog):
    first = new_run(tmp_path, "x", OPTIONS)
    damaged = new_run(tmp_path, "x", OPTIONS)
    (damaged.path / "options.json").write_text("{")
    assert find_same_run(tmp_path, OPTIONS).path == first.path
    assert "00001-x" in caplog.text
    assert "passed over" in caplog.text


def test_names_of_data_sets_lead_nowhere_else(tmp_path):
    run = new_run(tmp_path / "runs", "a/../../../b", OPTIONS)
    assert run.path.parent == tmp_path / "runs"
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]
