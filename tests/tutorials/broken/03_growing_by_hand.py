"""Mistakes that the checks of lesson 3 must notice."""

BROKEN = [
    (
        "makes new blocks for every size",
        "        x = g_block(size)(x)\n",
        "        x = latents\n"
        "        for smaller in SIZES[: SIZES.index(size) + 1]:\n"
        "            x = g_block(smaller)(x)\n",
    ),
    (
        "a toRGB of its own for the old picture",
        "        old_image = image\n",
        "        old_image = to_rgb()(x)\n",
    ),
    (
        "the generator fades the wrong way",
        "mixed = pk.layers.WeightedSum()([old, image])",
        "mixed = pk.layers.WeightedSum()([image, old])",
    ),
    (
        "the usual gain in the first layer",
        "gain = math.sqrt(2.0) / 4.0",
        "gain = math.sqrt(2.0)",
    ),
    (
        "no normalisation after the second convolution",
        "second, lrelu(), norm()])",
        "second, lrelu()])",
    ),
    (
        "the discriminator does not see variety",
        "pk.layers.MinibatchStdev(group_size=4)",
        "pk.layers.MinibatchStdev(group_size=1)",
    ),
    (
        "the discriminator fades the wrong way",
        "mixed = pk.layers.WeightedSum()([old, new])",
        "mixed = pk.layers.WeightedSum()([new, old])",
    ),
    (
        "takes every second pixel",
        "halved = pk.layers.BoxDownscale2D()(image)",
        "halved = image[:, ::2, ::2]",
    ),
    (
        "real pictures fade the wrong way",
        "(1.0 - alpha) * old + alpha * sharp",
        "alpha * old + (1.0 - alpha) * sharp",
    ),
    (
        "the discriminator is never changed",
        "        d_optimizer.apply(tape.gradient(d_loss, weights), weights)\n",
        "",
    ),
]
