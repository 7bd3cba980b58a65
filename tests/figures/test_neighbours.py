"""Samples beside their nearest training images."""

import numpy as np
import pytest

from progan_keras import figures


@pytest.mark.parametrize("channels", [1, 3])
def test_samples_stand_left_of_their_neighbours(channels):
    training = np.zeros((4, 16, 16, channels), np.uint8)
    training += np.arange(4, dtype=np.uint8).reshape(4, 1, 1, 1) * 50
    samples = training[:2] + 5
    indices = np.array([[0, 1, 2], [1, 0, 3]])
    (axes,) = figures.neighbours(samples, training, indices).axes
    pixels = np.asarray(axes.images[0].get_array())
    pixels = pixels.reshape(*pixels.shape[:2], -1)[..., 0]
    assert pixels[8, 8] == 5
    assert pixels[8, [8 + 34, 8 + 51, 8 + 68]].tolist() == [0, 50, 100]
    assert pixels[25, [8 + 34, 8 + 51, 8 + 68]].tolist() == [50, 0, 150]
    texts = [text.get_text() for text in axes.get_xticklabels()]
    assert texts == ["generated", "nearest"]
    first, second = axes.get_xticks()
    assert pixels[8, int(first)] == 5
    assert pixels[8, int(second)] == 0
