"""What metrics accept as pictures, and how they go through many of them."""

import numpy as np
from tqdm import tqdm

SMALLEST_SIDE = 16

# Of pictures handed over at a time.
_BATCH_BYTES = 2**24


def check_pictures(images, name="images"):
    """Return pictures as a NumPy array if a metric can take them, else raise.

    Metrics speak of what people see: bytes, as they would be saved. RGBA is
    refused, since colours nobody sees, under transparent pixels, would count.

    Args:
        images: Array or tensor, uint8 `[N, height, width, channels]` with 1
            (grey) or 3 (RGB) channels and sides of at least 16 pixels.
        name: String, the argument's name.

    Raises:
        ValueError: If they are of another type or shape.
    """
    images = np.asarray(images)
    if images.dtype != np.uint8:
        raise ValueError(
            "Metrics compare pictures of bytes, as they would be saved: "
            "convert float images in [-1, 1] with `pk.images.to_uint8`. "
            f"Received: {name}.dtype={images.dtype}"
        )
    if images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise ValueError(
            "Pictures to measure are an array [N, height, width, channels] "
            "with 1 channel (grey) or 3 (RGB): add the missing axes, move the "
            "channels last, or put transparent pictures on a background. "
            f"Received: {name}.shape={images.shape}"
        )
    if min(images.shape[1:3]) < SMALLEST_SIDE:
        raise ValueError(
            f"Pictures to measure are at least {SMALLEST_SIDE}x"
            f"{SMALLEST_SIDE}: measure at a higher resolution. "
            f"Received: {name}.shape={images.shape}"
        )
    return images


def batches(images, description):
    """Go through an array a few megabytes at a time, with a progress bar.

    Args:
        images: Array `[N, height, width, channels]`, in memory or mapped.
        description: String, to show on a terminal.

    Yields:
        Slices of the array.
    """
    step = max(1, _BATCH_BYTES // max(1, images[:1].nbytes))
    with tqdm(
        total=len(images),
        desc=description,
        unit="image",
        leave=False,
        disable=None,
    ) as bar:
        for start in range(0, len(images), step):
            batch = images[start : start + step]
            yield batch
            bar.update(len(batch))
