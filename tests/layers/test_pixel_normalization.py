import numpy as np
import pytest
from layer_checks import normal, run_layer_test

from progan_keras.layers import PixelNormalization


def test_pixel_normalization_is_a_good_keras_layer():
    run_layer_test(
        PixelNormalization,
        {"epsilon": 1e-6},
        normal(2, 4, 4, 8),
        output_shape=(2, 4, 4, 8),
    )


@pytest.mark.parametrize("shape", [(3, 8), (2, 4, 4, 8)])
def test_every_pixel_is_divided_by_its_root_mean_square(shape):
    x = 5.0 * normal(*shape)
    expected = x / np.sqrt((x.astype("float64") ** 2).mean(-1)[..., None])
    np.testing.assert_allclose(PixelNormalization()(x), expected, rtol=1e-5)


def test_latents_are_put_on_a_sphere_of_radius_sqrt_of_their_length():
    outputs = PixelNormalization()(normal(4, 16)).numpy()
    np.testing.assert_allclose(np.linalg.norm(outputs, axis=1), 4.0, rtol=1e-5)


def test_epsilon_is_added_to_the_mean_square():
    outputs = PixelNormalization(epsilon=3.0)(np.ones((1, 4), "float32"))
    np.testing.assert_allclose(outputs, 0.5, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_black_pixels_stay_black_and_finite(dtype):
    outputs = PixelNormalization(dtype=dtype)(np.zeros((1, 4), "float32"))
    assert outputs.numpy().astype("float32").tolist() == [[0.0] * 4]


def test_half_precision_does_not_lose_the_squares_of_small_numbers():
    x = np.full((1, 4), 3e-4, "float16")  # squares: 9e-8, about 0 in float16
    outputs = PixelNormalization(dtype="float16")(x)
    assert outputs.dtype == "float16"
    np.testing.assert_allclose(outputs, 3 / np.sqrt(10), rtol=0.01)


@pytest.mark.parametrize("epsilon", [0.0, -1e-8])
def test_an_epsilon_that_is_not_positive_is_refused(epsilon):
    with pytest.raises(ValueError, match=f"epsilon={epsilon}"):
        PixelNormalization(epsilon=epsilon)
