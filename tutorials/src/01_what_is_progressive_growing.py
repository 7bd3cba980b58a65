# %% [markdown]
# # Lesson 1: what is progressive growing?
#
# A generative adversarial network (GAN) learns to make pictures like those it
# is shown. A *progressively growing* GAN learns it in steps: first pictures
# of 4x4 pixels, then 8x8, then 16x16, and so on. In this lesson you
#
# 1. see why growing helps, on real pictures;
# 2. build by hand the four layers that make it work, and check each one;
# 3. look at the networks that are built from them;
# 4. grow a small GAN from 4x4 to 16x16.
#
# **At the end** there is a filmstrip on your screen: the same eight random
# inputs become eight pictures, sharper from row to row.
#
# **You need** some practice with Keras: layers, models, `fit`. You need to
# know nothing about GANs. A laptop without a GPU is enough. Reading and trying
# things takes about half an hour; running everything takes two to four
# minutes and about 1 GB of memory.
#
# **The paper** is Karras, Aila, Laine and Lehtinen, *Progressive Growing of
# GANs for Improved Quality, Stability, and Variation*, ICLR 2018,
# [arXiv 1710.10196](https://arxiv.org/abs/1710.10196). The sections named
# below are sections of this paper.
#
# Before most cells there is a question. Answer it first, then run the cell.

# %%
import math
import os

# TensorFlow reads these when it is imported. They keep its messages off the
# screen.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

import progan_keras as pk

keras.utils.set_random_seed(1)
plt.rcParams["figure.dpi"] = 80
plt.rcParams["image.interpolation"] = "nearest"
# Blue, orange, green: told apart by all kinds of eyes, and in grey print.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"


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
# ## 1. Pictures at every size
#
# The package brings a set of pictures along: 2,251 emoji of people and faces,
# 64x64 pixels on white. `load` stores them at every size once. It gets from
# one size to the next by averaging each square of 2x2 pixels.
#
# **Question.** From which size on can you tell a face from a person? From
# which size on can you see where the eyes look?

# %%
images = pk.data.load("emoji_portraits")
print(images.at(32).shape, images.at(32).dtype)

chosen = np.linspace(100, len(images) - 1, 8).astype(int)
show(
    [images.at(size)[chosen] for size in (4, 8, 16, 32)],
    ["4x4", "8x8", "16x16", "32x32"],
)

# %% [markdown]
# *Figure 1. Eight emoji portraits as 4x4, 8x8, 16x16 and 32x32 pixels. At 4x4
# one sees where the head is and its colours; at 8x8 the hair; at 16x16 the
# eyes; at 32x32 the expression.*
#
# The rows are ordered by difficulty. A 4x4 picture is 48 numbers, and the 48
# numbers say what matters most: a head, this large, in these colours. A 32x32
# picture is 3,072 numbers, and most of them are detail that makes sense only
# once the large shapes are right.
#
# That is the idea of the paper (section 2). Let the network first find the
# large shapes, in small pictures, where this is easy and quick. Then add
# layers for the next size. The new layers have one job: to add detail to what
# the old layers already do.
#
# ### The game
#
# A GAN is two networks that play against each other.
#
# - The **generator** $G$ turns a vector $z$ of random numbers, the *latent*,
#   into a picture $G(z)$.
# - The **discriminator** $D$ turns a picture into one number, its score: high
#   if it takes the picture for a real one.
#
# $D$ is trained to score real pictures $x$ high and made ones low. $G$ is
# trained to make pictures that $D$ scores high. $G$ never sees a real picture.
# All it learns comes through the gradient of $D$. We use the original GAN's
# loss, with $\mathrm{softplus}(s) = \log(1 + e^s)$:
#
# $$L_D = \mathrm{softplus}(D(G(z))) + \mathrm{softplus}(-D(x)), \qquad
#   L_G = \mathrm{softplus}(-D(G(z)))$$
#
# The paper mostly uses another one, WGAN-GP (appendix A.1). Growing works with
# both. This one shows something sooner.
#
# Three things can go wrong, and the four layers below are the answers.
#
# | trouble | answer | section |
# |---|---|---|
# | new layers start as noise and spoil what was learned | weighted sum | 2 |
# | $G$ makes one picture again and again | minibatch stdev | 3 |
# | some layers learn faster than others | equalized learning rate | 4.1 |
# | signals in $G$ grow without bound | pixel normalisation | 4.2 |

# %% [markdown]
# ## 2. Weighted sum: a new size fades in
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

# %%
random = np.random.default_rng(1)
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
# *Figure 2. One portrait at alpha = 0, 0.25, 0.5, 0.75 and 1. On the left the
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


stale, alive = StaleWeightedSum(), MyWeightedSum()
print("plain number:", run_twice(stale, lambda a: setattr(stale, "alpha", a)))
print("weight:      ", run_twice(alive, alive.alpha.assign))

# %% [markdown]
# The plain number stays 0, and nothing complains. TensorFlow ran the Python
# code once, wrote down the graph with the constant 0.0 in it, and used this
# graph from then on. Training would go on at alpha = 0 for the whole fade.
# The new layers would get no gradient at all, and would then appear at once,
# untrained. A weight is read each time the graph runs.

# %% [markdown]
# ## 3. Pixel normalisation: signals that stay bounded
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


# %%
features = 50.0 * random.normal(size=(2, 8, 8, 32)).astype("float32")
mine = MyPixelNorm()(features)
library = pk.layers.PixelNormalization()(features)
np.testing.assert_allclose(mine, library, atol=1e-5)
mean_square = np.square(mine).mean(axis=-1)
np.testing.assert_allclose(mean_square, 1.0, atol=1e-5)
print("pixel norm: as in the library; mean square 1 at every pixel")
print("before:", round(float(np.square(features).mean())), "on average")

# %% [markdown]
# **See.** Ten convolutions in a row, with weights that are 1.5 times too
# large: how large is the signal after each of them?

# %%


def signal_sizes(normalise):
    """Return the signal's root mean square after each of ten layers."""
    x = random.normal(size=(4, 8, 8, 32)).astype("float32")
    sizes = []
    for number in range(10):
        gain = 1.5 * math.sqrt(2.0)
        x = pk.layers.EqualizedConv2D(32, gain=gain, seed=number)(x)
        x = ops.leaky_relu(x, 0.2)
        x = MyPixelNorm()(x) if normalise else x
        sizes.append(float(ops.sqrt(ops.mean(ops.square(x)))))
    return sizes


plt.figure(figsize=(6, 2.8))
plt.semilogy(range(1, 11), signal_sizes(False), "o-", c=ORANGE, label="without")
plt.semilogy(range(1, 11), signal_sizes(True), "s--", c=BLUE, label="with")
plt.xlabel("after layer")
plt.ylabel("root mean square")
plt.legend(title="pixel norm")
plt.show()

# %% [markdown]
# *Figure 3. Size of the signal after each of ten convolutions with weights
# that are too large. Without pixel normalisation it grows exponentially; with
# it, it stays at 1.*

# %% [markdown]
# ## 4. Minibatch standard deviation: seeing a lack of variety
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


# %%
class MyMinibatchStdev(keras.layers.Layer):
    """Append how much a group of four pictures differs, as a feature map."""

    def call(self, x):
        batch, height, width, channels = x.shape
        groups = ops.reshape(x, (4, batch // 4, height, width, channels))
        deviation = ops.sqrt(ops.var(groups, axis=0) + 1e-8)
        number = ops.mean(deviation, axis=(1, 2, 3), keepdims=True)
        feature_map = ops.tile(number, (4, height, width, 1))
        return ops.concatenate([x, feature_map], axis=-1)


# %%
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
# *Figure 4. Three batches of eight portraits and the number that D sees:
# largest where all pictures differ, smaller for two kinds, and 0.0001 (the
# root of the 1e-8) where all are the same.*
#
# Batches of real pictures have a number like the first one. A batch with
# 0.0001 is made, and $D$ notices at once. So $G$ has to vary its pictures.
# (Here we gave the layer the pictures themselves. In $D$ it stands near the
# end, and compares what $D$ has found in them.)

# %% [markdown]
# ## 5. Equalized learning rate: all layers at one speed
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


# %%
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
# **See.** One step of Adam on layers of different fan-in: by how many percent
# does it change the weights that are used?

# %%


def relative_step(fan_in, equalized):
    """Percent by which one Adam step changes weights of this fan-in."""
    he = math.sqrt(2.0 / fan_in)
    weights = random.normal(size=10_000) * (1.0 if equalized else he)
    variable = keras.Variable(weights)
    gradient = random.normal(size=weights.shape).astype("float32")
    keras.optimizers.Adam(0.001, beta_1=0.0, beta_2=0.99).apply(
        [gradient], [variable]
    )
    return 100.0 * np.std(variable - weights) / np.std(weights)


fan_ins = (16, 144, 576, 4608)
places = np.arange(len(fan_ins))
plt.figure(figsize=(6, 2.8))
for shift, equalized, colour, hatch in (
    (-0.2, False, ORANGE, ""),
    (0.2, True, BLUE, "//"),
):
    plt.bar(
        places + shift,
        [relative_step(fan_in, equalized) for fan_in in fan_ins],
        width=0.4,
        color=colour,
        hatch=hatch,
        edgecolor="white",
        label="scaled when used" if equalized else "scaled when drawn",
    )
plt.xticks(places, [f"{fan_in:,}" for fan_in in fan_ins])
plt.xlabel("fan-in")
plt.ylabel("change in one step, %")
plt.legend(title="weights")
plt.show()

# %% [markdown]
# *Figure 5. Relative change of the weights in one step of Adam with a learning
# rate of 0.001, for four fan-ins. Scaled when drawn, it grows from 0.3 to 5
# percent with the fan-in; scaled when used, it is 0.1 percent everywhere.*
#
# Without the trick, no learning rate is right for all layers: what is careful
# for the first is wild for the last. With it, all of them learn at one speed.

# %% [markdown]
# ## 6. The networks: pairs for every size
#
# `ProGAN` builds $G$ and $D$ from these layers. For each size there is a pair
# of Keras models: `straight`, the grown network, and `fade_in`, in which a
# weighted sum mixes the new size with the last. At 4x4 there is nothing to
# fade from. `fmap_max=48` makes the networks narrow, hence quick; the paper's
# have 512 feature maps here.

# %%
gan = pk.ProGAN(resolution=16, fmap_max=48, seed=1)
for pair in gan.generators:
    fade_in = pair.fade_in.name if pair.fade_in else "-"
    count = pair.straight.count_params()
    print(f"{pair.straight.name:18}{fade_in:24}{count:8,} parameters")

# %% [markdown]
# All these models share one set of layers: the 16x16 generator contains the
# 8x8 one, which contains the 4x4 one. `gan.discriminators` is the same the
# other way round, and `gan.ema_generators` is a running average of the
# generators, which makes calmer pictures than the generators themselves.
#
# **Question.** What does `fade_in` at 8x8 give at alpha = 0?

# %%
latents = pk.latents.sample(8, gan.config.latent_dim, seed=3)
gan.set_alpha(0.0)
faded = gan.generators[1].fade_in(latents)
straight = gan.generators[0].straight(latents)
np.testing.assert_allclose(
    faded, pk.images.upscale_nearest(straight, 8), atol=1e-6
)
print("at alpha = 0 it is the 4x4 picture, with every pixel repeated")

show(
    [pair.straight(latents) for pair in gan.generators],
    [f"{pair.resolution}x{pair.resolution}" for pair in gan.generators],
)

# %% [markdown]
# *Figure 6. What the untrained generators make of eight latents at 4x4, 8x8
# and 16x16: coloured noise.*
#
# ### The schedule
#
# Training alternates between two kinds of stage (section 2, appendix A). In a
# *fade*, alpha moves from 0 to 1 with the number of real pictures shown. In a
# *stabilising* stage, the straight networks go on learning. The authors' code
# shows 600,000 pictures per stage; we show 8,000, and 16,000 in the last one.

# %%
# Thousands of real pictures to show in all. Less is quicker and worse.
kimg = float(os.environ.get("PROGAN_LESSON_KIMG", "48"))
unit = round(1000 * kimg / 6)
schedule = pk.Schedule(
    resolution=16,
    stabilise_images={16: 2 * unit, None: unit},
    fade_images=unit,
    batch_size=16,
    learning_rate=0.002,
)
colours = {4: GREEN, 8: ORANGE, 16: BLUE}
plt.figure(figsize=(9, 2.2))
for stage in schedule:
    start, end = stage.start / 1000, stage.end / 1000
    plt.axvspan(
        start,
        end,
        facecolor=colours[stage.resolution],
        alpha=0.35,
        hatch="//" if stage.fade_in else None,
        edgecolor="white",
    )
    alphas = [stage.alpha(stage.start), stage.alpha(stage.end)]
    plt.plot([start, end], alphas, color="black", linewidth=2)
    plt.text(
        (start + end) / 2,
        1.12,
        str(stage).replace(" ", "\n", 1),
        ha="center",
    )
plt.xlim(0, schedule.total_images / 1000)
plt.ylim(0, 1.05)
plt.xlabel("real pictures shown, thousands")
plt.ylabel("alpha")
plt.show()

# %% [markdown]
# *Figure 7. The five stages of this lesson from left to right: 4x4 stabilise,
# 8x8 fade in, 8x8 stabilise, 16x16 fade in, 16x16 stabilise. Fades are
# hatched. The black line is alpha: it rises from 0 to 1 in each fade and is 1
# otherwise.*

# %% [markdown]
# ## 7. Grow it
#
# Now the game is played. For each stage: enter it, then `fit` on pictures of
# its size. After each stage we keep what the generator makes of the same eight
# latents. This cell takes one to three minutes.
#
# - `loss="non_saturating"` is the loss from section 1.
# - `update="simultaneous"` trains $D$ and $G$ from the same made pictures,
#   which saves time.
# - `ema_half_life=4000`: in the average of the generators, what was learned
#   4,000 pictures ago counts half.
#
# **Question.** After a fade, the last word on a picture is with layers that
# did not exist before. Will a latent still give a related picture?

# %%
gan.compile(loss="non_saturating", update="simultaneous", ema_half_life=4000)
film = []
for stage in schedule:
    gan.enter_stage(stage)
    steps = stage.steps_from(gan.images_seen)
    print(f"{str(stage):16} {stage.images:6,} pictures, {steps} steps")
    gan.fit(
        images.stream(
            stage.resolution, stage.batch_size, start=gan.images_seen
        ),
        steps_per_epoch=steps,
        epochs=1,
        shuffle=False,  # the stream is shuffled already
        verbose=0,
    )
    film.append(gan.generate(latents=latents))
print(f"{gan.images_seen:,} pictures shown")

# %%
show(film, [str(stage).replace(" ", "\n", 1) for stage in schedule])

# %% [markdown]
# *Figure 8. The filmstrip: each column is one latent, each row the end of one
# stage, 4x4 at the top, 16x16 at the bottom. The pictures get finer from row
# to row, and most columns keep their large shapes and colours.*
#
# Read it from the top.
#
# - **4x4**: something darker in the middle of something bright. There is little
#   more to learn at this size.
# - **8x8**: after the fade still speckled, then calmer. There is a head, and
#   often a body of another colour.
# - **16x16**: an outline, hair, clothes. The large shapes come from the rows
#   above; colours may still change.
#
# These rows, like all that `gan.generate` makes, come from the average of the
# generators. Early in a stage it follows the generator more closely than
# later: it must not keep the random weights that new layers began with.
#
# **Question.** Put made pictures beside real ones. What is right in them, and
# what is missing?

# %%
made = gan.generate(16, seed=5)
real = images.at(16)[random.choice(len(images), 16, replace=False)]
show([real[:8], made[:8], made[8:]], ["real", "made", "made"])
for name, batch in (("real", real), ("made", made)):
    seen = MyMinibatchStdev()(tf.cast(batch, "float32") / 127.5 - 1.0)
    number = float(ops.mean(seen[..., -1]))
    print(f"{name}: minibatch standard deviation {number:.2f}")

# %% [markdown]
# *Figure 9. One row of real portraits at 16x16 and two rows of made ones, with
# the numbers of section 4 printed below.*
#
# Right are the composition and the variety. There are heads with dark or fair
# hair on shoulders in one colour, and round yellow heads, on a nearly white
# ground. The number for variety is near that of the real pictures: no collapse.
#
# Missing is almost everything finer. Only some pictures are people at first
# sight, others are coloured blobs. Eyes and mouths are a few dark pixels, if
# anything. Edges are frayed, and the ground is speckled where the real one is
# plain white. On your machine the pictures may differ, since rounding does; the
# kind of fault will not. Two minutes are a short time for a GAN.
#
# One more piece of honesty: 16x16 is too small to *need* growing. Exercise 3
# lets you find out for yourself. Growing is here because it can be watched from
# start to end in two minutes; it was made for pictures of 1024x1024.
#
# ## What to do next
#
# The command line does what section 7 did, up to 32x32 and for longer. It
# prints its plan first, saves as it goes and can be stopped and resumed:
#
# ```
# progan train
# progan generate runs --output pictures.png
# ```
#
# It takes your own pictures too: `progan train my_pictures/`.
#
# ## Summary
#
# - A progressively growing GAN learns large shapes first, in small pictures,
#   and adds layers for each new size.
# - A *weighted sum* fades new layers in; its alpha has to be a weight, or the
#   compiled graph never sees it change.
# - *Pixel normalisation* keeps the generator's signals at size 1.
# - *Minibatch standard deviation* shows the discriminator how much a batch
#   varies.
# - The *equalized learning rate* scales weights when they are used, so that
#   Adam moves all layers at one relative speed.
# - Training is a schedule: 4x4 stabilise, then fade in and stabilise for each
#   new size.
#
# ## Exercises
#
# [Solutions](solutions/01_what_is_progressive_growing.md) are in a file of
# their own.
#
# 1. **A fade by hand.** Set alpha of the trained GAN to 0, 0.25, 0.5, 0.75 and
#    1 and draw what `gan.pair(16).fade_in` makes of one latent. How does the
#    first picture relate to the 8x8 generator?
# 2. **Fool the discriminator.** $G$ makes only two different pictures, A and
#    B. Find an order of eight pictures, four A and four B, for which minibatch
#    standard deviation reports no variety at all, and one for which it reports
#    the most. Why is this no great help to a collapsed $G$ in training?
# 3. **Is growing worth it?** Train a new GAN of the same size at 16x16 from
#    the first step on: enter a single `pk.Stage(16, images=..., ...)`. Compare
#    with figure 9 after the same number of pictures, and after the same time.
#    What do you expect at larger sizes, and why?
