"""A recipe: all settings of a training run in one place. Pure Python."""

import dataclasses
import math
import numbers

from progan_keras.checks import (
    check_integer,
    check_precision,
    check_resolution,
)
from progan_keras.schedule import Schedule, check_setting

_BY_RESOLUTION = (
    "stabilise_images",
    "fade_images",
    "batch_size",
    "learning_rate",
)
_NUMBERS = {
    "adam_beta_1": (lambda x: 0 <= x < 1, "at least 0 and less than 1"),
    "adam_beta_2": (lambda x: 0 <= x < 1, "at least 0 and less than 1"),
    "ema_decay": (lambda x: 0 <= x <= 1, "from 0 to 1"),
    "ema_half_life": (lambda x: 0 < x < math.inf, "greater than 0, or None"),
    "class_weight": (lambda x: 0 <= x < math.inf, "at least 0"),
}


@dataclasses.dataclass(frozen=True)
class Recipe:
    """Settings of a training run.

    Numbers of the schedule may be dicts by resolution, see `Schedule`.

    Attributes:
        loss: Name of a loss, or a `losses.Loss`.
        loss_options: Dict from the name of a loss to arguments for it.
        update: "alternating" or "simultaneous".
        stabilise_images: Real images per stabilising stage.
        fade_images: Real images per fade.
        total_images: Real images in all stages together; None to add them
            up.
        batch_size: Images per update of D over all devices.
        learning_rate: Of both Adam optimizers.
        n_critic: Updates of D before each one of G; more than one needs
            "alternating" updates.
        growing: Whether to start at 4x4; else all layers are there from the
            first step on.
        adam_beta_1: Decay of Adam's first moment, in [0, 1).
        adam_beta_2: Decay of Adam's second moment, in [0, 1).
        ema_decay: Decay of the generator's average per update of D, in
            [0, 1]; 0 for no average.
        ema_half_life: The same in images; overrides `ema_decay`.
        class_weight: Weight of telling the class, with classes.
        mirror: Whether to flip half of the images; None for the data's own
            default.
        resolution: What the recipe is meant for; None for any. It can be
            used at others too.
        network: Dict of arguments for `ProGAN` that the command line builds
            by, such as {"precision": "mixed_bfloat16"}; those that are
            missing follow from the resolution.
        by_devices: Dict from a number of devices to a dict of settings, for
            settings that are None here; see `for_devices`.

    Raises:
        ValueError: for a value out of range, with its name.
    """

    loss: object = "wgan_gp"
    loss_options: dict = dataclasses.field(default_factory=dict)
    update: str = "alternating"
    stabilise_images: int | dict | None = 600_000
    fade_images: int | dict | None = 600_000
    total_images: int | None = None
    batch_size: int | dict | None = 16
    learning_rate: float | dict | None = 0.001
    n_critic: int = 1
    growing: bool = True
    adam_beta_1: float = 0.0
    adam_beta_2: float = 0.99
    ema_decay: float = 0.999
    ema_half_life: int | None = None
    class_weight: float = 1.0
    mirror: bool | None = None
    resolution: int | None = None
    network: dict = dataclasses.field(default_factory=dict)
    by_devices: dict = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        for name in ("loss_options", "network", "by_devices"):
            self._check(name, isinstance(getattr(self, name), dict), "a dict")
        if self.network.get("precision") is not None:
            check_precision(self.network["precision"])
        if self.by_devices:
            self._check_by_devices()
            return
        for name in _BY_RESOLUTION:
            check_setting(getattr(self, name), name)
        if self.total_images is not None:
            check_integer(self.total_images, "total_images", least=1)
        if self.resolution is not None:
            check_resolution(self.resolution)
        for name, (suits, what) in _NUMBERS.items():
            value = getattr(self, name)
            if name == "ema_half_life" and value is None:
                continue
            number = isinstance(value, numbers.Real)
            suitable = number and not isinstance(value, bool) and suits(value)
            self._check(name, suitable, f"a number {what}")
        for name, choices in (
            ("growing", (True, False)),
            ("mirror", (True, False, None)),
        ):
            found = any(getattr(self, name) is choice for choice in choices)
            self._check(name, found, f"one of {choices}")
        critics = check_integer(self.n_critic, "n_critic", least=1)
        possible = critics == 1 or self.update != "simultaneous"
        self._check("n_critic", possible, "1 in simultaneous updates")

    def _check(self, name, suitable, what):
        if not suitable:
            raise ValueError(
                f"{name} is {what}. Received: {name}={getattr(self, name)!r}"
            )

    def _check_by_devices(self):
        """Check every row as the recipe that it makes."""
        allowed = {*_BY_RESOLUTION, "total_images"}
        for devices, row in self.by_devices.items():
            whole = isinstance(devices, numbers.Integral) and devices >= 1
            if not (whole and isinstance(row, dict) and set(row) <= allowed):
                raise ValueError(
                    "by_devices is a dict from numbers of devices to dicts of "
                    f"some of {sorted(allowed)}. "
                    f"Received: by_devices={ {devices: row}!r}"
                )
            self.for_devices(devices)

    def for_devices(self, devices):
        """Return the recipe for a number of devices.

        Settings that are None are taken from the row of `by_devices` for that
        number, or for the next smaller one there is: its batches fit into the
        memory of more devices, and its learning rates belong to its batches.
        Settings that are not None stay as they are, so that whatever a user
        gives is what is used.

        Args:
            devices: Integer, devices that share a batch.

        Raises:
            ValueError: if there are rows for more devices only.
        """
        check_integer(devices, "devices", least=1)
        if not self.by_devices:
            return self
        rows = [row for row in self.by_devices if row <= devices]
        if not rows:
            raise ValueError(
                f"This recipe is for {min(self.by_devices)} devices or more. "
                f"Received: devices={devices}"
            )
        row = self.by_devices[max(rows)]
        missing = {k: v for k, v in row.items() if getattr(self, k) is None}
        return dataclasses.replace(self, by_devices={}, **missing)

    def schedule(self, resolution, start_resolution=None):
        """Return the `Schedule` that grows to `resolution`.

        Where settings depend on the number of devices, they are those for the
        fewest; ask `for_devices` first for others.

        Args:
            resolution: Integer, where growing ends.
            start_resolution: Integer, where it starts; None for 4. A recipe
                without growing starts at `resolution` in any case.
        """
        if self.by_devices:
            return self.for_devices(min(self.by_devices)).schedule(
                resolution, start_resolution
            )
        first = 4 if start_resolution is None else start_resolution
        return Schedule(
            resolution,
            stabilise_images=self.stabilise_images,
            fade_images=self.fade_images,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            total_images=self.total_images,
            start_resolution=first if self.growing else resolution,
            n_critic=self.n_critic,
        )
