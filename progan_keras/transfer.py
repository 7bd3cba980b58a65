"""Starting from trained weights: other images, or a higher resolution."""

import dataclasses
import hashlib

import numpy as np

from progan_keras.checks import check_resolution, resolutions_up_to

# The block that judges; it learns even where all else is frozen.
_HEAD = ("discriminator", 4)


def branch(gan, frozen_below=None, **changes):
    """Return a new GAN with the weights of `gan`; see `ProGAN.branch`."""
    changes = {k: v for k, v in changes.items() if v is not None}
    new = type(gan)(**(dataclasses.asdict(gan.config) | changes))
    reached = gan.stage.resolution if gan.stage else gan.config.resolution
    copied = {
        "generator": "ema_generator" if frozen_below else "generator",
        "discriminator": "discriminator",
        "ema_generator": "ema_generator",
    }
    for family, source in copied.items():
        _copy(gan.families[source], new.families[family], reached)
    if new.config.num_classes == gan.config.num_classes:
        new.class_names = gan.class_names
    # Layers in mid-fade go through the whole fade again.
    start = reached // 2 if gan.stage and gan.stage.fade_in else reached
    adopt(new, min(start, new.config.resolution), gan.notice)
    if frozen_below is not None:
        freeze(new, frozen_below)
    return new


def adopt(gan, resolution, notice=""):
    """Declare the weights of `gan` trained up to `resolution`.

    Args:
        gan: `ProGAN` that has just been given them.
        resolution: Integer, where its schedule is to start.
        notice: String, terms that the weights came with.
    """
    gan.start_resolution = resolution
    gan.notice = notice
    gan.origin = fingerprint(gan)


def fingerprint(gan):
    """Return 16 hex digits of the SHA-256 over all weights."""
    digest = hashlib.sha256()
    for family, pairs in gan.families.items():
        for path, variable in weights(pairs).items():
            digest.update(f"{family}/{path}".encode())
            digest.update(variable.numpy().tobytes())
    return digest.hexdigest()[:16]


def weights(pairs):
    """Return path -> variable of a family, without alphas."""
    return {
        variable.path: variable
        for pair in pairs
        for model in (pair.straight, pair.fade_in)
        if model is not None
        for variable in model.variables
        if not variable.path.endswith("/alpha")
    }


def _copy(source, target, reached):
    """Copy what was trained, up to the resolution `reached`."""
    trained = weights(pair for pair in source if pair.resolution <= reached)
    for path, variable in weights(target).items():
        if path in trained:
            values, known = np.array(variable.numpy()), trained[path].numpy()
            # Another number of classes makes some arrays longer or shorter;
            # what stands for them comes last.
            sizes = zip(values.shape, known.shape, strict=True)
            both = tuple(slice(min(pair)) for pair in sizes)
            values[both] = known[both]
            variable.assign(values)


def freeze(gan, frozen_below):
    """Stop the layers below a resolution from learning.

    Args:
        gan: `ProGAN` that starts from trained weights.
        frozen_below: Integer, a resolution from 8 up to where it starts.
    """
    check_resolution(frozen_below)
    start = gan.start_resolution
    if frozen_below > start:
        raise ValueError(
            f"Training starts at {start}x{start}, and with all layers up to "
            "there frozen there is nothing to train; freeze those below "
            f"{start} at most. Received: frozen_below={frozen_below}"
        )
    gan.frozen_below = frozen_below
    for family in ("generator", "discriminator"):
        for resolution in resolutions_up_to(frozen_below)[:-1]:
            if (family, resolution) != _HEAD:
                _freeze_block(gan.families[family], resolution)


def _freeze_block(pairs, resolution):
    prefix = f"{resolution}x{resolution}_"
    for pair in pairs:
        for model in (pair.straight, pair.fade_in):
            for layer in model.layers if model else ():
                if layer.name.startswith(prefix) and layer.weights:
                    layer.trainable = False
