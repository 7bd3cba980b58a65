"""What the layers are: the paper's choices, and each of them switched off."""

import dataclasses

from progan_keras.checks import check_integer, check_resolution

CONDITIONING = ("acgan", "projection")
GENERATOR_NORMS = ("pixel", "batch", None)
DISCRIMINATOR_NORMS = ("layer", None)
MINIBATCH_LAYERS = ("stdev", "discrimination", None)


@dataclasses.dataclass(frozen=True)
class Architecture:
    """Choices that the paper makes, one switch each.

    The defaults are the paper's; its table 1 takes them away one by one.

    Args:
        equalized: Whether weights have an equalized learning rate; else they
            are drawn with He's deviation and used as they are.
        generator_norm: "pixel", "batch" or None: what follows each
            activation of the generator, for "batch" before it.
        discriminator_norm: None, or "layer": what precedes each activation
            of the discriminator's convolutions (Gulrajani et al., 2017).
        minibatch: "stdev" (minibatch standard deviation), "discrimination"
            (Salimans et al., 2016) or None: how the discriminator sees the
            variety of a batch.
        group_size: Integer, images per group of "stdev"; None for the whole
            batch, as in the paper's CIFAR-10 runs.
        pixel_norm_epsilon: Float, added to the mean square by every pixel
            normalisation; the paper's code took 1e-4 in float16.
        normalize_latents: Whether the latent vector is pixel-normalised.
        norm_after_dense: Whether `generator_norm` also follows the first,
            dense layer of the generator.
        conditioning: With classes, "acgan" (the discriminator also tells the
            class, Odena et al., 2017, as in the paper) or "projection" (it is
            told the class, Miyato and Koyama, 2018).
        score_units: Integer, units of the discriminator's dense layer before
            the score; None for as many as its widest block may have.
        attention_resolution: Integer, where both networks attend to
            themselves (Zhang et al., 2019); None for nowhere.

    Raises:
        ValueError: for a value outside of these, with its name.
    """

    equalized: bool = True
    generator_norm: str | None = "pixel"
    discriminator_norm: str | None = None
    minibatch: str | None = "stdev"
    group_size: int | None = 4
    pixel_norm_epsilon: float = 1e-8
    normalize_latents: bool = True
    norm_after_dense: bool = True
    conditioning: str = "acgan"
    score_units: int | None = None
    attention_resolution: int | None = None

    def __post_init__(self):
        for name, choices in (
            ("equalized", (True, False)),
            ("generator_norm", GENERATOR_NORMS),
            ("discriminator_norm", DISCRIMINATOR_NORMS),
            ("minibatch", MINIBATCH_LAYERS),
            ("normalize_latents", (True, False)),
            ("norm_after_dense", (True, False)),
            ("conditioning", CONDITIONING),
        ):
            if getattr(self, name) not in choices:
                raise ValueError(
                    f"{name} is one of {choices}. "
                    f"Received: {name}={getattr(self, name)!r}"
                )
        for name in ("equalized", "normalize_latents", "norm_after_dense"):
            # NumPy's switches count, but JSON does not know them.
            object.__setattr__(self, name, bool(getattr(self, name)))
        epsilon = self.pixel_norm_epsilon
        if not isinstance(epsilon, float) or not 0 < epsilon < 1:
            raise ValueError(
                "pixel_norm_epsilon is a small positive number. "
                f"Received: pixel_norm_epsilon={epsilon!r}"
            )
        checks = {
            "group_size": lambda size: check_integer(size, "group_size", 1),
            "score_units": lambda size: check_integer(size, "score_units", 1),
            "attention_resolution": check_resolution,
        }
        for name, check in checks.items():
            if getattr(self, name) is not None:
                object.__setattr__(self, name, check(getattr(self, name)))

    @classmethod
    def of(cls, value):
        """Return the `Architecture` for a dict, None, or one that is one."""
        if isinstance(value, cls):
            return value
        names = [field.name for field in dataclasses.fields(cls)]
        if value is not None and not isinstance(value, dict):
            raise ValueError(
                f"An architecture is a dict of {names}. "
                f"Received: architecture={value!r}"
            )
        unknown = set(value or {}) - set(names)
        if unknown:
            raise ValueError(
                f"An architecture has {names}. "
                f"Received: {sorted(unknown, key=str)}"
            )
        return cls(**(value or {}))
