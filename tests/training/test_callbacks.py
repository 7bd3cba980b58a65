"""The grids of pictures that a run writes."""

import numpy as np
from conftest import tiny_gan
from PIL import Image

import progan_keras as pk
from progan_keras.training.callbacks import ImageGrids
from progan_keras.training.run_folder import new_run

OPTIONS = {"network": {}, "data": {}, "training": {}}


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
