import hashlib
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import tensorflow as tf

from progan_keras.data import load, stream
from progan_keras.data.stream import is_mirrored


def take(pyramid, num_batches, batch_size, resolution=4, **options):
    """The first images of a stream, batch after batch."""
    stream = pyramid.stream(resolution, batch_size, **options)
    batches = list(stream.take(num_batches).as_numpy_iterator())
    return np.concatenate(batches)


def numbers(images):
    """Which image each of the `numbered` fixture's pictures is."""
    return images.min((1, 2, 3)).tolist()


def flips(images):
    return (images[:, 0, 0, 0] > images[:, 0, -1, 0]).tolist()


def test_batches_are_uint8_with_static_shape(noise):
    stream = load(noise(5, 16, 16, 3)).stream(8, 6)
    assert stream.element_spec.shape == (6, 8, 8, 3)
    assert stream.element_spec.dtype == "uint8"


def test_an_epoch_visits_every_image_once_in_its_own_order(numbered):
    pyramid = numbered(10)
    seen = numbers(take(pyramid, 15, 2))
    epochs = [seen[i : i + 10] for i in (0, 10, 20)]
    for epoch in epochs:
        assert sorted(epoch) == list(range(10))
    assert epochs[0] != epochs[1] != epochs[2] != epochs[0]
    assert list(range(10)) not in epochs


def test_pixels_are_those_of_the_level(noise):
    pyramid = load(noise(6, 16, 16, 3))
    for r in (4, 8, 16):
        seen = take(pyramid, 1, 6, resolution=r)
        assert {image.tobytes() for image in seen} == {
            image.tobytes() for image in pyramid.at(r)
        }


# (seed, start) -> the first images, and the hash of 400 with their flips. Runs
# that resume and published results depend on them.
ORDERS = {
    (0, 0): ([742, 873, 844, 58, 520, 244], "eddbbc9b3a49f8b5"),
    (0, 990): ([390, 427, 997, 572, 820, 744], "5e59b1170a72fabf"),
    (0, 10**12): ([742, 873, 844, 58, 520, 244], "d97f39c10467fcf7"),
    (1, 0): ([712, 261, 519, 349, 354, 232], "160efab1482ad627"),
    (1, 990): ([662, 150, 894, 144, 643, 751], "b04e7fa0c0149f72"),
    (12345, 0): ([234, 454, 49, 874, 205, 401], "1819013bd29ab5d4"),
    (12345, 990): ([969, 192, 859, 539, 548, 368], "b331b828f0d97db7"),
    (2**32 - 1, 0): ([474, 923, 622, 384, 570, 144], "8ee51288d9e0247a"),
}


@pytest.fixture(scope="module")
def thousand(tmp_path_factory):
    """A thousand images with their numbers in the upper half."""
    images = np.zeros((1000, 4, 4, 1), np.uint8)
    upper = images[:, :2, :, 0]
    upper[:] = np.stack(np.divmod(np.arange(1000), 256), 1)[..., None]
    images[:, 2:, :2] = 255
    return load(images, cache_dir=tmp_path_factory.mktemp("thousand"))


@pytest.mark.parametrize("seed, start", ORDERS, ids=str)
def test_orders_and_flips_stay_what_they_were(thousand, seed, start):
    seen = take(thousand, 1, 400, seed=seed, start=start, mirror=True)
    numbers = seen[:, 0, 0, 0].astype("<i8") * 256 + seen[:, 1, 0, 0]
    flips = seen[:, 2, 0, 0] < seen[:, 2, -1, 0]
    first, digest = ORDERS[seed, start]
    assert numbers[:6].tolist() == first
    both = np.stack([numbers, flips]).tobytes()
    assert hashlib.sha256(both).hexdigest()[:16] == digest


@pytest.mark.parametrize("start", [1, 7, 10, 23])
def test_a_stream_resumes_from_a_number_alone(numbered, start):
    pyramid = numbered(10)
    whole = take(pyramid, 40, 1, mirror=True, seed=5)
    rest = take(pyramid, 4, 3, mirror=True, seed=5, start=start)
    np.testing.assert_array_equal(rest, whole[start : start + 12])
    assert len(set(flips(whole))) == 2


def test_a_large_start_is_no_problem(numbered):
    assert len(take(numbered(10), 1, 4, start=10**12, mirror=True)) == 4


def test_the_batch_size_changes_nothing(numbered):
    pyramid = numbered(7)
    single = take(pyramid, 30, 1, mirror=True)
    large = take(pyramid, 1, 30, mirror=True)  # more than four epochs
    np.testing.assert_array_equal(single, large)


@pytest.mark.parametrize("most", ["_BLOCK_IMAGES", "_BLOCK_BYTES"])
def test_how_many_batches_are_read_at_once_changes_nothing(
    labelled, monkeypatch, most
):
    options = {"mirror": True, "start": 5, "num_replicas": 2}
    blocks = [*take_pairs(labelled, 70, 4, **options)]
    monkeypatch.setattr(stream, most, 1)  # less than a batch
    singly = [*take_pairs(labelled, 70, 4, **options)]
    np.testing.assert_array_equal(singly[0], blocks[0])
    np.testing.assert_array_equal(singly[1], blocks[1])


@pytest.mark.parametrize(
    "resolution, batch_size, most",
    [(4, 16, 16), (4, 1, 256), (4, 300, 1), (64, 16, 16), (128, 16, 5)],
)
def test_a_few_batches_are_read_at_once(
    noise, monkeypatch, resolution, batch_size, most
):
    pyramid = load(noise(2, 128, 128, 3))
    read, sizes = pyramid.read, []

    def spy(resolution, indices):
        sizes.append(len(indices))
        return read(resolution, indices)

    monkeypatch.setattr(pyramid, "read", spy)
    take(pyramid, 1, batch_size, resolution)
    assert set(sizes) == {most * batch_size}


def test_the_next_images_are_read_while_these_are_used(numbered, monkeypatch):
    pyramid = numbered(20)
    read, starts = pyramid.read, []

    def spy(*args):
        starts.append(threading.current_thread())
        return read(*args)

    monkeypatch.setattr(pyramid, "read", spy)
    batches = iter(pyramid.stream(4, 256))
    next(batches)
    deadline = time.monotonic() + 60
    while len(starts) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)
    assert len(starts) == 2  # no more than that: memory is bounded
    del batches
    starts[0].join(timeout=60)
    assert not starts[0].is_alive()


@pytest.mark.slow
def test_a_process_can_end_while_images_are_read():
    # Where TensorFlow itself read ahead, most of these processes hung.
    code = (
        "import numpy as np\n"
        "from progan_keras.data import load\n"
        "pyramid = load(np.zeros((64, 64, 64, 3), np.uint8), mirror=True)\n"
        "batches = iter(pyramid.stream(64, 16))\n"
        "for _ in range(300):\n"
        "    next(batches)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_no_thread_tunes_a_stream(numbered):
    # Letting go of an iterator could wait a minute for that thread.
    options = numbered(20).stream(4, 2).options()
    assert options.autotune.enabled is False


def test_a_stream_that_cannot_read_says_why(numbered, monkeypatch):
    def fail(resolution, indices):
        raise OSError("the disk is on fire")

    pyramid = numbered(20)
    monkeypatch.setattr(pyramid, "read", fail)
    with pytest.raises(tf.errors.OpError, match="the disk is on fire"):
        next(iter(pyramid.stream(4, 2)))


def test_a_stream_is_known_to_have_no_end(noise):
    # Else a strategy asks before every step whether there is one more batch.
    assert load(noise(2, 4, 4, 1)).stream(4, 1).cardinality() == -1


def test_seeds_choose_orders_and_flips(numbered):
    pyramid = numbered(50)
    one = take(pyramid, 1, 50, mirror=True, seed=1)
    two = take(pyramid, 1, 50, mirror=True, seed=2)
    assert numbers(one) != numbers(two)
    assert flips(one) != flips(two)
    again = take(pyramid, 1, 50, mirror=True, seed=1)
    np.testing.assert_array_equal(one, again)


@pytest.mark.parametrize("num_replicas", [2, 3, 6])
def test_slices_hold_every_nth_image_of_the_batch(numbered, num_replicas):
    pyramid = numbered(20)
    batch = take(pyramid, 1, 12, mirror=True)
    dealt = take(pyramid, 1, 12, mirror=True, num_replicas=num_replicas)
    slices = np.split(dealt, num_replicas)
    for replica, images in enumerate(slices):
        np.testing.assert_array_equal(images, batch[replica::num_replicas])


def test_a_mirrored_strategy_deals_the_batch_to_its_devices(
    numbered, two_devices
):
    pyramid = numbered(20)
    batch = take(pyramid, 1, 12, mirror=True)
    with two_devices.scope():
        stream = pyramid.stream(4, 12, mirror=True)
    shared = next(iter(two_devices.experimental_distribute_dataset(stream)))
    slices = two_devices.experimental_local_results(shared)
    for replica, images in enumerate(slices):
        np.testing.assert_array_equal(images, batch[replica::2])


def take_pairs(pyramid, num_batches, batch_size, **options):
    """Images and labels of a labelled stream's first batches."""
    stream = pyramid.stream(4, batch_size, with_labels=True, **options)
    batches = stream.take(num_batches).as_numpy_iterator()
    return map(np.concatenate, zip(*batches, strict=True))


@pytest.fixture
def labelled(numbered):
    """Twenty images of which number `i` is the only one of class `19 - i`."""
    return numbered(20, labels=np.arange(20)[::-1])


def test_labelled_batches_have_static_shapes(labelled):
    images, labels = labelled.stream(4, 6, with_labels=True).element_spec
    assert (images.shape, images.dtype) == ((6, 4, 4, 1), "uint8")
    assert (labels.shape, labels.dtype) == ((6,), "int64")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"mirror": True, "seed": 3},
        {"start": 7, "mirror": True},
        {"num_replicas": 3},
        {"num_replicas": 6, "start": 31, "mirror": True},
    ],
    ids=str,
)
def test_labels_go_with_their_images(labelled, options):
    images, labels = take_pairs(labelled, 5, 12, **options)
    assert labels.tolist() == [19 - number for number in numbers(images)]
    alone = take(labelled, 5, 12, **options)
    np.testing.assert_array_equal(images, alone)


def test_a_labelled_stream_resumes_from_a_number_alone(labelled):
    _, whole = take_pairs(labelled, 40, 1, seed=5)
    _, rest = take_pairs(labelled, 4, 4, seed=5, start=23)
    assert rest.tolist() == whole[23:39].tolist()


def test_a_mirrored_strategy_deals_labels_like_images(labelled, two_devices):
    with two_devices.scope():
        stream = labelled.stream(4, 12, with_labels=True)
    shared = next(iter(two_devices.experimental_distribute_dataset(stream)))
    images, labels = map(two_devices.experimental_local_results, shared)
    batch, expected = take_pairs(labelled, 1, 12)
    for replica in (0, 1):
        np.testing.assert_array_equal(images[replica], batch[replica::2])
        np.testing.assert_array_equal(labels[replica], expected[replica::2])


def test_labels_that_are_not_there_are_not_streamed(numbered):
    with pytest.raises(ValueError, match="has no labels.*`labels=`.*Received"):
        numbered(3).stream(4, 2, with_labels=True)


def test_flips_are_whole_images_and_off_when_not_asked_for(numbered):
    pyramid = numbered(10)
    plain = take(pyramid, 4, 10)
    mirrored = take(pyramid, 4, 10, mirror=True)
    assert not any(flips(plain))
    for image, original, flip in zip(
        mirrored, plain, flips(mirrored), strict=True
    ):
        np.testing.assert_array_equal(
            image, original[:, ::-1] if flip else original
        )


def test_the_pyramid_decides_about_mirroring_by_default(noise):
    images = np.zeros((4, 4, 4, 1), np.uint8)
    images[:, :, 2:] = 255
    assert any(flips(take(load(images, mirror=True), 10, 4)))
    assert not any(flips(take(load(images), 10, 4)))


@pytest.mark.parametrize("seed", [0, 1, 12345, -1])
def test_coins_are_fair_and_independent_of_their_neighbours(seed):
    count = 100_000
    coins = is_mirrored(np.arange(count), seed) * 2.0 - 1
    five_sigma = 5 / np.sqrt(count)
    assert abs(coins.mean()) < five_sigma
    for lag in (1, 2, 3, 4, 8, 16, 64, 2251):
        assert abs((coins[lag:] * coins[:-lag]).mean()) < 1.1 * five_sigma
    other = is_mirrored(np.arange(count), seed + 1) * 2.0 - 1
    for lag in (0, 1, 2):
        products = coins[lag:] * other[: count - lag]
        assert abs(products.mean()) < 1.1 * five_sigma


BAD_NUMBERS = {
    "indivisible": ({"batch_size": 8, "num_replicas": 3}, "multiple of"),
    "empty batch": ({"batch_size": 0}, "batch_size.*at least 1.*=0"),
    "half an image": ({"batch_size": 2.5}, "batch_size.*whole.*=2.5"),
    "no replicas": ({"num_replicas": 0}, "num_replicas.*=0"),
    "negative start": ({"start": -1}, "start.*at least 0.*=-1"),
    "no seed": ({"seed": None}, "seed.*whole.*=None"),
    "no such level": ({"resolution": 16}, "it has 4, 8.*=16"),
}


@pytest.mark.parametrize("case", BAD_NUMBERS)
def test_bad_numbers_are_refused(case, noise):
    change, words = BAD_NUMBERS[case]
    options = {"resolution": 8, "batch_size": 4} | change
    with pytest.raises(ValueError, match=words):
        load(noise(2, 8, 8, 1)).stream(**options)
