"""A film of pictures as a GIF or MP4: the run watched in a few seconds.

    from progan_keras.timelapse import timelapse

    timelapse(frames, "growing.gif", captions=captions, scale=2)

Each frame is a picture of the same latents, a little later in training.
"""

import io
import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from progan_keras import mp4
from progan_keras.files import write_atomically

# A GIF has 256 colours. One stands for "as in the frame before". A ramp of
# greys keeps captions crisp whatever the frames show. The rest adapt to these.
_GREYS = 16
_COLOURS = 256 - 1 - _GREYS
_MOST_PIXELS = 2**30  # that are in memory at once
# Pixels, taken evenly from all frames, that the palette is fitted to.
_PALETTE_PIXELS = 1 << 18


def timelapse(frames, path, captions=None, scale=1, duration=120, last=1500):
    """Write frames as a film, of the kind that the file's ending says.

    A GIF loops for ever. All its frames share one palette: with one each,
    colours that stand still would flicker. There is no dithering, for the same
    reason. An MP4 has all colours and is smaller; whether it loops is up to
    the player.

    Args:
        frames: List of `PIL.Image.Image`, all of the same size.
        path: File to write, ending in `.gif`, or in `.mp4` (which needs the
            package av). Missing folders are made, an existing file is
            replaced, whole or not at all.
        captions: Optional list of strings, one per frame, written in a bar
            below it; long ones continue on the next line.
        scale: Whole number of times that the frames are enlarged, keeping
            their pixels visible as squares.
        duration: Milliseconds per frame; GIF counts in steps of 10.
        last: Milliseconds that the last frame stays; MP4 counts in whole
            frames.

    Returns:
        The `pathlib.Path` written.

    Raises:
        ValueError: If there are no frames, sizes or numbers of captions
            differ, an option is out of its range, or the package that writes
            MP4 is missing.
        OSError: If the file cannot be written.
    """
    frames = list(frames)
    captions = None if captions is None else [str(text) for text in captions]
    path = check_path(path)
    _check(frames, captions, scale, duration, last)
    frames = [_opaque(frame) for frame in frames]
    width, height = frames[0].size
    shown = [
        frame.resize((width * scale, height * scale), Image.Resampling.NEAREST)
        for frame in frames
    ]
    if captions is not None:
        shown = _with_captions(shown, captions)
    if path.suffix.lower() == ".mp4":
        data = mp4.encode(shown, duration, last)
    else:
        data = _gif(shown, _shared_palette(frames), duration, last)
    return write_atomically(data, path)


def check_path(path):
    """Return the path of a film to be written, or raise.

    For those who make many pictures before they write.

    Args:
        path: File to write.

    Raises:
        ValueError: If it ends in neither `.gif` nor `.mp4`, or if the package
            that writes MP4 is missing.
    """
    path = Path(path)
    if path.suffix.lower() not in (".gif", ".mp4"):
        raise ValueError(
            "A film is written as GIF or MP4. Give the file a name that ends "
            f"in .gif or .mp4. Received: path={str(path)!r}"
        )
    if path.suffix.lower() == ".mp4":
        mp4.check_installed()
    return path


def _gif(frames, palette, duration, last):
    """Return RGB frames as the bytes of a GIF."""
    first, *others = [
        frame.quantize(palette=palette, dither=Image.Dither.NONE)
        for frame in frames
    ]
    encoded = io.BytesIO()
    first.save(
        encoded,
        format="GIF",
        save_all=True,
        append_images=others,
        duration=[duration] * len(others) + [last],
        loop=0,
        optimize=True,  # stores only the pixels that changed
    )
    return encoded.getvalue()


def _check(frames, captions, scale, duration, last):
    """Refuse what no film can be made of."""
    if not frames:
        raise ValueError(
            "A time-lapse needs at least one frame. Let the run save some "
            "pictures first. Received: frames=[]"
        )
    sizes = sorted({frame.size for frame in frames})
    if len(sizes) > 1:
        raise ValueError(
            "All frames of a time-lapse must have the same size. Enlarge the "
            "smaller ones first, for example with "
            "progan_keras.images.upscale_nearest. "
            f"Received: sizes (width, height)={sizes}"
        )
    if captions is not None and len(captions) != len(frames):
        raise ValueError(
            "Every frame needs one caption. Received: "
            f"{len(captions)} captions for {len(frames)} frames"
        )
    if not isinstance(scale, (int, np.integer)) or scale < 1:
        raise ValueError(
            "`scale` must be a whole number of at least 1. "
            f"Received: scale={scale!r}"
        )
    pixels = math.prod(frames[0].size) * scale**2 * len(frames)
    if pixels > _MOST_PIXELS:
        raise ValueError(
            f"All frames together have at most {_MOST_PIXELS:,} pixels: take "
            f"a smaller scale. Received: scale={scale!r}"
        )
    # GIF stores hundredths of a second in 16 bits.
    if not (10 <= duration <= 655350 and 10 <= last <= 655350):
        raise ValueError(
            "A frame must stay between 10 and 655350 milliseconds. "
            f"Received: duration={duration!r}, last={last!r}"
        )


def _opaque(frame):
    """Return the frame as RGB, on white where it is transparent."""
    frame = frame.convert("RGBA")
    white = Image.new("RGBA", frame.size, "white")
    return Image.alpha_composite(white, frame).convert("RGB")


def _shared_palette(frames):
    """Fit one palette to all frames; return an image that carries it."""
    wanted = max(1, _PALETTE_PIXELS // len(frames))
    samples = []
    for frame in frames:
        pixels = np.asarray(frame).reshape(-1, 3)
        chosen = np.linspace(
            0, len(pixels) - 1, min(wanted, len(pixels)), dtype=int
        )
        samples.append(pixels[chosen])
    sample = Image.fromarray(np.concatenate(samples)[None])
    fitted = sample.quantize(
        colors=_COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=1
    )
    greys = [
        value
        for grey in np.linspace(0, 255, _GREYS, dtype=int).tolist()
        for value in (grey, grey, grey)
    ]
    palette = Image.new("P", (1, 1))
    palette.putpalette(greys + fitted.getpalette()[: 3 * _COLOURS])
    return palette


def _with_captions(frames, captions):
    """Draw each caption, white on black, in a bar below its frame."""
    width, height = frames[0].size
    font = ImageFont.load_default(size=min(max(width // 20, 11), 20))
    margin = round(font.size / 2)
    texts = [_wrapped(text, font, width - 2 * margin) for text in captions]
    # One height of bar for all, so that the film does not jump.
    pen = ImageDraw.Draw(Image.new("L", (1, 1)))
    boxes = [pen.multiline_textbbox((0, 0), text, font=font) for text in texts]
    bar = math.ceil(max(bottom for _, _, _, bottom in boxes)) + margin
    drawn = []
    for frame, text in zip(frames, texts, strict=True):
        whole = Image.new("RGB", (width, height + bar))
        whole.paste(frame)
        ImageDraw.Draw(whole).multiline_text(
            (margin, height + margin // 2), text, fill="white", font=font
        )
        drawn.append(whole)
    return drawn


def _wrapped(text, font, width):
    """Break a text between words so that its lines fit a width in pixels."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)
