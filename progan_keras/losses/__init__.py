"""What generator and discriminator are trained for, by name or instance.

A loss of your own is a subclass, here of the base that brings the R1 penalty:

    import tensorflow as tf
    import progan_keras as pk

    class Minimax(pk.losses.R1Loss):  # G maximises what D minimises

        def discriminator_loss(self, real_scores, fake_scores):
            return tf.nn.softplus(fake_scores) + tf.nn.softplus(-real_scores)

        def generator_loss(self, fake_scores, real_scores):
            return -tf.nn.softplus(fake_scores)

    loss = Minimax(gradient_weight=2.0)

It goes wherever the name of a loss does: `gan.compile(loss=loss)`.
"""

import difflib
import inspect

from progan_keras.losses.classification import classification_loss
from progan_keras.losses.hinge import Hinge
from progan_keras.losses.least_squares import LeastSquares
from progan_keras.losses.loss import Loss, global_mean
from progan_keras.losses.non_saturating import NonSaturating
from progan_keras.losses.r1 import R1Loss
from progan_keras.losses.relativistic_average import RelativisticAverage
from progan_keras.losses.wasserstein_gp import WassersteinGP

_BY_NAME = {
    "hinge": Hinge,
    "least_squares": LeastSquares,
    "non_saturating": NonSaturating,
    "relativistic_average": RelativisticAverage,
    "wgan_gp": WassersteinGP,
}


def get(loss, **options):
    """Return the `Loss` for a name, or the instance that was given.

    Args:
        loss: "hinge", "least_squares", "non_saturating",
            "relativistic_average", "wgan_gp", or a `Loss`.
        **options: Arguments for the loss of that name.

    Raises:
        ValueError: for an unknown name or another kind of object, and for
            options that the loss does not have.
    """
    if isinstance(loss, Loss):
        if options:
            raise ValueError(
                "Options go with the name of a loss; one that is made already "
                f"has its own. Received: loss={loss!r}, options={options}"
            )
        return loss
    if not isinstance(loss, str) or loss not in _BY_NAME:
        raise ValueError(
            f"A loss is one of {sorted(_BY_NAME)} or a progan_keras.losses."
            f"Loss.{_nearest(loss)} Received: loss={loss!r}"
        )
    kind = _BY_NAME[loss]
    known = list(inspect.signature(kind).parameters)
    unknown = [name for name in options if name not in known]
    if unknown:
        raise ValueError(
            f"The loss {loss!r} has the options {known}. Received: {unknown}"
        )
    return kind(**options)


def _nearest(name):
    """Return a sentence with the name that was perhaps meant, or nothing."""
    near = difflib.get_close_matches(str(name).lower(), _BY_NAME, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


__all__ = [
    "Hinge",
    "LeastSquares",
    "Loss",
    "NonSaturating",
    "R1Loss",
    "RelativisticAverage",
    "WassersteinGP",
    "classification_loss",
    "get",
    "global_mean",
]
