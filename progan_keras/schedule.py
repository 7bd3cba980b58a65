"""The schedule of growing: from images seen to everything that follows.

Pure Python. One counter, the number of real images shown, decides the stage,
alpha, the batch size and the learning rate (Karras et al., 2018, appendix A):

    4x4 stabilise | 8x8 fade in | 8x8 stabilise | 16x16 fade in | ...
"""

import dataclasses

from progan_keras.checks import (
    check_integer,
    check_resolution,
    resolutions_up_to,
)

# The smallest number of each setting; a stage of 0 images is left out.
_LEAST = {"stabilise_images": 0, "fade_images": 0, "batch_size": 1}


@dataclasses.dataclass(frozen=True)
class Stage:
    """One stage of training: a resolution, faded in or stabilised.

    Attributes:
        resolution: Integer, side of the images.
        fade_in: Whether the new layers are faded in during this stage.
        images: Integer, real images to show; alpha goes from 0 to 1 in them.
        batch_size: Integer, images per update of D over all devices.
        learning_rate: Float, of both Adam optimizers.
        start: Integer, images seen when the stage starts, or None for
            "whenever it is entered", to grow by hand.
        n_critic: Integer, updates of D before each one of G.
    """

    resolution: int
    fade_in: bool = False
    images: int = 10_000
    batch_size: int = 16
    learning_rate: float = 0.001
    start: int | None = None
    n_critic: int = 1

    def __post_init__(self):
        for name in ("images", "batch_size", "n_critic"):
            value = check_integer(getattr(self, name), name, least=1)
            object.__setattr__(self, name, value)
        check_learning_rate(self.learning_rate)

    @property
    def end(self):
        """Images seen when the stage is over."""
        return self.start + self.images

    @property
    def images_per_step(self):
        """Real images in one step of training: a batch per update of D."""
        return self.batch_size * self.n_critic

    def steps_from(self, images_seen):
        """Steps of `images_per_step` from the clock's reading to the end.

        The stage before may have shown some images of this one, where its
        own number is no multiple of `images_per_step`.
        """
        left = self.images if self.start is None else self.end - images_seen
        return max(0, -(-left // self.images_per_step))

    def alpha(self, images_seen):
        """Weight of the new layers: linear while fading in, else 1."""
        if not self.fade_in:
            return 1.0
        return min(max((images_seen - self.start) / self.images, 0.0), 1.0)

    def __str__(self):
        verb = "fade in" if self.fade_in else "stabilise"
        return f"{self.resolution}x{self.resolution} {verb}"


class Schedule:
    """The stages from `start_resolution` to `resolution`, one after the other.

    Images per stage, batch size and learning rate are one number for all
    resolutions, or a dict from resolution to number in which the key `None`
    stands for the rest: `batch_size={4: 64, 8: 64, None: 16}`.

    Args:
        resolution: Integer, power of two from 4: the last one to reach.
        stabilise_images: Real images in each stabilising stage; a stage of 0
            images is left out.
        fade_images: Real images in each fade; 0 for layers that work at once.
        batch_size: Images per update of D over all devices.
        learning_rate: Of both Adam optimizers.
        total_images: Real images in all stages together; the last one is
            made as long as that takes. None to add the stages up.
        start_resolution: Integer, power of two from 4: the first one, which
            is only stabilised. Where it is `resolution`, nothing grows.
        n_critic: Integer, updates of D before each one of G.

    Attributes:
        stages: Tuple of `Stage`.
        total_images: Integer, where the last stage ends.

    Raises:
        ValueError: for a resolution that cannot be grown to, a number out of
            range, or a resolution for which there is no number or no image.

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
        start_resolution=4,
        n_critic=1,
    ):
        images = {False: stabilise_images, True: fade_images}
        check_setting(stabilise_images, "stabilise_images")
        check_setting(fade_images, "fade_images")
        check_setting(batch_size, "batch_size")
        check_setting(learning_rate, "learning_rate")
        grown = _resolutions(start_resolution, resolution)
        order = [(size, fade) for size in grown for fade in (True, False)]
        stages, start = [], 0
        # Stabilise first; at the start there is nothing to fade from.
        for current, fade_in in order[1:]:
            name = "fade_images" if fade_in else "stabilise_images"
            count = _at(images[fade_in], current, name)
            if (current, fade_in) == order[-1] and total_images is not None:
                count = _rest(total_images, start)
            if count == 0:
                continue
            stage = Stage(
                resolution=current,
                fade_in=fade_in,
                images=count,
                batch_size=_at(batch_size, current, "batch_size"),
                learning_rate=_at(learning_rate, current, "learning_rate"),
                start=start,
                n_critic=n_critic,
            )
            stages.append(stage)
            start = stage.end
        _check_every_one_is_shown(grown, stages)
        self.stages = tuple(stages)
        self.total_images = start

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


def check_setting(setting, name):
    """Check one of a `Schedule`'s settings that may differ by resolution.

    Args:
        setting: Number, or dict from resolution (or None) to number.
        name: String, the argument's name.

    Raises:
        ValueError: with the name and the number that is wrong, or with the
            key that is no resolution.
    """
    if not isinstance(setting, dict):
        setting = {None: setting}
    for resolution, value in setting.items():
        if resolution is not None:
            check_resolution(resolution)
        if name == "learning_rate":
            check_learning_rate(value)
        else:
            check_integer(value, name, least=_LEAST[name])


def check_learning_rate(value):
    """Raise `ValueError`, with the value, unless it is a positive number."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 0 < value < float("inf"):
        raise ValueError(
            "A learning rate is a positive number. "
            f"Received: learning_rate={value!r}"
        )


def _resolutions(first, last):
    """Return the resolutions from `first` to `last`, or raise."""
    grown = resolutions_up_to(last)
    if check_resolution(first) not in grown:
        raise ValueError(
            f"A schedule that starts at {first}x{first} cannot end at "
            f"{last}x{last}, which is smaller. "
            f"Received: start_resolution={first}"
        )
    return grown[grown.index(first) :]


def _check_every_one_is_shown(resolutions, stages):
    """Raise `ValueError` if a resolution is grown through untrained."""
    shown = {stage.resolution for stage in stages}
    for resolution in resolutions:
        if resolution not in shown:
            raise ValueError(
                "A schedule shows images at every resolution from its first "
                "to its last: untrained layers are no ground to grow on. "
                f"Received: no images at {resolution}x{resolution}"
            )


def _rest(total_images, start):
    """Return the images that the last stage shows, to end at the total."""
    if check_integer(total_images, "total_images") <= start:
        raise ValueError(
            f"The stages before the last one show {start:,} images; "
            "give more in all, or make them shorter. "
            f"Received: total_images={total_images}"
        )
    return total_images - start


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
