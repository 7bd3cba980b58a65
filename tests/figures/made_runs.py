"""Run folders as training leaves them, made without training."""

import json

import numpy as np
from PIL import Image

from progan_keras.images import image_grid
from progan_keras.schedule import Schedule
from progan_keras.training.runs import new_run

# 4x4 to 2 kimg, 8x8 fades in to 4, stabilises to 6, 16x16 fades in to 8.
SCHEDULE = Schedule(
    16, stabilise_images=2000, fade_images=2000, total_images=12_000
)
LAYERS = {"4x4_conv": 0.5, "8x8_conv1": 2.0}


def make_run(folder, records=None, schedule=SCHEDULE, classes=(), name="x"):
    """Make a run folder.

    Args:
        folder: Path of the folder that holds runs.
        records: List of dicts; None for a tick per kimg, with everything, and
            evaluations at 10 and 12 kimg.
        schedule: `Schedule`.
        classes: Names of classes, for a conditional run.
        name: String, of the data.
    """
    network = {
        "resolution": schedule.stages[-1].resolution,
        "num_channels": 3,
        "latent_dim": 8,
        "num_classes": len(classes),
    }
    data = {
        "name": name,
        "source": "made for a test",
        "fingerprint": "f00d",
        "images": 60,
    }
    if classes:
        data["class_names"] = list(classes)
    training = {
        "loss": "NonSaturating(gradient_weight=0.5, penalty_interval=8)",
        "update": "simultaneous",
        "mirror": True,
        "origin": None,
        "stages": schedule.to_dict(),
    }
    options = {"network": network, "data": data, "training": training}
    run = new_run(folder, name.replace("/", "-"), options)
    if records is None:
        records = [full_tick(kimg) for kimg in range(1, 13)]
        records += [evaluation(10), evaluation(12)]
    lines = [json.dumps(record) for record in records]
    run.metrics.write_text("".join(f"{line}\n" for line in lines))
    return run


def tick(kimg, **numbers):
    """A tick line with losses, as the first versions wrote it."""
    return {
        "tick": round(kimg),
        "kimg": kimg,
        "s_per_kimg": 3.0,
        "d_loss": 1.0 + kimg,
        "g_loss": 2.0 - kimg,
        "penalty": 0.1,
        "d_real": 0.5,
        "d_fake": -0.5,
        **numbers,
    }


def full_tick(kimg, **numbers):
    """A tick line with diagnostics."""
    found = {name: size * kimg for name, size in LAYERS.items()}
    if kimg <= 2:
        del found["8x8_conv1"]
    layers = {"weights": found, "activations": found}
    return tick(
        kimg,
        gradient_norm=kimg / 10,
        drift=0.2,
        stdev_real=0.5,
        stdev_fake=0.4,
        ema_distance=0.1,
        rms={"generator": layers, "discriminator": layers},
        **numbers,
    )


def result(value, floor=None, error=None, features=None, **more):
    """What one metric says."""
    return {
        "value": value,
        "error": error,
        "floor": floor,
        "features": features,
        "count": 1000,
        "seed": 0,
        **more,
    }


def evaluation(kimg, resolution=16, **metrics):
    """An evaluation line; by default with all kinds of metrics."""
    network = {"features": "net"}
    metrics = metrics or {
        "swd": result(
            30.0 - kimg,
            floor=4.0,
            levels={"16": 30.0 - kimg},
            floor_levels={"16": 4.0},
            std_over_directions=0.5,
        ),
        "ms_ssim": result(0.3, 0.2, 0.01),
        "kid_net": result(0.2 / kimg, 0.0, 0.01, **network),
        "precision_net": result(kimg / 20, 0.7, 0.02, **network),
        "recall_net": result(kimg / 30, 0.7, 0.02, **network),
    }
    return {"kimg": kimg, "resolution": resolution, "metrics": metrics}


def add_grids(run, kimgs, classes=()):
    """Write grids whose pictures tell their place by their colour.

    Red is the row, green the column, blue the kimg, or 255 for reals.
    """
    rows = len(classes) or 6
    side = run.options["network"]["resolution"]
    for kimg in (None, *kimgs):
        pictures = np.zeros((rows, 10, side, side, 3), np.uint8)
        pictures[..., 0] = np.arange(rows).reshape(-1, 1, 1, 1)
        pictures[..., 1] = np.arange(10).reshape(-1, 1, 1)
        pictures[..., 2] = 255 if kimg is None else round(kimg)
        grid = image_grid(
            pictures.reshape(-1, side, side, 3), 10, row_names=classes or None
        )
        path = run.grids / "reals.png" if kimg is None else run.grid_path(kimg)
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(np.asarray(grid)).save(path)
    return run
