"""The two models of one resolution."""

import dataclasses

import keras

from progan_keras.layers import WeightedSum


@dataclasses.dataclass(frozen=True)
class ModelPair:
    """The straight and the fade-in model of one resolution.

    Both are views of one set of layers: a step of training through either
    also changes the other.

    Attributes:
        resolution: Integer, side of the images.
        straight: Functional Keras model of the grown network.
        fade_in: The same with the new layers faded in over the last
            resolution by alpha; None at 4x4, which has nothing to fade from.
    """

    resolution: int
    straight: keras.Model
    fade_in: keras.Model | None

    def model(self, fade_in):
        """Return the fade-in model if `fade_in` is true, else the straight."""
        if not fade_in:
            return self.straight
        if self.fade_in is None:
            raise ValueError(
                "There is no fade-in at 4x4, where growing starts; ask for "
                f"the straight model. Received: fade_in={fade_in}"
            )
        return self.fade_in

    @property
    def weighted_sum(self):
        """The `WeightedSum` layer of the fade-in model; None at 4x4."""
        if self.fade_in is None:
            return None
        layers = self.fade_in.layers
        return next(x for x in layers if isinstance(x, WeightedSum))
