"""Mistakes that the checks of lesson 2 must notice."""

BROKEN = [
    (
        "alpha is the weight of the old picture",
        "class MyWeightedSum(keras.layers.Layer):\n"
        '    """(1 - alpha) * old + alpha * new."""\n',
        "class MyWeightedSum(keras.layers.Layer):\n"
        "    def __call__(self, inputs):\n"
        "        return super().__call__(inputs[::-1])\n",
    ),
    (
        "alpha is a plain number",
        "        self.alpha = self.add_weight(shape=(), trainable=False)\n"
        "        self.alpha.assign(alpha)\n",
        "        self.alpha = alpha\n",
    ),
    (
        "the sum over channels in place of the mean",
        "mean_square = ops.mean(ops.square(x), axis=-1, keepdims=True)",
        "mean_square = ops.sum(ops.square(x), axis=-1, keepdims=True)",
    ),
    (
        "normalises over pixels, as batch normalisation does",
        "mean_square = ops.mean(ops.square(x), axis=-1, keepdims=True)",
        "mean_square = ops.mean(ops.square(x), axis=(1, 2), keepdims=True)",
    ),
    (
        "forgets to normalise",
        "MyPixelNorm()(x) if normalise else x",
        "x",
    ),
    (
        "groups of neighbours",
        "ops.reshape(x, (4, -1, height, width, channels))",
        "ops.swapaxes(\n"
        "            ops.reshape(x, (-1, 4, height, width, channels)), 0, 1\n"
        "        )",
    ),
    (
        "one number for the whole batch",
        "ops.mean(deviation, axis=(1, 2, 3), keepdims=True)",
        "ops.mean(deviation, keepdims=True) + 0 * deviation[:, :1, :1, :1]",
    ),
    (
        "the layer is left out",
        "if sees_variety:",
        "if False:",
    ),
    (
        "weights drawn at He's deviation and scaled again",
        "RandomNormal(stddev=1.0, seed=1)",
        "RandomNormal(stddev=0.08, seed=1)",
    ),
    (
        "weights used as they are stored",
        "kernel = self.kernel * self.scale",
        "kernel = self.kernel",
    ),
    (
        "the constant on the wrong side",
        "(1.0, he) if equalized else (he, 1.0)",
        "(he, 1.0) if equalized else (1.0, he)",
    ),
]
