"""Real images as the discriminator sees them."""

import tensorflow as tf

from progan_keras.layers.box_downscale import box_downscale
from progan_keras.layers.nearest_upscale import nearest_upscale


def prepare_reals(images, alpha=None):
    """Bring real images to [-1, 1], and fade them with the networks.

    While a resolution fades in, the reals are mixed with their own upscaled
    half-resolution version, so that D sees no detail that G cannot yet make.

    Args:
        images: `[N, H, W, C]`, uint8 in [0, 255] or float in [-1, 1].
        alpha: Float or scalar tensor in [0, 1], or None for no fade.

    Returns:
        Float32 `[N, H, W, C]`.

    Raises:
        ValueError: for integers other than uint8.

    Reference:
        Karras et al., 2018, section 2, figure 2.
    """
    if images.dtype == tf.uint8:
        images = tf.cast(images, "float32") / 127.5 - 1.0
    elif not images.dtype.is_floating:
        raise ValueError(
            "Real images are uint8 in [0, 255] or float in [-1, 1]; convert "
            f"them to one of these. Received: dtype={images.dtype.name}"
        )
    images = tf.cast(images, "float32")
    if alpha is None:
        return images
    old = nearest_upscale(box_downscale(images))
    return (1.0 - alpha) * old + alpha * images
