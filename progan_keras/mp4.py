"""MP4 films, for players, web pages and slides.

They are H.264 with half the resolution of colours (yuv420p), which every
browser and phone plays. The package av (PyAV, BSD-3-Clause) encodes them; its
wheels hold FFmpeg with x264, which are under the GPL. It is no part of this
package and is imported only to write an MP4:

    pip install "progan-keras[mp4]"
"""

import importlib.util
import io
from fractions import Fraction

import numpy as np

# x264's quality: 0 is lossless, 23 its default; at 17 nobody sees a loss.
_QUALITY = 17


def check_installed():
    """Raise ValueError if the package that encodes MP4 is missing."""
    if importlib.util.find_spec("av") is None:
        raise ValueError(
            "MP4 films are written by PyAV, which is not installed: `pip "
            'install "progan-keras[mp4]"`. Without it, give the film a name '
            "that ends in .gif. Received: package='av'"
        )


def encode(frames, duration, last):
    """Return frames as the bytes of an MP4.

    Sides become even, as the format needs, by a line of white at the right or
    at the bottom.

    Args:
        frames: List of RGB `PIL.Image.Image`, all of the same size.
        duration: Milliseconds per frame.
        last: Milliseconds that the last frame stays, rounded to frames.

    Raises:
        ValueError: If the package that encodes is missing.
    """
    check_installed()
    import av

    width, height = (side + side % 2 for side in frames[0].size)
    frames = [*frames, *frames[-1:] * (round(last / duration) - 1)]
    encoded = io.BytesIO()
    with av.open(encoded, "w", format="mp4") as film:
        stream = film.add_stream(
            "h264",
            rate=(Fraction(1000) / Fraction(duration)).limit_denominator(10**5),
            options={"crf": str(_QUALITY)},
        )
        stream.width, stream.height = width, height
        stream.pix_fmt = "yuv420p"
        for frame in frames:
            pixels = np.full((height, width, 3), 255, np.uint8)
            pixels[: frame.height, : frame.width] = frame
            film.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        film.mux(stream.encode(None))  # what is still in work
    return encoded.getvalue()
