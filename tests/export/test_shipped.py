"""The trained generators that come with the project run everywhere."""

import pytest
from shipped import PRESETS, exported

import progan_keras as pk
from progan_keras.export import difference
from progan_keras.export_formats import FORMATS


@pytest.fixture(scope="module")
def gan():
    return pk.ProGAN.from_preset(PRESETS[0])


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS)
def test_a_shipped_generator_gives_the_same_images_everywhere(
    gan, format, tmp_path
):
    path = exported(PRESETS[0], gan, format, tmp_path)
    assert difference(gan, path, format) < 1e-4
