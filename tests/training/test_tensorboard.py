"""Event files, read back as TensorBoard reads them."""

import numpy as np
import pytest
import tensorflow as tf

from progan_keras.training.tensorboard import Events


def read(folder):
    """Return [(step, name, plugin, value)] of all event files in a folder."""
    paths = sorted(str(path) for path in folder.iterdir())
    found = []
    for record in tf.data.TFRecordDataset(paths):
        event = tf.compat.v1.Event.FromString(record.numpy())
        for value in event.summary.value:
            plugin = value.metadata.plugin_data.plugin_name
            # 1 for scalars, 2 for tensors, of which texts are.
            assert value.metadata.data_class == 1 + (plugin == "text")
            array = tf.make_ndarray(value.tensor)[()]
            found.append((event.step, value.tag, plugin, array))
    return found


def test_numbers_become_curves_named_by_their_keys(tmp_path):
    events = Events(tmp_path / "events")
    record = {
        "tick": 3,
        "kimg": 12.0,
        "fade_in": True,
        "d_loss": 1.5,
        "rms": {"generator": {"weights": {"8x8_conv1": 0.75}}},
        "features": None,
        "names": ["a", "b"],
    }
    events.write(record, 12_004)
    events.write(
        {"metrics": {"swd": {"value": 7.5, "seed": 0, "count": 9}}}, 12_004
    )
    assert read(tmp_path / "events") == [
        (12_004, "fade_in", "scalars", 1.0),
        (12_004, "d_loss", "scalars", 1.5),
        (12_004, "rms/generator/weights/8x8_conv1", "scalars", 0.75),
        (12_004, "metrics/swd/value", "scalars", 7.5),
    ]


def test_warnings_become_one_text(tmp_path):
    Events(tmp_path / "events").write({"warnings": ["One.", "Two."]}, 5)
    assert read(tmp_path / "events") == [
        (5, "warnings", "text", b"One.\n\nTwo.")
    ]


def test_nothing_is_written_before_the_first_record(tmp_path):
    Events(tmp_path / "events")
    assert not (tmp_path / "events").exists()


def test_numbers_that_are_not_finite_are_written_too(tmp_path):
    Events(tmp_path / "events").write({"d_loss": float("nan")}, 5)
    ((_, _, _, value),) = read(tmp_path / "events")
    assert np.isnan(value)


def test_a_run_writes_every_number_of_its_records_at_images_seen(finished):
    found = {
        (step, name): value
        for step, name, _, value in read(finished.path / "tensorboard")
    }
    records = finished.records()
    # Batches of six do not end where ticks and stages do.
    assert sorted({step for step, _ in found}) == [18, 36, 48, 64, 80, 96]
    last = records[-1]
    for name in ("d_loss", "penalty", "drift", "ema_distance", "resolution"):
        assert found[96, name] == pytest.approx(last[name], abs=1e-6)
    for family, kinds in last["rms"].items():
        for kind, layers in kinds.items():
            for layer, value in layers.items():
                written = found[96, f"rms/{family}/{kind}/{layer}"]
                assert written == pytest.approx(value, abs=1e-6)
