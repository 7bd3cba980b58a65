"""Both networks as a picture: what works at a stage, and what comes later."""

from progan_keras.figures.style import (
    BLUE,
    GREY,
    VERMILLION,
    WIDTH,
    add_note,
    drawn,
    new_figure,
)

_HEIGHT = 4.4  # inches
# In columns, one per resolution, and rows, from the middle up; the
# discriminator is the generator's mirror image.
_BLOCKS, _NEW, _OLD, _TOP = 1.3, 2.65, 3.35, 3.75
_BOX = (0.8, 0.36)  # width and height of toRGB and the like
_FONT = 8
_FILL, _PALE = "#E3E9EF", "#FFFFFF"


@drawn
def network(gan, stage=None, alpha=None, width=WIDTH):
    """Draw generator and discriminator as they are in one stage.

    A column per resolution, the block wider the more feature maps it has. In
    a fade both ways to the picture are drawn, with the shares 1 - alpha and
    alpha. Layers that work in later stages only are empty and dashed.

        pk.figures.network(gan, pk.Stage(16, fade_in=True), alpha=0.3)

    Args:
        gan: `ProGAN`, or `NetworkConfig`.
        stage: `Stage`; None for the one that the GAN is in, or the last
            straight networks where it is in none.
        alpha: Float in [0, 1], to write its value on a fade and draw the
            lines accordingly; None for the letter.
        width: Float, inches.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: for a stage or an alpha that this GAN cannot have, or if
            there is no matplotlib.

    Reference:
        Karras et al., 2018, figures 1 and 2.
    """
    config = getattr(gan, "config", gan)
    stage = getattr(gan, "stage", None) if stage is None else stage
    resolution = stage.resolution if stage else config.resolution
    fade_in = bool(stage and stage.fade_in)
    least = 8 if fade_in else 4
    if resolution not in config.resolutions or resolution < least:
        raise ValueError(
            f"This network has the resolutions {list(config.resolutions)}, of "
            "which 4 cannot fade in. "
            f"Received: resolution={resolution}, fade_in={fade_in}"
        )
    if alpha is not None and not 0 <= alpha <= 1:
        raise ValueError(f"alpha lies in [0, 1]. Received: alpha={alpha}")
    verb = "fade in" if fade_in else "stabilise"
    title = f"The networks at {resolution}x{resolution} {verb}"
    if fade_in and alpha is not None:
        title += f", alpha = {alpha:g}"
    figure = new_figure(width, _HEIGHT, title)
    drawing = _Drawing(figure.subplots(), config, resolution, fade_in, alpha)
    drawing.draw(font=min(_FONT, 13 * width / drawing.columns))
    note = "The wider a block, the more feature maps. "
    if fade_in:
        note += "Hatched: new layers. Dashed lines: the old way. "
    if resolution < config.resolution:
        note += "Empty and dashed: layers that come later."
    add_note(figure, note)
    return figure


class _Drawing:
    """Draws blocks, and the ways that signals take, on axes without ticks."""

    def __init__(self, axes, config, resolution, fade_in, alpha):
        self.axes, self.config, self.fade_in = axes, config, fade_in
        self.sizes = config.resolutions
        self.last = self.sizes.index(resolution)
        self.picture = len(self.sizes) + 1.55
        self.columns = self.picture + 1.15
        self.labels = ("1 − α", "α")
        self.widths = (1.4, 1.4)
        if alpha is not None:
            self.labels = (f"{1 - alpha:.2g}", f"{alpha:.2g}")
            self.widths = tuple(0.6 + 2.2 * x for x in (1 - alpha, alpha))
        axes.set_xlim(-0.6, self.columns - 0.6)
        axes.set_ylim(-_TOP, _TOP)
        axes.axis("off")

    def draw(self, font):
        """Draw everything, with words of so many points."""
        self.font = font
        for index, size in enumerate(self.sizes):
            later = index > self.last
            text = f"{size}x{size}\n{self.config.channels(size)} maps"
            self._text(index + 1, 0, text, colour=GREY if later else "black")
            self._block(index, _BLOCKS, BLUE)
            self._block(index, -_BLOCKS, VERMILLION)
        self._text(-0.1, _TOP - 0.2, "G", BLUE, size=15, weight="bold")
        self._text(-0.1, 0.2 - _TOP, "D", VERMILLION, size=15, weight="bold")
        self._chain()
        self._generator_ends()
        self._discriminator_begins()

    def _block(self, index, y, colour):
        """Draw the layers of one resolution, which middle is at y."""
        from matplotlib.patches import Rectangle

        width, height = self._size(index)
        later = index > self.last
        new = self.fade_in and index == self.last
        self.axes.add_patch(
            Rectangle(
                (index + 1 - width / 2, y - height / 2),
                width,
                height,
                facecolor=_PALE if later else _FILL,
                edgecolor=GREY if later else colour,
                linestyle=(0, (2, 2)) if later else "-",
                linewidth=1 if later else 1.5,
                hatch="////" if new else None,
            )
        )

    def _size(self, index):
        """Return width and height of a block."""
        channels = [self.config.channels(size) for size in self.sizes]
        share = index / max(1, len(self.sizes) - 1)
        return 0.12 + 0.5 * channels[index] / max(channels), 0.5 + 1.1 * share

    def _chain(self):
        """From the latents through the blocks, and back to the score."""
        self._text(0, _BLOCKS, "latents", background=True)
        self._text(0, -_BLOCKS, "score", background=True)
        ends = [0.38] + [self._size(i)[0] / 2 for i in range(self.last + 1)]
        for index in range(self.last + 1):
            left, right = index + ends[index], index + 1 - ends[index + 1]
            self._arrow((left, _BLOCKS), (right, _BLOCKS))
            if self.fade_in and index == self.last:
                self._mix_features(left, right)
            else:
                self._arrow((right, -_BLOCKS), (left, -_BLOCKS))

    def _mix_features(self, left, right):
        """The discriminator's weighted sum, beside the new block."""
        old, new = self.widths
        middle = (left + right) / 2
        self._arrow((right, -_BLOCKS), (middle + 0.09, -_BLOCKS), new)
        self._arrow((middle - 0.09, -_BLOCKS), (left, -_BLOCKS))
        start = (self.last + 0.3, -_OLD + _BOX[1] / 2)
        self._arrow(start, (middle, -_BLOCKS - 0.14), old, "--")
        self._sum(middle, -_BLOCKS)

    def _generator_ends(self):
        """From the last block, and in a fade the one before, to a picture."""
        x, half = self.last + 1, _BOX[0] / 2
        self._rgb(x, "toRGB")
        end = (self.picture - 0.4, _NEW)
        if not self.fade_in:
            self._arrow((x + half, _NEW), end)
            self._text(self.picture, _NEW, "picture", background=True)
            return
        (old, new), (old_share, new_share) = self.widths, self.labels
        top = _BLOCKS + self._size(self.last - 1)[1] / 2
        self._arrow((x - 1, top), (x - 1, _OLD - _BOX[1] / 2), old, "--")
        self._box(x - 1, _OLD, "toRGB")
        self._arrow((x - 1 + half, _OLD), (x - half, _OLD), old, "--")
        self._box(x, _OLD, "double")
        middle, height = self.picture - 0.75, (_NEW + _OLD) / 2
        self._arrow((x + half, _OLD), (middle, height + 0.14), old, "--")
        self._arrow((x + half, _NEW), (middle, height - 0.14), new)
        self._sum(middle, height)
        self._arrow((middle + 0.09, height), (self.picture - 0.4, height))
        self._text(self.picture, height, "picture", background=True)
        self._text(middle + 0.05, _OLD + 0.1, old_share)
        self._text(middle + 0.05, _NEW - 0.1, new_share)

    def _discriminator_begins(self):
        """From a picture to the first block, and in a fade past it."""
        x, half = self.last + 1, _BOX[0] / 2
        self._rgb(x, "fromRGB", -1)
        height = -(_NEW + _OLD) / 2 if self.fade_in else -_NEW
        self._text(self.picture, height, "real or\nmade", background=True)
        start = (self.picture - 0.4, height)
        self._arrow(start, (x + half, -_NEW))
        if not self.fade_in:
            return
        old = self.widths[0]
        self._arrow(start, (x + half, -_OLD), old, "--")
        self._box(x, -_OLD, "halve")
        self._arrow((x - half, -_OLD), (x - 1 + half, -_OLD), old, "--")
        self._box(x - 1, -_OLD, "fromRGB")
        old_share, new_share = self.labels
        self._text(x - 0.66, -_NEW + 0.15, old_share)
        self._text(x - 0.5, -_BLOCKS + 0.4, new_share)

    def _rgb(self, x, text, side=1):
        """Draw toRGB over, or fromRGB under, the last block."""
        edge = side * (_BLOCKS + self._size(self.last)[1] / 2)
        box = side * (_NEW - _BOX[1] / 2)
        start, end = (edge, box) if side > 0 else (box, edge)
        self._arrow((x, start), (x, end))
        self._box(x, side * _NEW, text)

    def _box(self, x, y, text):
        from matplotlib.patches import Rectangle

        width, height = _BOX
        corner = (x - width / 2, y - height / 2)
        self.axes.add_patch(
            Rectangle(
                corner,
                width,
                height,
                facecolor="white",
                edgecolor="black",
                linewidth=1,
                zorder=2,
            )
        )
        self._text(x, y, text)

    def _sum(self, x, y):
        self.axes.plot(x, y, "o", ms=11, mfc="white", mec="black", zorder=3)
        self._text(x, y, "+", size=10)

    def _arrow(self, start, end, width=1.4, style="-"):
        self.axes.annotate(
            "",
            end,
            start,
            arrowprops={
                "arrowstyle": "->",
                "linewidth": width,
                "linestyle": style,
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )

    def _text(
        self,
        x,
        y,
        text,
        colour="black",
        size=None,
        weight="normal",
        background=False,
    ):
        frame = {"boxstyle": "round,pad=0.3", "fc": _FILL, "ec": GREY}
        self.axes.text(
            x,
            y,
            text,
            color=colour,
            fontsize=size or self.font,
            fontweight=weight,
            ha="center",
            va="center",
            zorder=4,
            bbox=frame if background else None,
        )
