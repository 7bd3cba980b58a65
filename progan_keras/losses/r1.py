"""The R1 penalty, which goes with any loss but Wasserstein's."""

from progan_keras.checks import check_integer
from progan_keras.losses.loss import (
    Loss,
    check_weight,
    squared_gradient_norm,
)


class R1Loss(Loss):
    """Base of the losses with a penalty on D's gradient at the reals.

    The penalty is `gradient_weight / 2 * ||grad D(x)||^2`: where the fakes
    look like the reals, D should be flat, and G left in peace.

    Args:
        gradient_weight: Float, the weight (often called gamma) of R1.
        penalty_interval: Integer, see `Loss`; 0 for no penalty.

    Reference:
        Mescheder et al., 2018, *Which Training Methods for GANs do actually
        Converge?*, equation 9.
    """

    def __init__(self, gradient_weight=1.0, penalty_interval=8):
        self.gradient_weight = check_weight(gradient_weight, "gradient_weight")
        self.penalty_interval = check_integer(
            penalty_interval, "penalty_interval", least=0
        )

    def penalty(self, discriminator, reals, fakes, mix):
        """`gradient_weight / 2 * ||grad D(x)||^2` at the reals, `[N]`."""
        del fakes, mix  # R1 looks at real images only
        squared = squared_gradient_norm(discriminator, reals)
        return 0.5 * self.gradient_weight * squared

    def get_config(self):
        """Return the arguments of `__init__`."""
        return {
            "gradient_weight": self.gradient_weight,
            "penalty_interval": self.penalty_interval,
        }
