"""Heat maps: a row per layer, a column per tick."""

import numpy as np
import pytest
from figures.made_runs import LAYERS, full_tick, make_run, tick

from progan_keras import figures
from progan_keras.figures.block_rms import rms_table


def meshes(figure):
    """The colours' numbers of both maps: masked arrays."""
    panels = [axes for axes in figure.axes if len(axes.get_yticks()) == 2]
    return [axes.collections[0] for axes in panels]


@pytest.mark.parametrize("kind", ["weights", "activations"])
def test_cells_are_what_was_recorded(kind, tmp_path):
    run = make_run(tmp_path, [full_tick(kimg) for kimg in range(1, 13)])
    found = meshes(figures.block_rms(run, kind))
    assert len(found) == 2
    for mesh in found:
        cells = mesh.get_array().reshape(2, 12)
        kimg = np.arange(1, 13)
        np.testing.assert_allclose(cells[0], LAYERS["4x4_conv"] * kimg)
        np.testing.assert_allclose(cells[1, 2:], LAYERS["8x8_conv1"] * kimg[2:])
        assert cells.mask[1, :2].all()  # not there yet
        edges = np.asarray(mesh.get_coordinates())[0, :, 0]
        np.testing.assert_allclose(edges, np.arange(13))


def test_layers_stand_as_signals_go():
    def line(*names):
        layers = {"activations": dict.fromkeys(names, 1.0)}
        return {"rms": {"generator": layers, "discriminator": layers}}

    ticks = [
        line("4x4_from_rgb", "4x4_conv"),
        {},
        line("8x8_conv0", "8x8_conv1", "4x4_conv", "128x128_x"),
    ]
    up, table = rms_table(ticks, "generator", "activations")
    assert up == [
        *("4x4_from_rgb", "4x4_conv"),
        *("8x8_conv0", "8x8_conv1"),
        "128x128_x",
    ]
    assert np.isnan(table[:, 1]).all()
    down, _ = rms_table(ticks, "discriminator", "activations")
    assert down == [
        *("4x4_conv", "4x4_from_rgb"),
        *("8x8_conv1", "8x8_conv0"),
        "128x128_x",
    ]


def test_many_ticks_share_columns_and_missing_ones_have_their_own(tmp_path):
    records = [full_tick(12 * n / 2000) for n in range(1, 2001)]
    run = make_run(tmp_path, records[:1000] + records[1200:])
    mesh, _ = meshes(figures.block_rms(run))
    cells = mesh.get_array()
    cells = cells.reshape(2, -1)
    edges = np.asarray(mesh.get_coordinates())[0, :, 0]
    assert 350 <= cells.shape[1] <= 402
    (hole,) = np.flatnonzero(cells.mask[0])
    np.testing.assert_allclose(edges[hole : hole + 2], [6, 7.2])
    middles = (edges[1:] + edges[:-1]) / 2
    expected = LAYERS["4x4_conv"] * middles
    np.testing.assert_allclose(cells[0, 9:], expected[9:], rtol=0.02)


def test_zeros_and_equal_numbers_have_a_scale(tmp_path):
    records = [full_tick(1), full_tick(1.5)]
    layers = {"weights": {"4x4_conv": 1.0, "8x8_conv1": 0.0}}
    for record in records:
        record["rms"] = {"generator": layers, "discriminator": layers}
    mesh, _ = meshes(figures.block_rms(make_run(tmp_path, records), "weights"))
    assert 0 < mesh.norm.vmin < 1 < mesh.norm.vmax
    assert mesh.get_array().reshape(2, 2).mask.tolist() == [
        [False, False],
        [True, True],
    ]


def test_older_runs_have_none_and_there_are_two_kinds(tmp_path):
    run = make_run(tmp_path, [tick(1)])
    with pytest.raises(figures.NothingToShow, match="no record of its weights"):
        figures.block_rms(run, "weights")
    with pytest.raises(ValueError, match="Received: kind='gradients'"):
        figures.block_rms(run, "gradients")
