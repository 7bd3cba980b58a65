# %% [markdown]
# # Lesson 2: four layers, and what breaks without them
#
# The paper's networks have four layers that Keras does not bring along. In this
# lesson you build each of them in a few lines, check it against the library's,
# and then take it away or spoil it, to see what it was good for:
#
# 1. *weighted sum*: an alpha that stands still;
# 2. *pixel normalisation*: signals that explode, or die out;
# 3. *minibatch standard deviation*: a generator that makes one picture only,
#    and a discriminator that cannot know;
# 4. *equalized learning rate*: layers that learn at different speeds.
#
# **At the end** there are five figures on your screen: a fade, and for each of
# the other layers what goes wrong without it, as a curve or bars.
#
# **You need** lesson 1, and to have seen a Keras layer with `build` and `call`
# before. Reading and trying things takes about 40 minutes; running everything
# takes under a minute and less than 1 GB of memory.
#
# **The paper** is Karras et al., 2018,
# [arXiv 1710.10196](https://arxiv.org/abs/1710.10196), sections 2 (weighted
# sum), 3 (minibatch standard deviation), 4.1 (equalized learning rate) and 4.2
# (pixel normalisation).

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
# Blue, orange, green: told apart by all kinds of eyes, and in grey print.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"

images = pk.data.load("emoji_portraits")
chosen = np.linspace(100, len(images) - 1, 8).astype(int)


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
# ## 1. Weighted sum: a new size fades in
#
# New layers start with random weights. If the picture came from them at once,
# all that $D$ has learned about good pictures would be worthless in one step.
# So the paper fades them in. For a while the output is a mixture of the old
# picture, scaled up, and the new one:
#
# $$\mathrm{out} = (1 - \alpha)\,\mathrm{old} + \alpha\,\mathrm{new}$$
#
# and $\alpha$ moves from 0 to 1 (section 2, figure 2).
#
# **Question.** At $\alpha = 0.25$, would you still see the squares of the 4x4
# picture?


# %%
class MyWeightedSum(keras.layers.Layer):
    """(1 - alpha) * old + alpha * new."""

    def __init__(self, alpha=0.0):
        super().__init__()
        # A weight, so that it can change while a compiled model runs.
        self.alpha = self.add_weight(shape=(), trainable=False)
        self.alpha.assign(alpha)

    def call(self, inputs):
        old, new = inputs
        return (1.0 - self.alpha) * old + self.alpha * new


# %% [markdown]
# **Check.** `progan_keras` has this layer too. On the same input both must
# give the same output. This cell stops with an error if they do not.

# %% tags=["check"]
old, new = random.normal(size=(2, 4, 8, 8, 3)).astype("float32")
for alpha in (0.0, 0.3, 1.0):
    mine = MyWeightedSum(alpha)([old, new])
    library = pk.layers.WeightedSum(alpha)([old, new])
    np.testing.assert_allclose(mine, library, atol=1e-6)
np.testing.assert_array_equal(MyWeightedSum(0.0)([old, new]), old)
np.testing.assert_array_equal(MyWeightedSum(1.0)([old, new]), new)
print("weighted sum: as in the library; exactly old at 0 and new at 1")

# %% [markdown]
# **See.** A portrait at 4x4 fades into itself at 8x8. `upscale_nearest`
# repeats pixels; this is how the old picture is brought to the new size.

# %%
old = pk.images.upscale_nearest(images.at(4)[chosen[:1]], 8)
new = images.at(8)[chosen[:1]]
alphas = (0.0, 0.25, 0.5, 0.75, 1.0)
fade = [
    MyWeightedSum(alpha)([old / 127.5 - 1.0, new / 127.5 - 1.0])
    for alpha in alphas
]
figure, axes = plt.subplots(1, len(alphas), figsize=(9, 2.2))
for axis, image, alpha in zip(axes, fade, alphas, strict=True):
    axis.imshow(pk.image_grid(image))
    axis.set_title(f"alpha = {alpha}")
    axis.axis("off")
plt.show()

# %% [markdown]
# *Figure 1. One portrait at alpha = 0, 0.25, 0.5, 0.75 and 1. On the left the
# 4x4 picture in large squares, on the right the 8x8 picture; in between the
# finer pixels appear inside the large squares.*
#
# At 0.25 the large squares are still there. No step is large enough to upset
# $D$. Real pictures are mixed in the same way during a fade, so that $D$ cannot
# win by looking for detail that $G$ is not yet able to make.

# %% [markdown]
# ### What goes wrong: an alpha that stands still
#
# Why is `alpha` a weight, and not a plain Python number? Here it is a number.
# We run the layer in a `tf.function`, as `fit` and `predict` do. Then we set
# alpha from 0 to 1. The old input is 0 everywhere and the new one is 1.
#
# **Question.** What do the two lines print?


# %%
class StaleWeightedSum(keras.layers.Layer):
    alpha = 0.0  # a plain number

    def call(self, inputs):
        old, new = inputs
        return (1.0 - self.alpha) * old + self.alpha * new


def run_twice(layer, set_alpha):
    """Compile the layer, run it, set alpha to 1, run it again."""
    compiled = tf.function(layer.__call__)
    pair = [tf.zeros((1, 1)), tf.ones((1, 1))]
    before = float(compiled(pair)[0, 0])
    set_alpha(1.0)
    return before, float(compiled(pair)[0, 0])


# %% tags=["check"]
stale, alive = StaleWeightedSum(), MyWeightedSum()
of_number = run_twice(stale, lambda value: setattr(stale, "alpha", value))
of_weight = run_twice(alive, alive.alpha.assign)
print("plain number:", of_number)
print("weight:      ", of_weight)
assert of_weight == (0.0, 1.0)

# %% [markdown]
# The plain number stays 0, and nothing complains. TensorFlow ran the Python
# code once, wrote down the graph with the constant 0.0 in it, and used this
# graph from then on. A weight is read each time the graph runs.
#
# Training would go on at alpha = 0 for the whole fade. **Question.** What would
# the new layers learn in this time?

# %%
old, new = tf.ones((1, 1)), tf.ones((1, 1))
for alpha in (0.0, 0.5, 1.0):
    layer = MyWeightedSum(alpha)
    with tf.GradientTape() as tape:
        tape.watch(new)
        out = layer([old, new])
    share = float(tape.gradient(out, new)[0, 0])
    print(f"alpha = {alpha}: {share:.0%} of the gradient reaches the new path")

# %% [markdown]
# Nothing: at alpha = 0 no gradient reaches them. After the fade they would
# appear at once, as random as they were made. The same happens, more quietly,
# in the first steps of every fade: while alpha is small, new layers learn from
# a small gradient. (Adam, which divides a gradient by its size, gives them
# steps of full length all the same.)

# %% [markdown]
# ## 2. Pixel normalisation: signals that stay bounded
#
# $G$ and $D$ compete, and competition makes signals grow: a bit louder is
# often a bit more convincing. In $G$, the paper divides the feature vector of
# each pixel by its root mean square after every convolution (section 4.2):
#
# $$b_{x,y} = a_{x,y} \Big/
#   \sqrt{\tfrac{1}{N} \textstyle\sum_{j} (a^j_{x,y})^2 + \epsilon},
#   \qquad \epsilon = 10^{-8}$$
#
# where $a_{x,y}$ holds the $N$ feature maps at pixel $(x, y)$. There is nothing
# to learn in it.
#
# **Question.** What is the mean square over the channels of each pixel
# afterwards?


# %%
class MyPixelNorm(keras.layers.Layer):
    """Divide each pixel's feature vector by its root mean square."""

    def call(self, x):
        mean_square = ops.mean(ops.square(x), axis=-1, keepdims=True)
        return x / ops.sqrt(mean_square + 1e-8)


# %% tags=["check"]
features = 50.0 * random.normal(size=(2, 8, 8, 32)).astype("float32")
mine = MyPixelNorm()(features)
library = pk.layers.PixelNormalization()(features)
np.testing.assert_allclose(mine, library, atol=1e-5)
mean_square = np.square(mine).mean(axis=-1)
np.testing.assert_allclose(mean_square, 1.0, atol=1e-5)
print("pixel norm: as in the library; mean square 1 at every pixel")
print("before:", round(float(np.square(features).mean())), "on average")

# %% [markdown]
# ### What goes wrong: signals explode, or die out
#
# Ten convolutions in a row, as in a generator. Suppose that in the course of
# training all weights have become 1.5 times too large, or too small. (The
# convolution is one that section 4 explains; here we only use that its `gain`
# multiplies all weights.)
#
# **Question.** How large is the signal after ten layers, without
# normalisation? And with it?

# %%


def signal_sizes(factor, normalise):
    """Return the signal's root mean square after each of ten layers."""
    x = np.random.default_rng(1).normal(size=(4, 8, 8, 32)).astype("float32")
    sizes = []
    for number in range(10):
        gain = factor * math.sqrt(2.0)  # sqrt(2) would about keep the size
        x = pk.layers.EqualizedConv2D(32, gain=gain, seed=number)(x)
        x = ops.leaky_relu(x, 0.2)
        x = MyPixelNorm()(x) if normalise else x
        sizes.append(float(ops.sqrt(ops.mean(ops.square(x)))))
    return sizes


sizes = {
    "too large, without": signal_sizes(1.5, False),
    "too large, with": signal_sizes(1.5, True),
    "too small, with": signal_sizes(1 / 1.5, True),
    "too small, without": signal_sizes(1 / 1.5, False),
}

# %% tags=["check"]
for weights in ("too large", "too small"):
    np.testing.assert_allclose(sizes[f"{weights}, with"], 1.0, atol=0.01)
assert sizes["too large, without"][-1] > 10
assert sizes["too small, without"][-1] < 1 / 10
for name, found in sizes.items():
    print(f"{name:19} {found[-1]:8.3f} after ten layers")

# %%
# Empty squares, so that one sees the crosses in them.
styles = [(ORANGE, "o-"), (BLUE, "s--"), ("black", "x:"), (GREEN, "^-.")]
plt.figure(figsize=(8, 2.8))
for (name, found), (colour, style) in zip(sizes.items(), styles, strict=True):
    plt.semilogy(range(1, 11), found, style, c=colour, mfc="none", label=name)
plt.xlabel("after layer")
plt.ylabel("root mean square")
plt.legend(title="weights, pixel norm", bbox_to_anchor=(1.0, 1.0))
plt.tight_layout()
plt.show()

# %% [markdown]
# *Figure 2. Size of the signal after each of ten convolutions, on a
# logarithmic axis. Without pixel normalisation it grows exponentially for
# weights that are too large, and dies out for weights that are too small; with
# it, it stays at 1 in both cases: squares and crosses lie on each other.*
#
# After ten layers, a wrong factor in each of them has become its tenth power,
# here 58 or 1/58. (The printed numbers are smaller, since the zeros that pad
# the borders take some of the signal in every layer.) With pixel normalisation
# after every layer the factor is forgotten at once.

# %% [markdown]
# ## 3. Minibatch standard deviation: seeing a lack of variety
#
# $D$ scores pictures one by one. Suppose $G$ has found one picture that $D$
# likes, and makes it for every latent. Each picture for itself looks fine. This
# is called *mode collapse*. The paper's answer (section 3) is to show $D$ how
# much the pictures of a batch differ:
#
# 1. cut the batch into groups of four; with $M$ groups, picture $n$ goes into
#    group $n \bmod M$;
# 2. take the standard deviation over the four pictures, for every feature at
#    every pixel;
# 3. average all of these into *one number* per group;
# 4. append it to each picture of the group as a constant feature map.
#
# **Question.** All pictures of a batch are the same. Which number does $D$ see?


# %% tags=["setup"]
class MyMinibatchStdev(keras.layers.Layer):
    """Append how much a group of four pictures differs, as a feature map."""

    def call(self, x):
        _, height, width, channels = x.shape
        groups = ops.reshape(x, (4, -1, height, width, channels))
        deviation = ops.sqrt(ops.var(groups, axis=0) + 1e-8)
        number = ops.mean(deviation, axis=(1, 2, 3), keepdims=True)
        feature_map = ops.tile(number, (4, height, width, 1))
        return ops.concatenate([x, feature_map], axis=-1)


# %% tags=["check"]
features = random.normal(size=(12, 4, 4, 6)).astype("float32")
mine = MyMinibatchStdev()(features)
library = pk.layers.MinibatchStdev(group_size=4)(features)
assert mine.shape == (12, 4, 4, 7)
np.testing.assert_allclose(mine, library, atol=1e-6)
groups = np.asarray(mine)[:, 0, 0, -1]  # 12 pictures, hence 3 groups
np.testing.assert_allclose(groups[:3], groups[3:6], atol=1e-6)
print("minibatch stdev: as in the library; picture n is in group n mod 3")

# %% [markdown]
# **See.** Three batches of eight: different portraits, two portraits taking
# turns by pairs, and one portrait eight times.

# %%
level = images.at(16)
batches = {
    "all differ": level[chosen],
    "two kinds": level[chosen[[0, 0, 5, 5, 0, 0, 5, 5]]],
    "all the same": level[chosen[[0] * 8]],
}
labels = []
for name, batch in batches.items():
    seen = MyMinibatchStdev()(tf.cast(batch, "float32") / 127.5 - 1.0)
    labels.append(f"{name}\nD sees {float(seen[0, 0, 0, -1]):.4f}")
show(list(batches.values()), labels)

# %% [markdown]
# *Figure 3. Three batches of eight portraits and the number that D sees:
# largest where all pictures differ, smaller for two kinds, and 0.0001 (the
# root of the 1e-8) where all are the same.*
#
# ### What goes wrong: a collapse that nobody sees
#
# Let us play the worst case. $G$ has collapsed in the cleverest way: every
# batch of eight is *one real portrait*, another one each time. $D$ gets such
# batches as made ones, and batches of eight different portraits as real ones.
# We train two small discriminators to tell them apart, one with our layer and
# one without.
#
# **Question.** $D$'s loss is that of lesson 1. It starts at about
# $2 \log 2 = 1.39$. Where does each of the two end?


# %%
def small_discriminator(sees_variety):
    """Scores of pictures at 16x16, by three convolutions."""
    settings = {"padding": "same", "activation": "leaky_relu"}
    image = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(16, 3, strides=2, **settings)(image)
    x = keras.layers.Conv2D(32, 3, strides=2, **settings)(x)
    if sees_variety:
        x = MyMinibatchStdev()(x)
    x = keras.layers.Conv2D(32, 3, **settings)(x)
    x = keras.layers.Flatten()(x)
    return keras.Model(image, keras.layers.Dense(1)(x))


def find_the_collapse(sees_variety, steps):
    """Train D on varied and collapsed batches; return its losses."""
    keras.utils.set_random_seed(1)
    numbers = np.random.default_rng(1)
    model = small_discriminator(sees_variety)
    optimizer = keras.optimizers.Adam(0.002)
    optimizer.build(model.trainable_variables)

    @tf.function
    def step(varied, collapsed):
        with tf.GradientTape() as tape:
            loss = ops.mean(ops.softplus(model(collapsed)))
            loss += ops.mean(ops.softplus(-model(varied)))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    losses = []
    for _ in range(steps):
        varied = level[numbers.choice(len(level), 8, replace=False)]
        collapsed = level[[numbers.choice(len(level))] * 8]
        pair = [
            tf.cast(x, "float32") / 127.5 - 1.0 for x in (varied, collapsed)
        ]
        losses.append(float(step(*pair)))
    return losses


steps = 200 if QUICK else 400
blind = find_the_collapse(False, steps)
seeing = find_the_collapse(True, steps)

# %% tags=["check"]
print(f"last 20 steps, without the layer: {np.mean(blind[-20:]):.2f}")
print(f"last 20 steps, with the layer:    {np.mean(seeing[-20:]):.2f}")
assert np.mean(blind[-20:]) > 1.2
assert np.mean(seeing[-20:]) < 0.4

# %%
plt.figure(figsize=(6, 2.8))
plt.plot(blind, c=ORANGE, lw=1, label="without")
plt.plot(seeing, "--", c=BLUE, label="with")
plt.axhline(2 * math.log(2), c="black", ls=":", lw=1, label="2 log 2")
plt.xlabel("step")
plt.ylabel("loss of D")
plt.legend(title="minibatch stdev")
plt.show()

# %% [markdown]
# *Figure 4. Loss of the two discriminators over the steps of training. Without
# minibatch standard deviation it stays around 2 log 2, pure guessing; with it,
# it falls to nearly 0 after about 100 steps, with a few relapses, one of them
# to more than 4.*
#
# The discriminator without the layer is not stupid. It cannot know: each
# picture for itself *is* a real portrait. No training helps. With one number
# more, it finds the collapse after about 100 steps, and since this number
# has a gradient, $D$ can tell $G$ to vary its pictures.

# %% [markdown]
# ## 4. Equalized learning rate: all layers at one speed
#
# Before a leaky ReLU, good initial weights have a standard deviation of
# $\sqrt{2 / \mathrm{fan\_in}}$ (He's constant), where fan-in is the number of
# inputs of one output. One usually draws them at this size. The paper draws
# them from $N(0, 1)$ and multiplies by the constant *each time they are used*
# (section 4.1; the bias is not scaled).
#
# At the start both give the same outputs. The difference comes with Adam. Adam
# divides a gradient by its own size, so every weight moves by about the
# learning rate per step, be the weight large or small.
#
# **Question.** One layer has a fan-in of 16, another one of 4,608 (a 3x3
# convolution of 512 feature maps). With weights drawn the usual way, in which
# of them does a step of 0.001 change more, relative to the weight?


# %%
class MyEqualizedConv(keras.layers.Layer):
    """A convolution whose weights are scaled when they are used."""

    def __init__(self, filters, size=3):
        super().__init__()
        self.filters, self.size = filters, size

    def build(self, input_shape):
        shape = (self.size, self.size, input_shape[-1], self.filters)
        normal = keras.initializers.RandomNormal(stddev=1.0, seed=1)
        self.kernel = self.add_weight(shape=shape, initializer=normal)
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros")
        fan_in = self.size * self.size * input_shape[-1]
        self.scale = math.sqrt(2.0 / fan_in)

    def call(self, x):
        kernel = self.kernel * self.scale  # at run time
        return ops.conv(x, kernel, padding="same") + self.bias


# %% tags=["check"]
features = random.normal(size=(4, 8, 8, 32)).astype("float32")
my_layer = MyEqualizedConv(64)
library_layer = pk.layers.EqualizedConv2D(64)
library_layer.build(features.shape)
my_layer.build(features.shape)
my_layer.bias.assign(random.normal(size=64))
library_layer.kernel.assign(my_layer.kernel)
library_layer.bias.assign(my_layer.bias)
np.testing.assert_allclose(
    my_layer(features), library_layer(features), atol=1e-4
)
stored, used = np.std(my_layer.kernel), np.std(my_layer.kernel) * my_layer.scale
np.testing.assert_allclose(stored, 1.0, atol=0.05)
print("equalized convolution: as in the library, for the same weights")
print(f"deviation of the weights: stored {stored:.2f}, used {used:.3f}")

# %% [markdown]
# ### What goes wrong: layers at different speeds
#
# One step of Adam on layers of different fan-in, with the trick and without:
# by how many percent does it change the weights that are used?


# %% tags=["setup"]
def adam():
    return keras.optimizers.Adam(0.001, beta_1=0.0, beta_2=0.99)


def relative_step(fan_in, equalized, optimizer):
    """Percent by which one step changes the weights that are used."""
    he = math.sqrt(2.0 / fan_in)
    drawn, scale = (1.0, he) if equalized else (he, 1.0)
    weights = drawn * random.normal(size=10_000).astype("float32")
    variable = keras.Variable(weights)
    # By the weights that are used; the chain rule brings in their scale.
    gradient = random.normal(size=weights.shape).astype("float32")
    optimizer.apply([scale * gradient], [variable])
    return 100.0 * np.std(variable - weights) / np.std(weights)


fan_ins = (16, 144, 576, 4608)


def draw_speeds(speeds, scale="linear"):
    """Draw the relative steps of both kinds of weights as bars."""
    plt.figure(figsize=(8, 2.8))
    places = np.arange(len(fan_ins))
    for (label, steps), shift, colour, hatch in zip(
        speeds.items(), (-0.2, 0.2), (ORANGE, BLUE), ("", "//"), strict=True
    ):
        plt.bar(
            places + shift,
            steps,
            width=0.4,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            label=label,
        )
    plt.xticks(places, [f"{fan_in:,}" for fan_in in fan_ins])
    plt.xlabel("fan-in")
    plt.ylabel("change in one step, %")
    plt.yscale(scale)
    plt.legend(title="weights", bbox_to_anchor=(1.0, 1.0))
    plt.tight_layout()
    plt.show()


# %%
speeds = {
    name: [relative_step(fan_in, equalized, adam()) for fan_in in fan_ins]
    for name, equalized in (("scaled when drawn", 0), ("scaled when used", 1))
}

# %% tags=["check"]
np.testing.assert_allclose(speeds["scaled when used"], 0.1, rtol=0.05)
assert speeds["scaled when drawn"][-1] > 10 * speeds["scaled when drawn"][0]
for name, steps in speeds.items():
    print(f"{name}:", ", ".join(f"{step:.2f} %" for step in steps))

# %%
draw_speeds(speeds)

# %% [markdown]
# *Figure 5. Relative change of the weights in one step of Adam with a learning
# rate of 0.001, for four fan-ins. Scaled when drawn, it grows from 0.3 to 5
# percent with the fan-in; scaled when used, it is 0.1 percent everywhere.*
#
# Without the trick, no learning rate is right for all layers: what is careful
# for the first is wild for the last. With it, all of them learn at one speed.
#
# ## Summary
#
# - A *weighted sum* fades new layers in. With an alpha that is no weight, the
#   fade stands still, in silence.
# - *Pixel normalisation* keeps the generator's signals at size 1. Without it, a
#   factor in each layer becomes its tenth power.
# - *Minibatch standard deviation* shows $D$ how much a batch varies. Without
#   it, $D$ can but guess whether $G$ makes one picture only.
# - The *equalized learning rate* scales weights when they are used. Without it,
#   a layer of large fan-in learns many times as fast as one of small fan-in.
#
# All four are in `pk.layers`, and work in any Keras model.
#
# ## Exercises
#
# [Solutions](solutions/02_four_layers.ipynb) are in a notebook of their own.

# %% [markdown] tags=["exercise"]
# ### Exercise 1: fool the discriminator
#
# $G$ makes only two different pictures, A and B. Find an order of eight
# pictures, four A and four B, for which minibatch standard deviation reports no
# variety at all, and one for which it reports the most. Why is this no great
# help to a collapsed $G$ in training?

# %% tags=["solution"]
one, other = images.at(16)[chosen[[0, 5]]] / 127.5 - 1.0
for order in ("ABABABAB", "AABBAABB"):
    batch = np.stack([one if kind == "A" else other for kind in order])
    seen = MyMinibatchStdev()(tf.cast(batch, "float32"))
    print(order, np.asarray(seen[:2, 0, 0, -1]).round(4))

# %% [markdown] tags=["solution"]
# Eight pictures are two groups of four, and picture n is in group n mod 2. If A
# and B take turns, one group is all A and the other all B: `ABABABAB` gives
# 0.0001 for both groups, as a batch of one picture would. `AABBAABB` puts two
# of each into every group, which is the most that two kinds can show.
#
# It is no great help to $G$, for two reasons. A low number is what gives a
# collapsed batch away; $G$ would want a *high* one. And $G$ cannot choose the
# order: its latents are drawn at random, so that groups of all compositions
# occur. Two kinds never reach the number of a batch of real pictures, in which
# all differ.

# %% [markdown] tags=["exercise"]
# ### Exercise 2: is it equal for everyone?
#
# Repeat figure 5 with plain gradient descent, `keras.optimizers.SGD(0.001)`, in
# place of Adam. Do both kinds of weights keep their speeds? Explain what you
# find by the chain rule.

# %% tags=["solution"]
speeds = {
    name: [
        relative_step(fan_in, equalized, keras.optimizers.SGD(0.001))
        for fan_in in fan_ins
    ]
    for name, equalized in (("scaled when drawn", 0), ("scaled when used", 1))
}
for name, steps in speeds.items():
    print(f"{name}:", ", ".join(f"{step:.3f} %" for step in steps))
draw_speeds(speeds, scale="log")

# %% [markdown] tags=["solution"]
# *The bars of figure 5 for gradient descent, on a logarithmic axis: scaled when
# drawn they rise with the fan-in as before, scaled when used they fall, from
# 0.035 to 0.002 percent.*
#
# Scaled when drawn, the result is that of Adam, because the gradients that we
# made up have a size of 1. Scaled when used, a layer of large fan-in now learns
# more *slowly*. The weight that is used is $c\,w$, so the gradient of $w$ is
# $c$ times that of the weight used: for a large fan-in, $c$ is small, and so is
# the step. Adam divides the gradient by its size, and $c$ with it. So the trick
# belongs to optimizers that do this, such as Adam or RMSprop; the name of the
# paper's section 4.1 does not say so, but its text does.

# %% [markdown] tags=["exercise"]
# ### Exercise 3: take one away
#
# `pk.ProGAN(16, architecture=...)` takes layers away: `{"generator_norm":
# None}`, `{"minibatch": None}`, `{"equalized": False}`. Train small GANs with
# and without, by the schedule of lesson 1 or a shorter one. What do you see?
# Which differences would you trust?

# %% tags=["solution"]
variants = {
    "all four": {},
    "no pixel norm": {"generator_norm": None},
    "no stdev": {"minibatch": None},
    "not equalized": {"equalized": False},
}
size, unit = (8, 50) if QUICK else (16, 2_500)
schedule = pk.Schedule(
    resolution=size,
    stabilise_images={size: 2 * unit, None: unit},
    fade_images=unit,
    learning_rate=0.002,
)
rows = []
for name, switches in variants.items():
    gan = pk.ProGAN(size, fmap_max=32, seed=1, architecture=switches)
    gan.compile("non_saturating", "simultaneous", ema_half_life=2000)
    for stage in schedule:
        gan.enter_stage(stage)
        gan.fit(
            images.stream(stage.resolution, 16, start=gan.images_seen),
            steps_per_epoch=stage.steps_from(gan.images_seen),
            shuffle=False,
            verbose=0,
        )
    rows.append(gan.generate(8, seed=5))
    spread = np.std(gan.generate(64, seed=5) / 127.5 - 1.0, axis=0).mean()
    print(f"{name:14} pictures differ by {spread:.2f} at a pixel")
show(rows, list(variants))

# %% [markdown] tags=["solution"]
# *Four rows of eight pictures at 16x16, each from a GAN that was trained in the
# same way: with all four layers, without pixel normalisation, without minibatch
# standard deviation, and without equalized learning rate. The first three rows
# are speckled blobs alike; the last one has smooth heads on shoulders.*
#
# Taking a layer away has ruined nothing, and the last row is even the best.
# That may come from what figure 5 shows: scaled when drawn, weights of these
# layers move about ten times as far in a step, and there are only about 900
# steps. Would the order be the same with a smaller learning rate, or after an
# hour? One run per row, with one seed, cannot say. Train the first row again
# with other seeds, to see how far rows differ when nothing was taken away. Only
# what differs more may be trusted.
#
# What may be trusted are the mechanisms of this lesson, each of which was
# tested alone. What they are worth together takes longer runs, several seeds
# and a measure. The paper has such a table (section 6.1, table 1), and lesson
# 11 makes one.
#
# That small GANs learn without these layers, too, is no contradiction. Signals
# explode when there is time for it, layers learn at different speeds where
# fan-ins differ much, and both matter more in large networks and long runs.
