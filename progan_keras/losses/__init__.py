"""What generator and discriminator are trained for, by name or instance."""

from progan_keras.losses.loss import Loss
from progan_keras.losses.non_saturating import NonSaturating
from progan_keras.losses.wasserstein_gp import WassersteinGP

_BY_NAME = {
    "wgan_gp": WassersteinGP,
    "non_saturating": NonSaturating,
}


def get(loss, **options):
    """Return the `Loss` for a name, or the instance that was given.

    Args:
        loss: "wgan_gp", "non_saturating", or a `Loss`.
        **options: Arguments for the loss of that name.

    Raises:
        ValueError: for an unknown name or another kind of object.
    """
    if isinstance(loss, Loss):
        return loss
    if isinstance(loss, str) and loss in _BY_NAME:
        return _BY_NAME[loss](**options)
    raise ValueError(
        f"A loss is one of {sorted(_BY_NAME)} or a progan_keras.losses.Loss. "
        f"Received: loss={loss!r}"
    )


__all__ = ["Loss", "NonSaturating", "WassersteinGP", "get"]
