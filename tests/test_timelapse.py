"""The film of a run: every frame, at its time, in its colours."""

import importlib.util
import os

import av
import numpy as np
import pytest
from PIL import Image

from progan_keras.timelapse import timelapse


def plain(*colours, size=(40, 30)):
    """Return one picture per colour."""
    return [Image.new("RGB", size, colour) for colour in colours]


def decoded(path):
    """Return the frames as RGB arrays, and their milliseconds."""
    frames, durations = [], []
    with Image.open(path) as film:
        for index in range(film.n_frames):
            film.seek(index)
            frames.append(np.asarray(film.convert("RGB")))
            durations.append(film.info["duration"])
    return frames, durations


def test_frames_come_in_order_and_in_their_colours(tmp_path):
    colours = [(250, 10, 20), (10, 200, 30), (40, 50, 160)]
    frames, _ = decoded(timelapse(plain(*colours), tmp_path / "film.gif"))
    assert len(frames) == 3
    for frame, colour in zip(frames, colours, strict=True):
        assert np.abs(frame - np.array(colour)).max() <= 2


def test_last_frame_stays_longer_and_the_film_loops(tmp_path):
    path = timelapse(
        plain("red", "green", "blue"),
        tmp_path / "film.gif",
        duration=80,
        last=900,
    )
    assert decoded(path)[1] == [80, 80, 900]
    assert Image.open(path).info["loop"] == 0


def test_what_stands_still_does_not_flicker(tmp_path):
    rng = np.random.default_rng(0)
    still = rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)
    frames = [
        Image.fromarray(
            np.hstack([still, rng.integers(0, 256, still.shape, np.uint8)])
        )
        for _ in range(6)
    ]
    first, *others = decoded(timelapse(frames, tmp_path / "film.gif"))[0]
    for other in others:
        np.testing.assert_array_equal(other[:, :16], first[:, :16])
        assert (other[:, 16:] != first[:, 16:]).any()


def test_colours_that_appear_late_are_in_the_palette(tmp_path):
    dull = plain(*[(g, g, g) for g in range(0, 250, 5)])
    frames, _ = decoded(
        timelapse([*dull, *plain((255, 0, 200))], tmp_path / "film.gif")
    )
    assert np.abs(frames[-1] - np.array((255, 0, 200))).max() <= 8


def test_captions_stand_in_a_bar_below_untouched_frames(tmp_path):
    frames = plain((200, 30, 30), (30, 30, 200), size=(200, 50))
    captions = ["4x4 stabilising, 0 kimg", "8x8 fading in, alpha 0.40"]
    shown, _ = decoded(
        timelapse(frames, tmp_path / "film.gif", captions=captions)
    )
    for picture, frame in zip(shown, frames, strict=True):
        assert picture.shape[0] > 50
        assert np.abs(picture[:50] - np.asarray(frame, int)).max() <= 2
        bar = picture[50:]
        assert bar.min() == 0
        assert bar.max() == 255
    assert (shown[0][50:] != shown[1][50:]).any()


def test_long_captions_continue_on_the_next_line_inside_the_frame(tmp_path):
    words = "8x8 fading in, alpha 0.40, 12 kimg"
    narrow = plain("red", size=(70, 50))
    (short,), _ = decoded(
        timelapse(narrow, tmp_path / "a.gif", captions=["8x8"])
    )
    (long,), _ = decoded(
        timelapse(narrow, tmp_path / "b.gif", captions=[words])
    )
    assert long.shape[1] == 70
    assert long.shape[0] > short.shape[0] + 20
    # Nothing touches the right edge: no word is cut off.
    assert long[50:, -2:].max() == 0


def test_scale_enlarges_frames_without_blurring(tmp_path):
    image = np.zeros((2, 2, 3), np.uint8)
    image[0, 0] = image[1, 1] = 255
    (shown,), _ = decoded(
        timelapse([Image.fromarray(image)], tmp_path / "film.gif", scale=4)
    )
    np.testing.assert_array_equal(shown, np.kron(image, np.ones((4, 4, 1))))


def test_grey_and_transparent_frames_are_accepted(tmp_path):
    frames = [
        Image.new("L", (8, 8), 100),
        Image.new("RGBA", (8, 8), (255, 0, 0, 0)),
    ]
    shown, _ = decoded(timelapse(frames, tmp_path / "film.gif"))
    assert np.abs(shown[0].astype(int) - 100).max() <= 2
    assert shown[1].min() >= 253  # nothing of the hidden red


def test_film_replaces_an_older_one_and_leaves_no_other_file(tmp_path):
    path = tmp_path / "new" / "film.gif"
    timelapse(plain("red"), path)
    timelapse(plain("red", "blue"), path)
    assert len(decoded(path)[0]) == 2
    assert os.listdir(path.parent) == ["film.gif"]


# -------------------------------------------------------------------- MP4


def played(path):
    """Return the frames of an MP4 as RGB arrays, their seconds, the stream."""
    frames, times = [], []
    with av.open(path) as film:
        (stream,) = film.streams
        for frame in film.decode(stream):
            frames.append(frame.to_ndarray(format="rgb24").astype(int))
            times.append(frame.time)
        assert frame.format.name == "yuv420p"
        assert stream.codec.canonical_name == "h264"
        return frames, times, stream.duration * float(stream.time_base)


def test_the_ending_mp4_makes_an_mp4_with_frames_at_their_times(tmp_path):
    colours = [(250, 10, 20), (10, 200, 30), (40, 50, 160)]
    path = timelapse(
        plain(*colours), tmp_path / "film.MP4", duration=80, last=320
    )
    frames, times, seconds = played(path)
    assert len(frames) == 6  # the last one stays for four
    for frame, colour in zip(
        frames, [*colours, *colours[-1:] * 3], strict=True
    ):
        assert frame.shape == (30, 40, 3)
        assert np.abs(frame - np.array(colour)).max() <= 6
    np.testing.assert_allclose(np.diff(times), 0.08, atol=1e-6)
    assert seconds == pytest.approx(0.48, abs=1e-6)


def test_odd_sides_of_an_mp4_become_even_with_white(tmp_path):
    path = timelapse(plain("black", size=(41, 31)), tmp_path / "film.mp4")
    frame = played(path)[0][0]
    assert frame.shape == (32, 42, 3)
    assert frame[:28, :38].max() < 30
    assert frame[-1].min() > 200
    assert frame[:, -1].min() > 200


def test_an_mp4_keeps_edges_and_captions(tmp_path):
    board = np.kron(np.indices((6, 8)).sum(0) % 2, np.ones((4, 4)))
    picture = Image.fromarray((255 * board).astype(np.uint8))
    path = timelapse(
        [picture] * 3, tmp_path / "film.mp4", captions=["4x4"] * 3, scale=2
    )
    frame = played(path)[0][-1]
    expected = np.kron(np.asarray(picture), np.ones((2, 2)))[..., None]
    assert np.abs(frame[:48] - expected).mean() < 3
    assert frame.shape[0] > 48
    assert frame[49:].max() > 200


def test_without_its_package_an_mp4_is_refused_with_the_command(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r'pip install "progan-keras\[mp4\]"'):
        timelapse(plain("red"), tmp_path / "film.mp4")
    assert not list(tmp_path.iterdir())
    timelapse(plain("red"), tmp_path / "film.gif")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"frames": []}, "at least one frame"),
        (
            {"frames": plain("red") + plain("red", size=(8, 8))},
            r"same size.*Received: .*\(8, 8\), \(40, 30\)",
        ),
        ({"captions": ["one"]}, "Received: 1 captions for 2 frames"),
        ({"path": "film.avi"}, r"\.gif or \.mp4.*path='film.avi'"),
        ({"scale": 0}, "Received: scale=0"),
        ({"duration": 0}, "Received: duration=0"),
    ],
)
def test_what_makes_no_film_is_refused(tmp_path, change, sentence):
    arguments = {
        "frames": plain("red", "blue"),
        "path": tmp_path / "film.gif",
        **change,
    }
    with pytest.raises(ValueError, match=sentence):
        timelapse(**arguments)
    assert not list(tmp_path.iterdir())
