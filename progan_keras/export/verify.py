"""Whether an export does what the generator does: run by its own runtime."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import keras
import numpy as np

from progan_keras import latents as latent_space

# Float32 convolutions, summed up in another order.
TOLERANCE = 1e-4
_RUNNERS = Path(__file__).parent / "runners"


def difference(
    gan, path, format, count=4, tolerance=TOLERANCE, python=sys.executable
):
    """Run an export in a process of its own, beside the generator here.

    Args:
        gan: `ProGAN` that was exported.
        path: What was written.
        format: Its format, as of `ProGAN.export`.
        count: Integer, images to compare.
        tolerance: Float, by how much they may differ.
        python: Path of the Python to run it with; it needs the format's
            runtime, see `runners`.

    Returns:
        The largest difference between any two numbers of the images, a
        float.

    Raises:
        OSError: if what was written does not run, or makes other images.
    """
    inputs = {"latents": latent_space.sample(count, gan.config.latent_dim)}
    if gan.config.num_classes:
        labels = np.arange(count, dtype="int32") % gan.config.num_classes
        inputs["labels"] = labels
    expected = _images_here(gan, inputs)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "inputs.npz"), Path(folder, "images.npy")
        np.savez(source, **inputs)
        script = str(_RUNNERS / f"run_{format}.py")
        process = subprocess.run(
            [str(python), script, str(path), str(source), str(target)],
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
            capture_output=True,
            text=True,
            check=False,
        )
        if process.returncode:
            words = process.stderr.strip().splitlines() or ["no word"]
            raise OSError(f"{path} was written, but does not run: {words[-1]}")
        images = np.load(target, allow_pickle=False)
    if images.shape != expected.shape:
        raise OSError(
            f"{path} was written, but makes images of shape {images.shape} "
            f"where the generator makes {expected.shape}."
        )
    apart = float(np.abs(images - expected).max())
    if not apart <= tolerance:
        raise OSError(
            f"{path} was written, but its images differ from the generator's "
            f"by {apart:.2g}, more than {tolerance:g}."
        )
    return apart


def _images_here(gan, inputs):
    """What the generator makes of the same."""
    latents = inputs["latents"]
    if gan.config.num_classes:
        one_hot = np.eye(gan.config.num_classes, dtype="float32")
        latents = [latents, one_hot[inputs["labels"]]]
    return keras.ops.convert_to_numpy(gan.call(latents))
