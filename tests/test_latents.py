import numpy as np
import pytest

from progan_keras import latents


def test_latents_are_standard_normal():
    drawn = latents.sample(1000, 64, seed=3)
    assert drawn.shape == (1000, 64)
    assert drawn.dtype == "float32"
    assert abs(drawn.mean()) < 0.02
    assert abs(drawn.std() - 1) < 0.02
    assert abs((np.abs(drawn) > 1).mean() - 0.317) < 0.01


@pytest.mark.parametrize("count", [1, 5, 16])
def test_the_first_latents_do_not_depend_on_how_many_there_are(count):
    np.testing.assert_array_equal(
        latents.sample(count, 7, seed=1), latents.sample(17, 7, seed=1)[:count]
    )


def test_a_seed_decides_the_latents():
    np.testing.assert_array_equal(latents.sample(3, 4), latents.sample(3, 4))
    assert not (latents.sample(3, 4) == latents.sample(3, 4, seed=1)).any()


def test_numpy_integers_count_as_integers():
    assert latents.sample(np.int64(3), 4, seed=np.int32(1)).shape == (3, 4)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("count", 0),
        ("count", -1),
        ("count", 2.0),
        ("count", True),
        ("seed", -1),
        ("seed", None),
        ("seed", "1"),
    ],
)
def test_a_bad_number_is_refused_by_name_and_value(name, value):
    arguments = {"count": 2, "latent_dim": 4, name: value}
    with pytest.raises(ValueError) as error:
        latents.sample(**arguments)
    assert f"{name}={value!r}" in str(error.value)


def test_latents_may_be_given_as_lists():
    checked = latents.check([[1, 2], [3, 4]], latent_dim=2)
    assert checked.dtype == "float32"
    assert checked.tolist() == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize("shape", [(4,), (2, 3), (0, 4), (1, 2, 4)])
def test_latents_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError) as error:
        latents.check(np.zeros(shape), latent_dim=4)
    assert "[N, 4]" in str(error.value)
    assert str(list(shape)) in str(error.value)
