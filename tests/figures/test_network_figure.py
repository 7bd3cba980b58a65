"""The networks of a stage, drawn."""

import itertools

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Rectangle

from progan_keras import figures
from progan_keras.networks import NetworkConfig
from progan_keras.schedule import Stage

CONFIG = NetworkConfig(32, fmap_base=256, fmap_max=64)
FADE = Stage(16, fade_in=True)


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts if text.get_text()]


def blocks(figure):
    """The rectangles of G's blocks, or of D's, from 4x4 up: (G's, D's)."""
    rectangles = [
        patch
        for patch in figure.axes[0].patches
        if isinstance(patch, Rectangle)
    ]
    # toRGB and the like lie farther from the middle.
    found = [
        patch
        for patch in rectangles
        if abs(patch.get_y() + patch.get_height() / 2) < 2
    ]
    found.sort(key=lambda patch: patch.get_x() + patch.get_width() / 2)
    return [p for p in found if p.get_y() > 0], [
        p for p in found if p.get_y() < 0
    ]


def test_blocks_are_as_wide_as_they_have_feature_maps():
    figure = figures.network(CONFIG, FADE)
    assert [CONFIG.channels(size) for size in (4, 8, 16, 32)] == [64, 64, 32, 16]
    for row in blocks(figure):
        widths = [patch.get_width() for patch in row]
        assert widths[0] == widths[1] > widths[2] > widths[3]
        slope = (widths[1] - widths[2]) / (widths[2] - widths[3])
        assert slope == pytest.approx(2)
    assert "16x16\n32 maps" in texts(figure)


def test_a_straight_stage_has_one_way_and_a_fade_has_two():
    straight = texts(figures.network(CONFIG, Stage(16)))
    assert straight.count("toRGB") == straight.count("fromRGB") == 1
    assert not {"double", "halve", "α"} & set(straight)
    faded = texts(figures.network(CONFIG, FADE))
    assert faded.count("toRGB") == faded.count("fromRGB") == 2
    for word in ("α", "1 − α", "+"):
        assert faded.count(word) == 2  # in either network
    assert {"double", "halve"} < set(faded)


def test_alpha_is_written_and_makes_lines_thick():
    figure = figures.network(CONFIG, FADE, alpha=0.25)
    assert {"0.25", "0.75"} < set(texts(figure))
    assert "alpha = 0.25" in figure.get_suptitle().replace("\n", " ")
    arrows = [t.arrow_patch for t in figure.axes[0].texts if not t.get_text()]
    dashed = {a.get_linewidth() for a in arrows if a.get_linestyle() == "--"}
    assert dashed == {pytest.approx(0.6 + 2.2 * 0.75)}


def test_later_layers_are_dashed_and_new_ones_hatched():
    for row in blocks(figures.network(CONFIG, FADE)):
        assert [bool(patch.get_hatch()) for patch in row] == [0, 0, 1, 0]
        dashed = [patch.get_linestyle() != "-" for patch in row]
        solid = [patch.get_linestyle() in ("-", "solid") for patch in row]
        assert solid == [True, True, True, False], dashed


class Grown:
    """As much of a GAN as is drawn."""

    config, stage = CONFIG, FADE


def test_the_stage_is_the_gans_own_or_the_last():
    assert "16x16 fade in" in figures.network(Grown()).get_suptitle()
    assert "32x32 stabilise" in figures.network(CONFIG).get_suptitle()


@pytest.mark.parametrize("width", [7.5, 5.0])
@pytest.mark.parametrize("resolution", [4, 8, 32, 1024])
def test_names_neither_overlap_nor_leave_the_page(resolution, width):
    config = NetworkConfig(resolution)
    fade = Stage(resolution, fade_in=resolution > 4)
    figure = figures.network(config, fade, width=width)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    assert figure._repr_png_()
    words = [text for text in figure.axes[0].texts if text.get_text()]
    boxes = [text.get_window_extent() for text in words]
    for box in boxes:
        assert 0 <= box.x0 < box.x1 <= 100 * width
    for box, other in itertools.combinations(boxes, 2):
        assert not box.overlaps(other)


@pytest.mark.parametrize(
    ("stage", "alpha", "message"),
    [
        (Stage(64), None, "Received: resolution=64"),
        (Stage(4, fade_in=True), None, "4 cannot fade in"),
        (FADE, 1.5, "Received: alpha=1.5"),
    ],
)
def test_what_the_network_cannot_be_is_refused(stage, alpha, message):
    with pytest.raises(ValueError, match=message):
        figures.network(CONFIG, stage, alpha)
