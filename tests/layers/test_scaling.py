"""NearestUpscale2D and BoxDownscale2D."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from layer_checks import box, normal, repeat, run_layer_test

from progan_keras.layers import BoxDownscale2D, NearestUpscale2D


def test_nearest_upscale_is_a_good_keras_layer():
    run_layer_test(
        NearestUpscale2D, {}, normal(2, 4, 2, 3), output_shape=(2, 8, 4, 3)
    )


def test_box_downscale_is_a_good_keras_layer():
    run_layer_test(
        BoxDownscale2D, {}, normal(2, 8, 4, 3), output_shape=(2, 4, 2, 3)
    )


def test_nearest_upscale_repeats_every_pixel_2x2_times():
    images = normal(2, 4, 2, 3)
    np.testing.assert_array_equal(NearestUpscale2D()(images), repeat(images))


def test_box_downscale_is_the_mean_of_every_2x2_pixels():
    images = normal(2, 8, 4, 3)
    np.testing.assert_allclose(BoxDownscale2D()(images), box(images), atol=1e-6)


def test_downscaling_undoes_upscaling_exactly():
    images = normal(2, 4, 4, 3)
    there_and_back = BoxDownscale2D()(NearestUpscale2D()(images))
    np.testing.assert_array_equal(there_and_back, images)


def test_upscaling_keeps_static_sizes_while_the_batch_is_dynamic():
    """Exported models need them."""
    shapes = []

    @tf.function(input_signature=[tf.TensorSpec((None, 4, 4, 3))])
    def upscale(images):
        outputs = NearestUpscale2D()(images)
        shapes.append(tuple(outputs.shape))
        return outputs

    assert upscale(normal(3, 4, 4, 3)).shape == (3, 8, 8, 3)
    assert shapes == [(None, 8, 8, 3)]


@pytest.mark.parametrize("shape", [(5, 4, 3), (4, 5, 3), (None, 4, 3)])
def test_an_odd_or_unknown_size_cannot_be_halved(shape):
    with pytest.raises(ValueError, match="even height and width"):
        BoxDownscale2D()(keras.Input(shape))
