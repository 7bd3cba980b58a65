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


# ----------------------------------------------------------------- walks


def test_the_great_circle_keeps_the_length_and_goes_evenly():
    start, end = latents.sample(2, 16)
    end *= np.linalg.norm(start) / np.linalg.norm(end)
    shares = np.linspace(0, 1, 9)[:, None]
    way = latents.slerp(start, end, shares)
    assert way.shape == (9, 16)
    assert way.dtype == np.float32
    lengths = np.linalg.norm(way, axis=1)
    np.testing.assert_allclose(lengths, np.linalg.norm(start), rtol=1e-5)
    steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-4)
    np.testing.assert_allclose(way[[0, -1]], [start, end], atol=1e-6)


def test_a_quarter_of_a_circle_has_its_middle_at_half_a_right_angle():
    middle = latents.slerp([1.0, 0.0], [0.0, 1.0], 0.5)
    np.testing.assert_allclose(middle, [0.5**0.5, 0.5**0.5], rtol=1e-6)


@pytest.mark.parametrize("end", [[2.0, 0.0], [-1.0, 0.0], [0.0, 0.0]])
def test_without_one_great_circle_the_way_is_straight(end):
    start = np.array([1.0, 0.0])
    middle = latents.slerp(start, end, 0.5)
    np.testing.assert_allclose(middle, (start + end) / 2)


def test_a_walk_passes_random_latents_and_comes_back():
    way = latents.walk(12, 8, seed=3, points=4, count=2)
    assert way.shape == (12, 2, 8)
    stations = latents.sample(8, 8, seed=3).reshape(4, 2, 8)
    np.testing.assert_allclose(way[::3], stations, atol=1e-6)
    steps = np.linalg.norm(way - np.roll(way, -1, axis=0), axis=-1)
    assert steps.max() < 3  # the step back to the first frame included
    assert steps.min() > 0.1


def test_a_walk_is_decided_by_its_seed():
    np.testing.assert_array_equal(latents.walk(5, 8), latents.walk(5, 8))
    assert (latents.walk(5, 8) != latents.walk(5, 8, seed=1)).any()


def test_a_walk_with_fewer_frames_than_points_skips_some():
    way = latents.walk(2, 8, points=4)
    stations = latents.sample(4, 8)
    np.testing.assert_allclose(way[:, 0], stations[::2], atol=1e-6)


@pytest.mark.parametrize(
    "arguments", [{"frames": 0}, {"points": 1}, {"count": 0}, {"seed": -1}]
)
def test_an_impossible_walk_is_refused(arguments):
    (name,) = arguments
    with pytest.raises(ValueError, match=f"{name}="):
        latents.walk(**{"frames": 4, "latent_dim": 8, **arguments})


# ------------------------------------------------------------- arithmetic


def test_latents_go_back_to_the_length_of_samples():
    drawn = latents.sample(5, 64)
    there = latents.on_sphere(7 * drawn)
    assert there.dtype == np.float32
    np.testing.assert_allclose(np.mean(there**2, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(there, latents.on_sphere(drawn), rtol=1e-5)


@pytest.mark.parametrize("bad", [0.0, np.nan])
def test_what_has_no_direction_cannot_be_on_the_sphere(bad):
    with pytest.raises(ValueError, match="1 of them"):
        latents.on_sphere([[1.0, 2.0], [bad, bad]])


def test_the_mean_keeps_what_latents_share():
    shared = latents.on_sphere(latents.sample(1, 512, seed=9)[0])
    others = latents.sample(50, 512)
    mean = latents.mean(shared + others)
    assert mean.shape == (512,)
    np.testing.assert_allclose(np.mean(mean**2), 1, rtol=1e-5)
    cosines = latents.on_sphere(shared + others) @ shared / 512
    assert cosines.mean() < 0.8
    assert mean @ shared / 512 > 0.95


def test_an_analogy_takes_one_thing_away_and_adds_another():
    smile, woman, man = latents.on_sphere(latents.sample(3, 512))
    found = latents.analogy(woman + smile, woman, man)
    np.testing.assert_allclose(found, latents.on_sphere(man + smile), atol=1e-5)
    assert found.dtype == np.float32


def test_analogies_are_made_for_many_at_once():
    start = latents.sample(4, 16)
    minus, plus = latents.sample(2, 16, seed=1)
    many = latents.analogy(start, minus, plus)
    np.testing.assert_allclose(
        many[2], latents.analogy(start[2], minus, plus), rtol=1e-6
    )
