"""The grids of pictures, and the table, that a run writes."""

import csv
import dataclasses

import numpy as np
import pytest
from conftest import tiny_gan
from PIL import Image

import progan_keras as pk
from progan_keras.training import callbacks
from progan_keras.training.callbacks import ImageGrids, Table
from progan_keras.training.runs import new_run

OPTIONS = {"network": {"resolution": 8}, "data": {}, "training": {}}


def grids(gan, images, folder):
    """The two first grids, as arrays `[rows, 10, 8, 8, 3]` without names."""
    gan.enter_stage(pk.Stage(8, batch_size=4))
    run = new_run(folder, "x", OPTIONS)
    callback = ImageGrids(run, images)
    callback.set_model(gan)
    callback.on_train_begin()
    arrays = []
    for path in (run.grids / "reals.png", run.grid_path(0)):
        grid = np.asarray(Image.open(path))
        rows, columns = grid.shape[0] // 8, 10
        grid = grid[:, -columns * 8 :].reshape(rows, 8, columns, 8, 3)
        arrays.append(grid.transpose(0, 2, 1, 3, 4))
    return arrays


def test_without_classes_a_grid_shows_sixty_pictures(images, gan, tmp_path):
    reals, fakes = grids(gan, images, tmp_path)
    assert fakes.shape[:2] == (6, 10)
    expected = gan.generate(60, seed=0, batch_size=4)
    np.testing.assert_array_equal(fakes.reshape(expected.shape), expected)
    np.testing.assert_array_equal(reals[0], images.at(8)[:10])


def test_with_classes_a_grid_has_a_row_for_each_from_the_same_latents(
    labelled, tmp_path
):
    gan = tiny_gan(num_classes=3)
    reals, fakes = grids(gan, labelled, tmp_path)
    assert fakes.shape[:2] == (3, 10)
    latents = pk.latents.sample(10, gan.config.latent_dim, 0)
    for label, row in enumerate(fakes):
        expected = gan.generate(latents=latents, labels=label)
        # Rounded from other batches.
        np.testing.assert_allclose(row, expected, atol=1)
    assert (fakes[0] != fakes[1]).any()
    examples = labelled.class_examples(10, 8).reshape(reals.shape)
    np.testing.assert_array_equal(reals, examples)


def test_of_many_classes_a_grid_shows_the_first_ten(pictures, tmp_path):
    images = pk.data.load(
        pictures, labels=np.arange(24) % 12, cache_dir=tmp_path
    )
    gan = tiny_gan(num_classes=12)
    reals, fakes = grids(gan, images, tmp_path)
    assert reals.shape[:2] == fakes.shape[:2] == (10, 10)
    np.testing.assert_array_equal(reals[9, 0], images.at(8)[9])


def write_rows(path, rows):
    """Let `Table` write rows of (stage, logs), as in one run."""
    table = Table(path, append=True)
    gan = tiny_gan()
    table.set_model(gan)
    table.on_train_begin()
    for tick, (stage, logs) in enumerate(rows):
        gan.enter_stage(stage)
        table.on_epoch_end(tick, logs)
    table.on_train_end()


def read_rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_table_has_one_set_of_columns_in_all_stages(finished):
    rows = read_rows(finished.path / "logs.csv")
    assert [int(row["resolution"]) for row in rows] == [4, 4, 8, 8, 8, 8]
    assert [row["fade_in"] for row in rows] == list("001100")
    for row, record in zip(rows, finished.records(), strict=True):
        flat = set(record) - {"rms", "tick", "memory_gib", "minutes"}
        assert set(row) == flat - {"warnings"} | {"epoch"}
        np.testing.assert_allclose(
            float(row["ema_distance"]), record["ema_distance"], atol=1e-6
        )


def test_a_resumed_table_keeps_its_columns(tmp_path):
    """Those of its first row, whatever else is measured by now."""
    path = tmp_path / "logs.csv"
    stages = pk.Stage(4), pk.Stage(8, fade_in=True)
    write_rows(path, [(stages[0], {"kimg": 1.0, "d_loss": 0.5})])
    write_rows(path, [(stages[1], {"b": 7.0, "d_loss": 0.25, "kimg": 2.0})])
    first, second = read_rows(path)
    assert list(first) == ["epoch", "resolution", "fade_in", "kimg", "d_loss"]
    assert list(second.values()) == ["0", "8", "1", "2.0", "0.25"]


def test_warnings_are_logged_recorded_and_kept_for_people(
    images, recipe, tmp_path, monkeypatch, caplog
):
    given = {}

    def advise(records, setting):
        given["records"], given["setting"] = records, setting
        return ["D wins: look out."] if len(records) == 2 else []

    monkeypatch.setattr(callbacks, "advise", advise)
    run = pk.train(
        pk.ProGAN(4, latent_dim=8, fmap_base=32, fmap_max=8),
        images,
        run_dir=tmp_path,
        recipe=dataclasses.replace(recipe, loss="wgan_gp", total_images=40),
        tick_kimg=0.016,
        verbose=False,
    )
    first, second, last = run.records()
    assert second["warnings"] == ["D wins: look out."]
    assert "warnings" not in first | last
    assert caplog.messages.count("D wins: look out.") == 1
    lines = (run.path / "log.txt").read_text().splitlines()
    assert lines[2] == "D wins: look out."
    assert len(lines) == 4

    *before, now = given["records"]
    assert before == [first, second]
    assert now.keys() == last.keys() - {"memory_gib", "minutes"}
    assert now["drift"] == pytest.approx(last["drift"], abs=1e-6)
    setting = given["setting"]
    assert setting.num_images == 24
    assert setting.learning_rate == recipe.learning_rate
    assert setting.gamma == 1.0
    assert setting.d_loss(2.0, 1.0) == pytest.approx(1.0 - 2.0 + 0.001 * 4.0)


def test_without_a_penalty_there_is_no_norm_to_draw_the_gradient_to(images):
    gan = tiny_gan()
    for loss, gamma in (
        (pk.losses.WassersteinGP(gamma=7.0), 7.0),
        (pk.losses.WassersteinGP(gamma=7.0, penalty_interval=0), None),
        (pk.losses.Hinge(), None),
    ):
        gan.compile(loss)
        gan.enter_stage(pk.Stage(4))
        assert callbacks._setting(gan, 5).gamma == gamma
