# %% [markdown]
# # Lesson 3: growing by hand
#
# In lesson 1 the networks came from `pk.ProGAN`. Now you make them yourself:
# the two lists of straight and fade-in models, for 4x4, 8x8 and 16x16, out of
# ordinary functional Keras models. In this lesson you
#
# 1. build the generator's list, and see that all its models are views of one
#    set of layers;
# 2. build the discriminator's list, which grows at its *beginning*;
# 3. check both against the library, number by number;
# 4. write the loop that grows them, and look at two ways to spoil it.
#
# **At the end** there is a filmstrip of eight latents through five stages on
# your screen, from networks and a loop of which you have written every line,
# and a slider with which you fade between 8x8 and 16x16.
#
# **You need** lessons 1 and 2, and functional Keras models. Reading and typing
# takes about 50 minutes; running everything takes two to five minutes and
# about 1 GB of memory.
#
# **The paper** is Karras et al., 2018,
# [arXiv 1710.10196](https://arxiv.org/abs/1710.10196), section 2 with figures
# 1 and 2, and appendix A with table 2, which lists the layers.

# %% tags=["setup"]
import math
import os

# TensorFlow reads this when it is imported. It keeps its messages off the
# screen, but for one about oneDNN, which makes it fast.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

import progan_keras as pk

# With PROGAN_LESSON=quick everything runs in seconds, and little is learned.
QUICK = os.environ.get("PROGAN_LESSON") == "quick"

keras.utils.set_random_seed(1)
random = np.random.default_rng(1)
plt.rcParams["figure.dpi"] = 80
plt.rcParams["image.interpolation"] = "nearest"

images = pk.data.load("emoji_portraits")


def show(rows, labels):
    """Draw rows of images, of any resolution, at one size."""
    size = (9, 1.1 * len(rows))
    figure, axes = plt.subplots(len(rows), 1, figsize=size, squeeze=False)
    for axis, images, label in zip(axes[:, 0], rows, labels, strict=True):
        scale = 64 // images.shape[1]
        axis.imshow(pk.image_grid(images, len(images), scale, padding=3))
        axis.set_ylabel(label, rotation=0, ha="right", va="center")
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    figure.tight_layout(pad=0.3)
    plt.show()


# %% [markdown]
# ## 1. The generator's list
#
# A generator is a chain of *blocks*, one per size. The block at 4x4 makes the
# first features out of the latent. Each later block doubles the size, by
# repeating pixels, and convolves twice. After each convolution come a leaky
# ReLU and a pixel normalisation (table 2 of the paper; ours is narrower).
#
# A block's output are *features*, here 48 or 32 numbers per pixel. A layer
# called *toRGB* turns them into three colours: a convolution of one pixel,
# without activation. Each size has its own.

# %% tags=["setup"]
SIZES = (4, 8, 16)
CHANNELS = {4: 48, 8: 48, 16: 32}
LATENT = 48


def lrelu():
    return keras.layers.LeakyReLU(negative_slope=0.2)


def g_block(size):
    """Layers that bring features, or latents, to `size`."""
    channels = CHANNELS[size]
    norm = pk.layers.PixelNormalization
    if size == 4:
        # The paper counts this layer's fan-in as that of a 4x4 convolution,
        # which makes He's constant a quarter of what it would be.
        gain = math.sqrt(2.0) / 4.0
        dense = pk.layers.EqualizedDense((4, 4, channels), gain=gain)
        first = [norm(), dense]
    else:
        double = pk.layers.NearestUpscale2D()
        first = [double, pk.layers.EqualizedConv2D(channels)]
    second = pk.layers.EqualizedConv2D(channels)
    return keras.Sequential([*first, lrelu(), norm(), second, lrelu(), norm()])


def to_rgb():
    return pk.layers.EqualizedConv2D(3, kernel_size=1, gain=1.0)


# %% [markdown]
# Now the list. For every size we want two models with the same input, the
# latents.
#
# - `straight`: all blocks up to this size, then its toRGB.
# - `fade_in`: the same, mixed with the picture of the last size, doubled.
#
# **Question.** There are three straight models and two fade-in models. How
# often is the 4x4 block made? How often is it used?


# %% tags=["setup"]
def build_generators():
    """Return pairs (straight, fade_in), one per size, of shared layers."""
    latents = keras.Input((LATENT,))
    pairs, x, old_image = [], latents, None
    for size in SIZES:
        x = g_block(size)(x)
        image = to_rgb()(x)
        straight = keras.Model(latents, image)
        fade_in = None
        if old_image is not None:
            old = pk.layers.NearestUpscale2D()(old_image)
            mixed = pk.layers.WeightedSum()([old, image])
            fade_in = keras.Model(latents, mixed)
        pairs.append((straight, fade_in))
        old_image = image
    return pairs


# %% [markdown]
# That is all. A functional model is a *view* of the graph between its inputs
# and its outputs. `x` runs through the loop, and each block is made and called
# once. So the 4x4 block is made once, and all five models hold it.
#
# **Check.** Each weight of the 4x4 model must *be* one of the 8x8 models (the
# same object, not an equal one), and so on. Only toRGB is left behind: the
# straight model of the next size does not look at the old picture.

# %% tags=["check"]
generators = build_generators()


def ids(model):
    return {id(weight) for weight in model.trainable_weights}


for size, (small, _), (large, fading) in zip(
    SIZES[1:], generators, generators[1:], strict=False
):
    assert ids(small) < ids(fading)
    assert len(ids(small) - ids(large)) == 2  # kernel and bias of toRGB
    assert ids(large) < ids(fading)
    print(f"{size}x{size} holds what {size // 2}x{size // 2} has learned")

# %% [markdown]
# **See.** The 16x16 fade-in model, with both its ways to a picture. (The figure
# is made for `pk.ProGAN`; we make one with the sizes of our lists. We also need
# it for the next check.)

# %% tags=["setup"]
library = pk.ProGAN(
    resolution=16,
    fmap_base=256,  # 48, 48 and 32 feature maps
    fmap_max=48,
    fused_scale=False,  # scale and convolve one after the other, as we do
    seed=1,
)
# Biases start at zero, and a zero hides mistakes.
for pair in (*library.generators, *library.discriminators):
    for weight in pair.straight.trainable_weights:
        weight.assign(random.normal(size=weight.shape))

# %%
pk.figures.network(library, pk.Stage(16, fade_in=True))

# %% [markdown]
# *Figure 1. Both networks while 16x16 fades in. In the generator, above, the
# latents go through the blocks for 4x4 and 8x8. From there the old way, dashed,
# leads through the old toRGB and a doubling to the sum, with weight 1 - alpha;
# the new way leads through the 16x16 block, hatched, and its toRGB, with weight
# alpha. The discriminator, below, is the mirror image.*
#
# **Check.** We give our models the library's weights. Then they must make the
# library's pictures: straight, and at every alpha.


# %% tags=["setup"]
def copy_weights(pairs, theirs):
    """Give our straight models the weights of the library's."""
    for (straight, _), pair in zip(pairs, theirs, strict=True):
        straight.set_weights(pair.straight.get_weights())


def set_alpha(pairs, alpha):
    """Set the weighted sum of every fade-in model."""
    for _, fade_in in pairs[1:]:
        for layer in fade_in.layers:
            if isinstance(layer, pk.layers.WeightedSum):
                layer.alpha.assign(alpha)


NEAR = {"rtol": 1e-3, "atol": 1e-3}


def assert_as_library(pairs, theirs, inputs_of):
    """Compare all models on the same inputs, and fade-ins at three alphas."""
    for size, (straight, fade_in), pair in zip(
        SIZES, pairs, theirs, strict=True
    ):
        x = inputs_of(size)
        np.testing.assert_allclose(straight(x), pair.straight(x), **NEAR)
        for alpha in (0.0, 0.3, 1.0) if fade_in else ():
            set_alpha(pairs, alpha)
            pair.weighted_sum.alpha.assign(alpha)
            np.testing.assert_allclose(fade_in(x), pair.fade_in(x), **NEAR)
        print(f"{size}x{size}: as in the library")


# %% tags=["check"]
latents = random.normal(size=(8, LATENT)).astype("float32")
copy_weights(generators, library.generators)
assert_as_library(generators, library.generators, lambda size: latents)

set_alpha(generators, 0.0)
for (small, _), (_, fading) in zip(generators, generators[1:], strict=False):
    doubled = pk.layers.NearestUpscale2D()(small(latents))
    np.testing.assert_array_equal(fading(latents), doubled)
print("alpha = 0: exactly the old picture, every pixel repeated")

# %% [markdown]
# ## 2. The discriminator's list
#
# The discriminator is the mirror image. *fromRGB* turns colours into features,
# each block convolves twice and halves the size by averaging, and the block at
# 4x4 gives the score. There, the minibatch standard deviation is added.
#
# **Question.** A generator grows at its end: the new block comes after the old
# ones. Where does a discriminator grow, and why can the loop above not build
# it?


# %% tags=["setup"]
def from_rgb(size):
    convolution = pk.layers.EqualizedConv2D(CHANNELS[size], kernel_size=1)
    return keras.Sequential([convolution, lrelu()])


def d_block(size):
    """Layers that bring features from `size` to half of it, or to a score."""
    channels = CHANNELS[size]
    if size == 4:
        return keras.Sequential(
            [
                pk.layers.MinibatchStdev(group_size=4),
                pk.layers.EqualizedConv2D(channels),
                lrelu(),
                keras.layers.Flatten(),
                pk.layers.EqualizedDense(channels),
                lrelu(),
                pk.layers.EqualizedDense(1, gain=1.0),
            ]
        )
    return keras.Sequential(
        [
            pk.layers.EqualizedConv2D(channels),
            lrelu(),
            pk.layers.EqualizedConv2D(CHANNELS[size // 2]),
            lrelu(),
            pk.layers.BoxDownscale2D(),
        ]
    )


def build_discriminators():
    """Return pairs (straight, fade_in), one per size, of shared layers."""
    entries = {size: from_rgb(size) for size in SIZES}
    blocks = {size: d_block(size) for size in SIZES}

    def score(x, size):
        """From features at `size` through all blocks down to the score."""
        while size >= 4:
            x = blocks[size](x)
            size //= 2
        return x

    pairs = []
    for size in SIZES:
        image = keras.Input((size, size, 3))
        new = blocks[size](entries[size](image))
        straight = keras.Model(image, score(new, size // 2))
        fade_in = None
        if size > 4:
            halved = pk.layers.BoxDownscale2D()(image)
            old = entries[size // 2](halved)
            mixed = pk.layers.WeightedSum()([old, new])
            fade_in = keras.Model(image, score(mixed, size // 2))
        pairs.append((straight, fade_in))
    return pairs


# %% [markdown]
# A discriminator grows at its beginning, where the pictures come in. Each size
# has an input of its own, so that no model contains another. Here the *layers*
# are made first, and each model calls those that it needs; a Keras layer that
# is called twice uses the same weights.
#
# At alpha = 0, the old way halves the picture and enters by the old fromRGB.
#
# **Check.** As before, now with pictures for an input.

# %% tags=["check"]
discriminators = build_discriminators()
copy_weights(discriminators, library.discriminators)
assert_as_library(
    discriminators,
    library.discriminators,
    lambda size: images.at(size)[:8] / 127.5 - 1.0,
)

# %% [markdown]
# ## 3. Real pictures fade, too
#
# While 8x8 fades in, the generator's picture is a mixture: the old one doubled,
# and the new one. The discriminator compares it with real pictures. So these
# are mixed in the same way, each with its own halved and doubled version
# (section 2).


# %% tags=["setup"]
def fade_reals(pictures, alpha):
    """Real pictures, uint8, as D sees them at `alpha`: float in [-1, 1]."""
    sharp = ops.cast(pictures, "float32") / 127.5 - 1.0
    halved = pk.layers.BoxDownscale2D()(sharp)
    old = pk.layers.NearestUpscale2D()(halved)
    return (1.0 - alpha) * old + alpha * sharp


# %% tags=["check"]
sharp = images.at(16)[:8] / 127.5 - 1.0
halve = pk.layers.BoxDownscale2D()
for alpha in (0.0, 0.3, 1.0):
    faded = fade_reals(images.at(16)[:8], alpha)
    # What can be seen at half the size does not change.
    np.testing.assert_allclose(halve(faded), halve(sharp), atol=1e-5)
np.testing.assert_allclose(faded, sharp, atol=1e-6)  # alpha = 1
doubled = pk.images.upscale_nearest(images.at(8)[:8], 16) / 127.5 - 1.0
np.testing.assert_allclose(
    fade_reals(images.at(16)[:8], 0.0), doubled, atol=0.01
)
print("from the 8x8 picture, doubled, to the 16x16 picture")

# %% [markdown]
# ## 4. The loop
#
# One stage trains one pair of models, with new optimizers: an Adam knows only
# the weights that it was made for, and new layers have come. A step has two
# parts (lesson 1):
#
# 1. make pictures, and change $D$ so that it scores them low and real ones
#    high;
# 2. make pictures again, and change $G$ so that $D$ scores them high.
#
# We take the library's loss. Besides the two formulas of lesson 1 it has a
# *penalty* that keeps $D$ from getting too steep; lesson 4 is about it.


# %% tags=["setup"]
loss = pk.losses.get("non_saturating")


def adam(model):
    """Return a new optimizer, with the paper's settings, for a model."""
    optimizer = keras.optimizers.Adam(
        0.002, beta_1=0.0, beta_2=0.99, epsilon=1e-8
    )
    optimizer.build(model.trainable_weights)
    return optimizer


def make_step(generator, discriminator):
    """Return a compiled function that updates D, then G, once."""
    d_optimizer, g_optimizer = adam(discriminator), adam(generator)

    def make_pictures():
        return generator(tf.random.normal((16, LATENT)), training=True)

    @tf.function
    def step(pictures, alpha):
        reals = fade_reals(pictures, alpha)
        fakes = make_pictures()
        with tf.GradientTape() as tape:
            d_loss = ops.mean(
                loss.discriminator_loss(
                    discriminator(reals), discriminator(fakes)
                )
                + loss.penalty(discriminator, reals, fakes, None)[:, None]
            )
        weights = discriminator.trainable_weights
        d_optimizer.apply(tape.gradient(d_loss, weights), weights)

        with tf.GradientTape() as tape:
            g_loss = ops.mean(
                loss.generator_loss(discriminator(make_pictures()))
            )
        weights = generator.trainable_weights
        g_optimizer.apply(tape.gradient(g_loss, weights), weights)

    return step


def train_stage(lists, size, fade_in, count, after_step=lambda: None):
    """Show `count` real pictures to the models of one stage.

    Args:
        lists: The generators' list and the discriminators'.
        size: Side of the pictures.
        fade_in: Whether to train the fade-in models, or the straight ones.
        count: Real pictures to show; alpha goes from 0 to 1 in them.
        after_step: What else to do after each step.
    """
    index = SIZES.index(size)
    # Pairs are (straight, fade_in): False is place 0 and True is place 1.
    step = make_step(*(pairs[index][fade_in] for pairs in lists))
    steps = count // 16
    for number, pictures in enumerate(images.stream(size, 16).take(steps)):
        alpha = number / steps if fade_in else 1.0
        for pairs in lists:
            set_alpha(pairs, alpha)
        step(pictures, tf.constant(alpha))
        after_step()


# %% [markdown]
# Two details. `set_alpha` changes a weight, so that the compiled step sees it
# (lesson 2). For the same reason `alpha` comes into the step as a tensor: a
# Python number would have the step compiled anew for each value.
#
# (The authors' code keeps size and alpha in one number, the *level of detail*
# or lod: how many times the full picture is halved. When 16x16 is the full
# size, lod 1 is 8x8, lod 0 is 16x16, and lod 0.7 is the fade between them at
# alpha = 0.3.)
#
# We start with new networks, up to the end of 8x8. This takes two minutes at
# most.

# %% tags=["setup"]
unit = 160 if QUICK else 4_000
STAGES = [  # size, whether it fades in, real pictures to show
    (4, False, unit),
    (8, True, unit),
    (8, False, unit),
    (16, True, unit),
    (16, False, 2 * unit),
]

# %%
lists = build_generators(), build_discriminators()
generators, discriminators = lists
before = [
    [weight.numpy() for weight in pairs[-1][0].trainable_weights]
    for pairs in lists
]
film = []
for size, fade_in, count in STAGES[:3]:
    train_stage(lists, size, fade_in, count)
    straight, _ = generators[SIZES.index(size)]
    film.append(straight(latents))
    print(f"{size}x{size} {'fade in' if fade_in else 'stabilise'}: done")

# %% [markdown]
# ### What goes wrong: layers that are not shared
#
# Suppose that somebody builds the models of each size for themselves, each with
# layers of its own. All of them can be trained, no error is raised. Here are
# the 8x8 model, our 16x16 fade-in model at alpha = 0, and the one of a list
# that has just been made.
#
# **Question.** What do you expect in the third row?

# %%
apart = build_generators()
for pairs in (generators, apart):
    set_alpha(pairs, 0.0)
show(
    [
        generators[1][0](latents),
        generators[2][1](latents),
        apart[2][1](latents),
    ],
    ["8x8, trained", "16x16, shared\nalpha = 0", "16x16, apart\nalpha = 0"],
)

# %% [markdown]
# *Figure 2. Eight latents. Above, the trained 8x8 model: something dark in the
# middle, mostly with blue below, on a light ground; in the middle row the same
# pictures from the 16x16 fade-in model that shares its layers; below, yellow
# and red noise from a model with layers of its own.*
#
# Sharing is what growing *is*: without it, each size starts from nothing, and
# all the training before was for another network.
#
# ### What goes wrong: sharp real pictures in a fade
#
# At the start of the 16x16 fade, alpha = 0, all made pictures consist of
# squares of 2x2 equal pixels. Suppose that somebody forgets to fade the real
# pictures.
#
# **Question.** How could $D$ tell real from made, without any idea of a face?


# %%
def detail(pictures):
    """How much pixels differ from the mean of their 2x2 square."""
    doubled = pk.layers.NearestUpscale2D()(halve(pictures))
    return float(ops.mean(ops.abs(pictures - doubled)))


some = images.at(16)[:256]
rows = {"made": [], "real, faded": [], "real, sharp": []}
for alpha in (0.0, 0.05, 0.2):
    set_alpha(generators, alpha)
    made = generators[2][1](random.normal(size=(256, LATENT)))
    rows["made"].append(detail(made))
    rows["real, faded"].append(detail(fade_reals(some, alpha)))
    rows["real, sharp"].append(detail(fade_reals(some, 1.0)))
print("detail at alpha =     0     0.05   0.2")
for name, values in rows.items():
    print(f"{name:14}", "".join(f"{value:8.3f}" for value in values))

# %% [markdown]
# At alpha = 0 a made picture has no detail whatsoever, while a sharp real one
# has a lot. $D$ need only ask "is there any detail?" to win, and $G$ can do
# nothing about it: alpha does not let its detail through. $D$'s gradient would
# then be about nothing else. With faded real pictures, both sides get their
# detail at the same time.
#
# ### On to 16x16

# %%
for size, fade_in, count in STAGES[3:]:
    train_stage(lists, size, fade_in, count)
    straight, _ = generators[SIZES.index(size)]
    film.append(straight(latents))
    print(f"{size}x{size} {'fade in' if fade_in else 'stabilise'}: done")

# %% [markdown]
# **Check.** Every layer of both 16x16 networks must have learned, the oldest as
# well as the newest, and each stage must have left pictures of its size.

# %% tags=["check"]
for pairs, weights in zip(lists, before, strict=True):
    trained = pairs[-1][0].trainable_weights
    for now, then in zip(trained, weights, strict=True):
        assert np.any(now.numpy() != then), now.path
for (size, _, _), pictures in zip(STAGES, film, strict=True):
    assert pictures.shape == (8, size, size, 3)
    assert np.isfinite(pictures).all()
print("all layers have learned, all pictures are numbers")

# %%
names = ["4x4\nstabilise", "8x8\nfade in", "8x8\nstabilise"]
names += ["16x16\nfade in", "16x16\nstabilise"]
show(film, names)

# %% [markdown]
# *Figure 3. The filmstrip: each column is one latent, each row the end of one
# stage, 4x4 at the top, 16x16 at the bottom: patches of colour, then a head
# over shoulders in squares, at last heads, some with hair, a neck and clothes.
# From 8x8 on, most columns keep their outline, while colours change.*
#
# The training is like that of lesson 1, with half as many pictures. Two things
# differ. $G$ gets pictures of its own in each step, where lesson 1 used those
# of $D$ again. And these pictures come straight from the generator as the last
# step has left it, not from an average over many steps. Exercise 3 adds the
# average.
#
# **See.** The last fade once more, with the trained networks.


# %%
def picture_at(alpha):
    set_alpha(generators, alpha)
    return generators[2][1](latents[:4])


pk.figures.slider(picture_at, np.linspace(0, 1, 9))

# %% [markdown]
# *Figure 4. Four latents at nine values of alpha, from the 8x8 picture,
# doubled, on the left, to the 16x16 picture on the right. The outline is the
# same throughout; the colours on the left are glaring. (In a running notebook
# there is a slider, too.)*
#
# On the left are not the 8x8 pictures of the filmstrip. The 8x8 block has been
# trained on since, for the sake of 16x16, while its toRGB has not changed since
# the fade ended.
#
# ## Summary
#
# - A block per size, a toRGB and a fromRGB per size: these are all the layers.
#   Each model is a view of them.
# - The generator grows at its end, so that one graph holds all its models. The
#   discriminator grows at its beginning, so that its models share layers, but
#   no graph.
# - A weighted sum joins the old way with the new one: in $G$ it mixes pictures,
#   in $D$ features.
# - In a fade, real pictures are mixed as the made ones are.
# - A stage is a pair of models, new optimizers, and alpha that goes from 0 to 1
#   in fades.
#
# Lesson 5 does with a `train_step` what the loop does here, so that `fit` and
# its callbacks can be used.
#
# ## Exercises
#
# [Solutions](solutions/03_growing_by_hand.ipynb) are in a notebook of their
# own.

# %% [markdown] tags=["exercise"]
# ### Exercise 1: what growing adds
#
# How many trainable parameters does each size add to the generator, and to the
# discriminator? Compare with what the fade-in models have. Why is it more than
# in the straight ones?

# %% tags=["solution"]
for name, pairs in (
    ("generator", build_generators()),
    ("discriminator", build_discriminators()),
):
    for size, (straight, fade_in) in zip(SIZES, pairs, strict=True):
        counts = [
            sum(math.prod(weight.shape) for weight in model.trainable_weights)
            for model in (straight, fade_in)
            if model is not None
        ]
        print(f"{name:14}{size:3}x{size:<3}", *(f"{n:8,}" for n in counts))

# %% [markdown] tags=["solution"]
# The two numbers are those of the straight and the fade-in model. Each size
# adds its block and exchanges one toRGB, or fromRGB, for another. A fade-in
# model has a few parameters more, since it holds both: the old toRGB, three
# numbers per feature map and three biases, is needed until the fade is over; or
# the old fromRGB, with three numbers and a bias per feature map. Each size adds
# fewer parameters than the one before, since blocks get narrower; what grows is
# the time, by the number of pixels.

# %% [markdown] tags=["exercise"]
# ### Exercise 2: on to 32x32
#
# Make `SIZES` and `CHANNELS` one size longer, with 16 feature maps at 32x32,
# and build both lists again. Which functions do you have to change? Check the
# result against `pk.ProGAN(32, fmap_base=256, fmap_max=48,
# fused_scale=False)`.

# %% tags=["solution"]
SIZES = (4, 8, 16, 32)
CHANNELS[32] = 16
larger = pk.ProGAN(32, fmap_base=256, fmap_max=48, fused_scale=False, seed=2)
generators, discriminators = build_generators(), build_discriminators()
copy_weights(generators, larger.generators)
copy_weights(discriminators, larger.discriminators)
latents = random.normal(size=(8, LATENT)).astype("float32")
assert_as_library(generators, larger.generators, lambda size: latents)
assert_as_library(
    discriminators,
    larger.discriminators,
    lambda size: images.at(size)[:8] / 127.5 - 1.0,
)

# %% [markdown] tags=["solution"]
# No function changes; the two tables say it all. That is why one class can make
# networks for every size up to 1024x1024, where others have a class per size.

# %% [markdown] tags=["exercise"]
# ### Exercise 3: calmer pictures
#
# The library shows pictures of an *average* of the generators: after each step,
# each weight of a second list moves a little towards that of the trained one,
# $\bar w \leftarrow w + \beta (\bar w - w)$ (appendix A, with $\beta = 0.999$).
# Add this to the loop, by `after_step`. What must happen when a new size
# begins? Do the pictures differ?

# %% tags=["solution"]
SIZES = (4, 8, 16)
lists = build_generators(), build_discriminators()
average = build_generators()


def all_weights(pairs):
    """The trainable weights of all models of a list, each of them once."""
    found = {}
    for models in pairs:
        for model in models:
            for weight in model.trainable_weights if model else ():
                found[id(weight)] = weight
    return list(found.values())


ours, averages = all_weights(lists[0]), all_weights(average)
for mean, weight in zip(averages, ours, strict=True):
    mean.assign(weight)


def follow(beta=0.98):
    for mean, weight in zip(averages, ours, strict=True):
        mean.assign(weight + beta * (mean - weight))


for size, fade_in, count in STAGES:
    train_stage(lists, size, fade_in, count, after_step=follow)
latents = random.normal(size=(8, LATENT)).astype("float32")
show(
    [lists[0][-1][0](latents), average[-1][0](latents)],
    ["trained", "average"],
)

# %% [markdown] tags=["solution"]
# *Eight latents: above what the trained generator makes of them, below what its
# average makes. The shapes are the same, some colours differ a little.*
#
# A step of training moves the weights in a good direction and, by the few
# pictures it has seen, in a random one. In an average the random parts cancel.
# Here little of that is to be seen: our average reaches back over some dozens
# of steps only, and both rows are still far from done. The last steps have
# changed colours, not shapes. Longer averages of longer training gain more.
#
# The weights of a new size have to be copied, or forgotten quickly: their
# average begins with random weights that no training has touched. Ours began
# as a copy of all layers, new ones too, and $\beta = 0.98$ halves what is old
# every 34 steps, since $0.98^{34} \approx 0.5$. With $0.999$ it would take 693
# steps, more than a stage of this lesson has, and noise of new layers would
# stay in the pictures. The library's `ema_half_life` is shorter at the start of
# a stage for this reason.
