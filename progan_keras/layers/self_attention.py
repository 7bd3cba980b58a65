"""Self-attention between the pixels of a feature map."""

import zlib

import keras
from keras import ops

from progan_keras.layers.equalized_conv import EqualizedConv2D
from progan_keras.layers.precision import at_least_float32


@keras.saving.register_keras_serializable(package="progan_keras")
class SelfAttention2D(keras.layers.Layer):
    """Lets every pixel of a feature map look at every other one.

    Three 1x1 convolutions without bias make a query q and a key k of C / 8
    channels and a value v of C / 2 channels at every pixel (one at least). A
    pixel attends to all N = H * W of them by `softmax(q . k)`; a fourth 1x1
    convolution brings the mean of their values back to C channels:

        x + gamma * output(softmax(query(x) key(x)^T) value(x))

    gamma is a trainable number that starts at 0, so that a new layer changes
    nothing until it has learned to. This is the paper's equation, with all
    N x N pairs; its authors' code halves the resolution of key and value
    first. Memory grows with the fourth power of the side of the image: 4 MB
    per image at 32x32, 64 MB at 64x64.

    The 1x1 convolutions have an equalized learning rate with a gain of 1, as
    no activation follows them. The softmax is computed in float32 also where
    the layer is half precision.

    Args:
        equalized: Whether the constant multiplies the weights at every use;
            else it is the deviation that they are drawn with.
        seed: Integer for the initial weights, or None for a random one.

    Input shape:
        `[N, H, W, C]`, floating point; height and width must be known.

    Output shape:
        The input's.

    Example:
    >>> import numpy as np
    >>> import progan_keras as pk
    >>> layer = pk.layers.SelfAttention2D()
    >>> outputs = layer(np.ones((1, 4, 4, 16)))
    >>> print(outputs.shape, float(layer.gamma.numpy()))
    (1, 4, 4, 16) 0.0

    Reference:
        Zhang et al., 2019, *Self-Attention Generative Adversarial Networks*,
        section 3.
    """

    def __init__(self, equalized=True, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.equalized = equalized
        self.seed = seed

    def build(self, input_shape):
        """Create the four 1x1 convolutions and gamma."""
        if None in input_shape[1:]:
            raise ValueError(
                "Self-attention between all pixels needs a known height and "
                f"width. Received: input_shape={tuple(input_shape)}"
            )
        channels = input_shape[-1]
        few, half = max(1, channels // 8), max(1, channels // 2)
        self.query = self._conv("query", few, input_shape)
        self.key = self._conv("key", few, input_shape)
        self.value = self._conv("value", half, input_shape)
        self.merge = self._conv("output", channels, (*input_shape[:-1], half))
        self.gamma = self.add_weight(
            name="gamma", shape=(), initializer="zeros"
        )

    def _conv(self, name, filters, input_shape):
        """Return a 1x1 convolution, built, with a seed of its own."""
        seed = self.seed
        if seed is not None:
            seed = zlib.crc32(f"{seed}/{name}".encode())
        conv = EqualizedConv2D(
            filters,
            kernel_size=1,
            gain=1.0,
            use_bias=False,
            equalized=self.equalized,
            seed=seed,
            dtype=self.dtype_policy,
            name=name,
        )
        conv.build(input_shape)
        return conv

    def call(self, inputs):
        """Add what every pixel gathers from all of them."""
        _, height, width, _ = inputs.shape
        query = self._pixels(self.query(inputs))
        key = self._pixels(self.key(inputs))
        value = self._pixels(self.value(inputs))
        precise = at_least_float32(inputs.dtype)
        query, key = ops.cast(query, precise), ops.cast(key, precise)
        similarity = ops.matmul(query, ops.transpose(key, (0, 2, 1)))
        weights = ops.cast(ops.softmax(similarity, axis=-1), value.dtype)
        gathered = ops.matmul(weights, value)
        gathered = ops.reshape(
            gathered, (-1, height, width, gathered.shape[-1])
        )
        return inputs + self.gamma * self.merge(gathered)

    @staticmethod
    def _pixels(x):
        """`[N, H, W, C]` -> `[N, H * W, C]`."""
        _, height, width, channels = x.shape
        return ops.reshape(x, (-1, height * width, channels))

    def compute_output_shape(self, input_shape):
        """Return the input's shape."""
        return input_shape

    def get_config(self):
        """Return the arguments of `__init__`."""
        return {
            **super().get_config(),
            "equalized": self.equalized,
            "seed": self.seed,
        }
