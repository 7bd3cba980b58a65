"""The schedule of growing: from images seen to everything that follows.

Pure Python. One counter, the number of real images shown, decides the stage,
alpha, the batch size and the learning rate (Karras et al., 2018, appendix A):

    4x4 stabilise | 8x8 fade in | 8x8 stabilise | 16x16 fade in | ...
"""

import dataclasses

from progan_keras.checks import check_integer, resolutions_up_to


@dataclasses.dataclass(frozen=True)
class Stage:
    """One stage of training: a resolution, faded in or stabilised.

    Attributes:
        resolution: Integer, side of the images.
        fade_in: Whether the new layers are faded in during this stage.
        images: Integer, real images to show; alpha goes from 0 to 1 in them.
        batch_size: Integer, images per step over all devices.
        learning_rate: Float, of both Adam optimizers.
        start: Integer, images seen when the stage starts, or None for
            "whenever it is entered", to grow by hand.
    """

    resolution: int
    fade_in: bool = False
    images: int = 10_000
    batch_size: int = 16
    learning_rate: float = 0.001
    start: int | None = None

    def __post_init__(self):
        for name in ("images", "batch_size"):
            value = check_integer(getattr(self, name), name, least=1)
            object.__setattr__(self, name, value)
        rate = self.learning_rate
        number = isinstance(rate, (int, float))
        if not number or not 0 < rate < float("inf"):
            raise ValueError(
                "A learning rate is a positive number. "
                f"Received: learning_rate={self.learning_rate!r}"
            )

    @property
    def end(self):
        """Images seen when the stage is over."""
        return self.start + self.images

    def steps_from(self, images_seen):
        """Steps of `batch_size` from the clock's reading to the stage's end.

        The stage before may have shown some images of this one, where its
        own number is no multiple of the batch size.
        """
        left = self.images if self.start is None else self.end - images_seen
        return max(0, -(-left // self.batch_size))

    def alpha(self, images_seen):
        """Weight of the new layers: linear while fading in, else 1."""
        if not self.fade_in:
            return 1.0
        return min(max((images_seen - self.start) / self.images, 0.0), 1.0)

    def __str__(self):
        verb = "fade in" if self.fade_in else "stabilise"
        return f"{self.resolution}x{self.resolution} {verb}"


class Schedule:
    """The stages from 4x4 to `resolution`, one after the other.

    Every argument but the first is a number for all resolutions, or a dict
    from resolution to number in which the key `None` stands for the rest:
    `batch_size={4: 64, 8: 64, None: 16}`.

    Args:
        resolution: Integer, power of two from 4: the last one to reach.
        stabilise_images: Real images in each stabilising stage.
        fade_images: Real images in each fade.
        batch_size: Images per step over all devices.
        learning_rate: Of both Adam optimizers.
        total_images: Real images in all stages together; the last one is
            made as long as that takes. None to add the stages up.

    Attributes:
        stages: Tuple of `Stage`.
        total_images: Integer, where the last stage ends.

    Raises:
        ValueError: for a resolution that cannot be grown to, or a dict
            without an entry for one of the resolutions.

    Example:
    >>> import progan_keras as pk
    >>> schedule = pk.Schedule(8, stabilise_images=400, fade_images=600)
    >>> for stage in schedule.stages:
    ...     print(stage.start, stage)
    0 4x4 stabilise
    400 8x8 fade in
    1000 8x8 stabilise
    >>> schedule.stage_at(700).alpha(700)
    0.5
    """

    def __init__(
        self,
        resolution,
        stabilise_images=600_000,
        fade_images=600_000,
        batch_size=16,
        learning_rate=0.001,
        total_images=None,
    ):
        stages, start = [], 0
        for current in resolutions_up_to(resolution):
            # Stabilise first; at 4x4 there is nothing to fade from.
            for fade_in in (False,) if current == 4 else (True, False):
                images = fade_images if fade_in else stabilise_images
                stage = Stage(
                    resolution=current,
                    fade_in=fade_in,
                    images=_at(images, current, "images"),
                    batch_size=_at(batch_size, current, "batch_size"),
                    learning_rate=_at(learning_rate, current, "learning_rate"),
                    start=start,
                )
                stages.append(stage)
                start = stage.end
        if total_images is not None:
            stages[-1] = _until(stages[-1], total_images)
        self.stages = tuple(stages)
        self.total_images = stages[-1].end

    def stage_at(self, images_seen):
        """Return the stage in force after `images_seen` real images.

        The last stage stays in force at the end.
        """
        for stage in self.stages:
            if images_seen < stage.end:
                return stage
        return self.stages[-1]

    def __iter__(self):
        return iter(self.stages)

    def to_dict(self):
        """Return the stages as plain numbers, for JSON."""
        return [dataclasses.asdict(stage) for stage in self.stages]


def _until(stage, total_images):
    """Return `stage` as long as it takes to end at `total_images`."""
    if check_integer(total_images, "total_images") <= stage.start:
        raise ValueError(
            f"The stages before the last one show {stage.start:,} images; "
            "give more in all, or make them shorter. "
            f"Received: total_images={total_images}"
        )
    return dataclasses.replace(stage, images=total_images - stage.start)


def _at(setting, resolution, name):
    """Look a number, or a dict by resolution, up at `resolution`."""
    if not isinstance(setting, dict):
        return setting
    if resolution in setting:
        return setting[resolution]
    if None in setting:
        return setting[None]
    raise ValueError(
        f"The schedule has no {name} for {resolution}x{resolution}; add that "
        f"key, or None for all others. Received: {setting}"
    )
