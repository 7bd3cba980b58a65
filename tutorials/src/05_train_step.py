# %% [markdown]
# # Lesson 5: a training step of your own
#
# `fit` calls one method for each batch: `train_step`. Whoever writes it decides
# what training is. In this lesson you write the one of a growing GAN:
#
# 1. a clock, from which alpha and all random numbers follow;
# 2. a `keras.Model` whose `train_step` updates $D$, the average of $G$, and
#    $G$, in one compiled function for each stage;
# 3. the proof that it is right: from the same weights and the same latents it
#    ends in the weights that the library ends in;
# 4. a quicker form, in which both networks learn from one forward pass;
# 5. what it costs when TensorFlow compiles again and again, and what happens
#    when one network's loss moves the other one's weights.
#
# **At the end** there is a filmstrip on your screen: eight latents that grow
# from 4x4 to 32x32, trained by your own class.
#
# **You need** lessons 1 to 4, in particular the lists of straight and fade-in
# pairs (lesson 3) and the losses (lesson 4). A laptop without a GPU is enough.
# Reading and trying things takes about three quarters of an hour; running
# everything takes three to six minutes and about 1.5 GB of memory.
#
# **The paper** is Karras et al., 2018,
# [arXiv 1710.10196](https://arxiv.org/abs/1710.10196): section 2 for growing,
# appendix A.1 for Adam's settings and the average of $G$. The order of updates,
# and simultaneous ones for CIFAR-10, are those of the authors' code.
#
# Before most cells there is a question. Answer it first, then run the cell.

# %% tags=["setup"]
import os
import time
import types

# TensorFlow reads this when it is imported. It keeps its messages off the
# screen, but for one about oneDNN, which makes it fast.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

import progan_keras as pk

# Tests run every lesson on a small budget: set PROGAN_LESSON=quick for it.
QUICK = os.environ.get("PROGAN_LESSON") == "quick"
plt.rcParams["figure.dpi"] = 80
plt.rcParams["image.interpolation"] = "nearest"
# Blue, orange, green: told apart by all kinds of eyes, and in grey print.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"

images = pk.data.load("emoji_portraits")


def show(rows, labels):
    """Draw rows of images, of any resolution, at one size."""
    size = (9, 1.1 * len(rows))
    figure, axes = plt.subplots(len(rows), 1, figsize=size, squeeze=False)
    for axis, pictures, label in zip(axes[:, 0], rows, labels, strict=True):
        scale = 64 // pictures.shape[1]
        axis.imshow(pk.image_grid(pictures, len(pictures), scale, padding=3))
        axis.set_ylabel(label, rotation=0, ha="right", va="center")
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    figure.tight_layout(pad=0.3)
    plt.show()


# %% [markdown]
# ## 1. The clock
#
# In a fade, alpha rises with the number of real pictures shown. The latents of
# a step must differ from those of the step before. And if training is
# interrupted, it should go on as if nothing had happened. One counter is enough
# for all of it: the *clock*, the number of real pictures shown so far.
#
# **Question.** Random numbers usually come from a generator whose state moves
# on with each draw. What would you have to save, to be able to resume? What, if
# the numbers are a function of the clock?
#
# A generator's state has to be saved as well, and to be put back at the right
# moment. A function of the clock needs the clock alone. TensorFlow's
# *stateless* functions are made for this: they take a seed of two numbers, and
# give the same numbers for the same seed. Our first one will say what the
# numbers are for, the second one is the clock.

# %% tags=["setup"]
PURPOSES = ("latents_d", "latents_g", "mix")


def draw(purpose, clock, shape):
    """Random numbers that follow from a purpose and the clock alone."""
    first = tf.constant(PURPOSES.index(purpose), "int64")
    seed = tf.stack([first, tf.cast(clock, "int64")])
    # "philox" is an algorithm that all devices have.
    if purpose == "mix":  # places between 0 and 1
        return tf.random.stateless_uniform(shape, seed, alg="philox")
    return tf.random.stateless_normal(shape, seed, alg="philox")


# %% [markdown]
# Real pictures are mixed as the networks are: at alpha, a picture is `1 -
# alpha` parts of its own half-size version and `alpha` parts of itself (section
# 2, figure 2 of the paper). At alpha = 1 nothing happens, so the same line
# serves all stages.

# %% tags=["setup"]


def prepare(pictures, alpha):
    """Real pictures, uint8, as D is to see them: floats from -1 to 1."""
    new = tf.cast(pictures, "float32") / 127.5 - 1.0
    small = tf.nn.avg_pool2d(new, ksize=2, strides=2, padding="VALID")
    old = tf.repeat(tf.repeat(small, 2, axis=1), 2, axis=2)
    return (1.0 - alpha) * old + alpha * new


# %% [markdown]
# **Check.** Numbers repeat for the same clock and for no other one; pictures
# are mixed as in the library.

# %% tags=["check"]
from progan_keras.reals import prepare_reals

once, again, later = (
    draw("latents_d", clock, (4, 8)) for clock in (16, 16, 32)
)
np.testing.assert_array_equal(once, again)
assert np.abs(once - later).min() > 0.0
assert np.abs(once - draw("latents_g", 16, (4, 8))).min() > 0.0
assert (
    0.0 <= np.min(draw("mix", 0, (99,))) < np.max(draw("mix", 0, (99,))) < 1.0
)
pictures = tf.constant(images.at(8)[:16])
for alpha in (0.0, 0.3, 1.0):
    np.testing.assert_allclose(
        prepare(pictures, alpha), prepare_reals(pictures, alpha), atol=1e-6
    )
print("numbers follow the clock; pictures fade as in the library")

# %% [markdown]
# **See.** What $D$ gets to see of the real pictures during a fade to 32x32.

# %%
chosen = images.at(32)[np.linspace(100, len(images) - 1, 8).astype(int)]
alphas = (0.0, 0.5, 1.0)
show(
    [prepare(chosen, alpha) for alpha in alphas],
    [f"alpha = {alpha}" for alpha in alphas],
)

# %% [markdown]
# *Figure 1. Eight real portraits at alpha 0, 0.5 and 1 of the fade to 32x32. At
# the top each square of 2x2 pixels has one colour; at the bottom every pixel
# has its own; the middle row is half of each.*

# %% [markdown]
# ## 2. The model
#
# Now the class. It owns three lists of pairs, built as in lesson 3:
# generators, discriminators, and a second family of generators that holds the
# *average*. All start from `config.seed`, so the average begins as a copy.
#
# `enter_stage` chooses the pair to train. There is more to it than that:
#
# - **Adam starts anew** (as in the paper's code). A fade brings new weights. An
#   optimizer knows only the variables it was built for, and its averages over
#   past gradients would belong to another network.
# - **`compile` is called again.** `fit` compiles `train_step` into a graph and
#   keeps it. Without a new `compile`, it would quietly go on training the
#   networks of the last stage.
# - What is active is kept in a plain object. Were the networks attributes of
#   the model, Keras would count each of them in for ever.
#
# `train_step` then does, in the paper's order: $D$, the average, $G$ (on fresh
# latents). All that changes from step to step is a *variable* (the clock,
# alphas, weights), since the graph is made once.
#
# The class is long. Read `enter_stage` and `train_step` first, then what
# `train_step` calls: `alpha`, `update`, and from there `update_d`,
# `update_average` and `update_g`.
#
# **Question.** `self.traces += 1` stands in `train_step`. After 1,000 steps,
# what is `traces`?

# %% tags=["setup"]


def adam(learning_rate):
    """The paper's Adam (appendix A.1): no momentum."""
    return keras.optimizers.Adam(
        learning_rate, beta_1=0.0, beta_2=0.99, epsilon=1e-8
    )


class MyProGAN(keras.Model):
    """A growing GAN; D, the average and G are updated in turn."""

    def __init__(self, config, objective, optimizer=adam, decay=0.999):
        super().__init__()
        self.config, self.objective = config, objective
        self.make_optimizer, self.decay = optimizer, decay
        self.generators = pk.networks.build_generators(config)
        self.discriminators = pk.networks.build_discriminators(config)
        self.averages = pk.networks.build_generators(config, name="average")
        self.clock = self.add_weight(
            shape=(), dtype="int64", initializer="zeros", trainable=False
        )
        self.traces = 0
        self.built = True  # there is nothing that fit would have to build

    def enter_stage(self, stage):
        """Choose networks, start Adam anew, have fit compile again."""
        families = (self.generators, self.discriminators, self.averages)
        at = self.config.resolutions.index(stage.resolution)
        pairs = [family[at] for family in families]
        networks = [pair.model(stage.fade_in) for pair in pairs]
        optimizers = []
        for network in networks[:2]:
            optimizers.append(self.make_optimizer(stage.learning_rate))
            optimizers[-1].build(network.trainable_variables)
        self.active = types.SimpleNamespace(
            stage=stage,
            generator=networks[0],
            discriminator=networks[1],
            average=networks[2],
            g_optimizer=optimizers[0],
            d_optimizer=optimizers[1],
            alphas=[p.weighted_sum.alpha for p in pairs if stage.fade_in],
        )
        self.compile(optimizer=None, jit_compile=False)

    def train_step(self, pictures):
        self.traces += 1
        alpha = self.alpha()
        for variable in self.active.alphas:
            variable.assign(alpha)
        logs = self.update(prepare(pictures, alpha))
        self.clock.assign_add(pictures.shape[0])
        return logs

    def alpha(self):
        """By the clock: from 0 to 1 in a fade, else 1."""
        stage = self.active.stage
        if not stage.fade_in:
            return tf.constant(1.0)
        shown = tf.cast(self.clock.value - stage.start, "float32")
        return tf.clip_by_value(shown / stage.images, 0.0, 1.0)

    def update(self, reals):
        """The paper's order: D, the average, G."""
        logs = self.update_d(reals)
        self.update_average()
        logs["g_loss"] = self.update_g(reals.shape[0])
        return logs

    def latents(self, purpose, count):
        shape = (count, self.config.latent_dim)
        return draw(purpose, self.clock.value, shape)

    def d_loss(self, reals, fakes):
        """D's loss with its penalty, and the scores."""
        discriminator = self.active.discriminator
        mix = draw("mix", self.clock.value, (reals.shape[0], 1, 1, 1))
        real, fake = discriminator(reals), discriminator(fakes)
        losses = self.objective.discriminator_loss(real, fake)
        penalties = self.objective.penalty(discriminator, reals, fakes, mix)
        loss = tf.reduce_mean(losses) + tf.reduce_mean(penalties)
        return loss, real, fake

    def update_d(self, reals):
        variables = self.active.discriminator.trainable_variables
        fakes = self.active.generator(self.latents("latents_d", reals.shape[0]))
        with tf.GradientTape() as tape:
            loss, real, fake = self.d_loss(reals, fakes)
        gradients = tape.gradient(loss, variables)
        self.active.d_optimizer.apply(gradients, variables)
        return {
            "d_loss": loss,
            "d_real": tf.reduce_mean(real),
            "d_fake": tf.reduce_mean(fake),
        }

    def update_average(self):
        weights = self.active.generator.trainable_variables
        averages = self.active.average.trainable_variables
        for weight, average in zip(weights, averages, strict=True):
            average.assign(weight + self.decay * (average - weight))

    def update_g(self, count):
        variables = self.active.generator.trainable_variables
        latents = self.latents("latents_g", count)
        with tf.GradientTape() as tape:
            fakes = self.active.generator(latents)
            scores = self.active.discriminator(fakes)
            loss = tf.reduce_mean(self.objective.generator_loss(scores))
        gradients = tape.gradient(loss, variables)
        self.active.g_optimizer.apply(gradients, variables)
        return loss

    def generate(self, latents):
        """Pictures by the average, in the present stage."""
        return self.active.average(latents)


# %% [markdown]
# Two lines hold what is special about a GAN: `tape.gradient(loss, variables)`,
# once with $D$'s variables alone and once with $G$'s. Both losses depend on
# both networks. What each of them may move is decided here. Section 5 shows
# what happens otherwise.
#
# **Check.** The strictest one there is. A GAN of the library with seed 0 starts
# from the same weights as yours, and makes the same random numbers from its
# clock. Both take two steps at 4x4 and three steps of a fade to 8x8, on the
# same pictures. Then all weights must agree: those of $D$, $G$ and the average.
# Plain gradient descent takes Adam's place. (Adam divides gradients by their
# size, and so makes large what should be zero but for rounding.)

# %% tags=["setup"]
SMALL = pk.networks.NetworkConfig(resolution=8, fmap_max=8, seed=0)
STAGES = [
    pk.Stage(4, images=32, batch_size=16, learning_rate=0.02, start=0),
    pk.Stage(8, True, images=64, batch_size=16, learning_rate=0.02, start=32),
]


def assert_equal_weights(mine, library):
    """Fail unless all networks of both GANs have equal weights."""
    families = (
        (mine.generators, library.generators),
        (mine.discriminators, library.discriminators),
        (mine.averages, library.ema_generators),
    )
    for my_pairs, pairs in families:
        for my_pair, pair in zip(my_pairs, pairs, strict=True):
            for kind in ("straight", "fade_in"):
                my_model, model = getattr(my_pair, kind), getattr(pair, kind)
                if model is None:
                    continue  # nothing fades in at 4x4
                for a, b in zip(
                    my_model.variables, model.variables, strict=True
                ):
                    np.testing.assert_allclose(a, b, atol=2e-5, err_msg=a.path)


def take_steps(gans):
    """Two and three steps of the stages, for all GANs on the same pictures."""
    for stage, count in zip(STAGES, (2, 3), strict=True):
        batches = list(images.stream(stage.resolution, 16).take(count))
        for gan in gans:
            gan.enter_stage(stage)
            for batch in batches:
                gan.train_step(batch)


# %% tags=["check"]
wgan_gp, sgd = pk.losses.get("wgan_gp"), keras.optimizers.SGD
mine = MyProGAN(SMALL, wgan_gp, sgd, decay=0.9)
library = pk.ProGAN(resolution=8, fmap_max=8, seed=0)
library.compile(loss=wgan_gp, optimizer=sgd(), ema_decay=0.9)
before = [variable.numpy() for variable in mine.averages[1].straight.variables]
take_steps([mine, library])
assert_equal_weights(mine, library)
assert int(mine.clock) == library.images_seen == 80
after = mine.averages[1].straight.variables
moved = max(np.abs(a - b).max() for a, b in zip(after, before, strict=True))
assert moved > 1e-4
print("after five steps over two stages: the same weights as in the library")

# %% [markdown]
# ## 3. One graph for each stage
#
# Above, each operation ran as Python came to it. `fit` does something else: it
# runs `train_step` once as Python, on placeholders, and writes down each
# operation (this is *tracing*). From then on it runs the graph.
#
# So Python code in `train_step` is executed once per trace. `traces` counts it.
#
# **Question.** The fade to 8x8 and then 8x8 stabilise, 12 steps each. How many
# traces are there in all? How much longer does the first step of a stage take
# than the others?

# %% tags=["setup"]


class Recorder(keras.callbacks.Callback):
    """Keeps what each step returns, its seconds and the alpha then."""

    def __init__(self):
        super().__init__()
        self.steps, self.seconds, self.alphas = [], [], []

    def on_train_batch_begin(self, batch, logs=None):
        self.began = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.seconds.append(time.perf_counter() - self.began)
        self.steps.append({k: float(v) for k, v in logs.items()})
        alphas = self.model.active.alphas
        self.alphas.append(float(alphas[0]) if alphas else 1.0)

    def column(self, name):
        return np.array([step[name] for step in self.steps])


def train(gan, stage):
    """Train one stage with fit; return its Recorder."""
    gan.enter_stage(stage)
    recorder = Recorder()
    clock = int(gan.clock)
    gan.fit(
        images.stream(stage.resolution, stage.images_per_step, start=clock),
        steps_per_epoch=stage.steps_from(clock),
        epochs=1,
        shuffle=False,  # the stream is shuffled already
        verbose=0,
        callbacks=[recorder],
    )
    return recorder


# %%
growing = MyProGAN(SMALL, pk.losses.get("wgan_gp"))
fade = pk.Stage(8, True, images=192, batch_size=16, start=0)
stable = pk.Stage(8, images=192, batch_size=16, start=192)
recorders = []
for stage in (fade, stable):
    recorders.append(train(growing, stage))
    first, *rest = recorders[-1].seconds
    print(
        f"{str(stage):16} {growing.traces} traces so far, first step "
        f"{first:.1f} s, then {1000 * np.median(rest):.0f} ms"
    )
print("alpha:", *(f"{alpha:.2f}" for alpha in recorders[0].alphas))

# %% tags=["check"]
assert growing.traces == 2, "one graph for each stage"
np.testing.assert_allclose(recorders[0].alphas, np.arange(12) / 12, atol=1e-6)
assert int(growing.clock) == 384
assert growing.active.g_optimizer.iterations == 12, "Adam starts anew"
print("one trace per stage; alpha moves in the graph; Adam is fresh")

# %% [markdown]
# The first step of each stage takes seconds, the others milliseconds: it pays
# for the trace. Alpha moves although Python ran only once, since it is computed
# in the graph, from a variable.
#
# ### What goes wrong: a graph for every alpha
#
# It is tempting to compute alpha in Python and to hand it over. If it is stored
# as a plain number, the graph keeps its first value for ever: lesson 1 showed
# that. If it is an *argument* of a compiled function, the opposite happens.
# Here $D$'s gradients are computed by a function of the pictures and alpha,
# which is called with five alphas: as Python numbers, then as tensors.
#
# **Question.** How many traces are there in each case?

# %%
# TensorFlow warns of what comes now, and is right. Here it is on purpose.
tf.get_logger().setLevel("ERROR")
discriminator = growing.discriminators[1].fade_in
traces = []


@tf.function
def d_gradients(pictures, alpha):
    traces.append(alpha)
    reals = prepare(pictures, alpha)
    variables = [v.value for v in discriminator.trainable_variables]
    with tf.GradientTape() as tape:
        penalty = growing.objective.penalty(
            discriminator, reals, -reals, draw("mix", 0, (16, 1, 1, 1))
        )
    return tape.gradient(penalty, variables, unconnected_gradients="zero")


pictures = tf.constant(images.at(8)[:16])
numbers = [0.1, 0.2, 0.3, 0.4, 0.5]
kinds = {"Python numbers": numbers, "tensors": list(map(tf.constant, numbers))}
plt.figure(figsize=(8, 2.8))
for shift, colour, hatch, (kind, values) in zip(
    (-0.2, 0.2), (ORANGE, BLUE), ("", "//"), kinds.items(), strict=True
):
    traces.clear()
    milliseconds = []
    for alpha in values:
        began = time.perf_counter()
        d_gradients(pictures, alpha)
        milliseconds.append(1000 * (time.perf_counter() - began))
    print(f"{kind:15} {len(traces)} traces for {len(values)} alphas")
    plt.bar(
        np.arange(1, 6) + shift,
        milliseconds,
        width=0.4,
        color=colour,
        hatch=hatch,
        edgecolor="white",
        label=kind,
    )
plt.yscale("log")
plt.xlabel("call")
plt.ylabel("milliseconds")
plt.legend(
    title="alpha given as", loc="center left", bbox_to_anchor=(1.01, 0.5)
)
plt.tight_layout()
plt.show()

# %% [markdown]
# *Figure 2. Time of five calls of a compiled function, each with another alpha,
# on a logarithmic axis. With Python numbers every call is slow, since it builds
# a graph; with tensors only the first one is, and the others are many times as
# fast.*
#
# TensorFlow takes a Python number for a part of the program. A new number means
# a new graph, and all graphs stay in memory. A fade of 600,000 pictures, as
# long as in the authors' code, in batches of 16 has 37,500 alphas. If you ever
# read the warning "triggered tf.function retracing" (this cell silences it),
# look for a number that should be a tensor.

# %% [markdown]
# ## 4. Both at once
#
# In the paper's order, $G$ makes two batches in a step: one to train $D$, one
# to be trained by $D$. For CIFAR-10 the authors' code trained both networks at
# once, from the same latents. Then one forward pass through $G$ and one of $D$
# over the made pictures serve both.
#
# A `persistent` tape may be asked twice. Both gradients are taken first, then
# both networks move.
#
# **Question.** Which share of the time will it save?


# %% tags=["setup"]
class Simultaneous(MyProGAN):
    """D and G learn from the same made pictures, at the same time."""

    def update(self, reals):
        active = self.active
        with tf.GradientTape(persistent=True) as tape:
            fakes = active.generator(self.latents("latents_d", reals.shape[0]))
            d_loss, real, fake = self.d_loss(reals, fakes)
            g_loss = tf.reduce_mean(self.objective.generator_loss(fake))
        d_variables = active.discriminator.trainable_variables
        g_variables = active.generator.trainable_variables
        d_gradients = tape.gradient(d_loss, d_variables)
        g_gradients = tape.gradient(g_loss, g_variables)
        active.d_optimizer.apply(d_gradients, d_variables)
        active.g_optimizer.apply(g_gradients, g_variables)
        self.update_average()
        return {
            "d_loss": d_loss,
            "g_loss": g_loss,
            "d_real": tf.reduce_mean(real),
            "d_fake": tf.reduce_mean(fake),
        }


# %% tags=["check"]
objective = pk.losses.NonSaturating(penalty_interval=1)
mine = Simultaneous(SMALL, objective, sgd, decay=0.9)
library = pk.ProGAN(resolution=8, fmap_max=8, seed=0)
library.compile(
    loss=objective,
    update="simultaneous",
    optimizer=sgd(),
    ema_decay=0.9,
)
take_steps([mine, library])
assert_equal_weights(mine, library)
print("simultaneous updates: the same weights as in the library")

# %%
steps = 12 if QUICK else 50
stage = pk.Stage(16, images=16 * steps, batch_size=16, start=0)
config = pk.networks.NetworkConfig(resolution=16, fmap_max=32, seed=0)
for kind in (MyProGAN, Simultaneous):
    recorder = train(kind(config, pk.losses.get("wgan_gp")), stage)
    # The quickest step: whatever else runs on the machine makes steps slower.
    milliseconds = 1000 * min(recorder.seconds)
    print(f"{kind.__name__:13} {milliseconds:.0f} ms for a step at 16x16")

# %% [markdown]
# More than a third of the time is saved here: one pass of $G$, and one of $D$
# over the made pictures. The dearest part, the penalty with its gradient of a
# gradient, is in both.
#
# ## 5. What goes wrong: gradients for everyone
#
# $G$'s loss runs through $D$, so the tape knows its gradients for $D$'s weights
# just as well. Suppose one takes them all: `model.trainable_variables` of the
# whole GAN, as one would for any other model.
#
# **Question.** $G$'s loss is low where $D$ scores made pictures high. What does
# it make of $D$?


# %%
class ForEveryone(MyProGAN):
    """G's loss moves the weights of both networks."""

    def update_g(self, count):
        active = self.active
        latents = self.latents("latents_g", count)
        with tf.GradientTape(persistent=True) as tape:
            scores = active.discriminator(active.generator(latents))
            loss = tf.reduce_mean(self.objective.generator_loss(scores))
        for network, optimizer in (
            (active.generator, active.g_optimizer),
            (active.discriminator, active.d_optimizer),
        ):
            variables = network.trainable_variables
            optimizer.apply(tape.gradient(loss, variables), variables)
        return loss


kimg = 0.5 if QUICK else 8
stage = pk.Stage(
    8,
    images=round(1000 * kimg),
    batch_size=16,
    learning_rate=0.002,
    start=0,
)
config = pk.networks.NetworkConfig(resolution=8, fmap_max=32, seed=0)
latents = pk.latents.sample(8, config.latent_dim, seed=3)
rows = []
figure, panels = plt.subplots(1, 2, figsize=(9, 2.8), sharey=True)
for axes, kind in zip(panels, (MyProGAN, ForEveryone), strict=True):
    gan = kind(config, objective, decay=0.99)
    recorder = train(gan, stage)
    for name, label, style, colour in (
        ("d_real", "real", "-", BLUE),
        ("d_fake", "made", "--", ORANGE),
    ):
        scores = recorder.column(name)
        pieces = np.array_split(scores, min(50, len(scores)))
        place = kimg * (np.arange(len(pieces)) + 1) / len(pieces)
        means = [piece.mean() for piece in pieces]
        axes.plot(place, means, style, c=colour, label=label)
    axes.set(title=kind.__name__, xlabel="kimg")
    rows.append(gan.generate(latents))
panels[0].set_ylabel("D's mean score")
panels[0].legend()
figure.tight_layout()
plt.show()

# %% [markdown]
# *Figure 3. D's mean scores of real and of made pictures at 8x8. Trained
# rightly (left), they lie on both sides of 0, at about 0.2 and -0.2 at the end.
# With G's loss moving D as well (right), both are far above 0, and nearer to
# each other.*

# %%
show(rows, ["right", "for everyone"])

# %% [markdown]
# *Figure 4. What the two generators make of the same eight latents: blurred
# heads and shoulders in both rows.*
#
# $D$'s own loss presses the scores of made pictures down, and $G$'s loss lifts
# them again, in the same step and by $D$'s own weights. So $D$ scores
# everything high, and tells real from made by less. That is all there is to
# see. No error, no warning, losses that look peaceful, and after 8,000 pictures
# the made ones are no worse by eye. A fault like this shows late, if at all: a
# good reason to compare weights, as section 2 does.

# %% [markdown]
# ## 6. Grow it, from 4x4 to 32x32
#
# Everything is in place. The schedule is that of the paper, much shortened:
# 4x4 stabilise, then fade in and stabilise for each size up to 32x32. To see
# something in minutes we take the non-saturating loss with R1, simultaneous
# updates, and an average that forgets sooner (`decay=0.98`: half of it is
# younger than 35 steps).
#
# **Question.** At which size will most of the time be spent?

# %%
resolution = 16 if QUICK else 32
unit = 160 if QUICK else 4000
schedule = pk.Schedule(
    resolution,
    stabilise_images={resolution: 4 * unit, None: unit},
    fade_images={resolution: 2 * unit, None: unit},
    batch_size=16,
    learning_rate=0.002,
)
grown = Simultaneous(
    pk.networks.NetworkConfig(resolution=resolution, seed=0),
    pk.losses.NonSaturating(gradient_weight=0.5, penalty_interval=1),
    decay=0.98,
)
latents = pk.latents.sample(8, grown.config.latent_dim, seed=3)
film, records = [], []
for stage in schedule:
    records.append(train(grown, stage))
    film.append(grown.generate(latents))
    seconds = records[-1].seconds
    print(
        f"{str(stage):16} {stage.images:6,} pictures, {sum(seconds):4.0f} s, "
        f"first step {seconds[0]:.1f} s, "
        f"then {1000 * np.median(seconds):.0f} ms"
    )
print(f"{int(grown.clock):,} pictures shown, {grown.traces} traces")

# %% tags=["check"]
assert grown.traces == len(schedule.stages)
assert int(grown.clock) == schedule.total_images
for record, stage in zip(records, schedule, strict=True):
    steps = np.arange(len(record.alphas))
    by_hand = [stage.alpha(stage.start + 16 * step) for step in steps]
    np.testing.assert_allclose(record.alphas, by_hand, atol=1e-5)
    for name in ("d_loss", "g_loss"):
        assert np.isfinite(record.column(name)).all()
print("one graph per stage, alpha as scheduled in each step, losses finite")

# %%
show(film, [str(stage).replace(" ", "\n", 1) for stage in schedule])

# %% [markdown]
# *Figure 5. The filmstrip: each column is one latent, each row the end of one
# stage, from 4x4 at the top to 32x32 at the bottom. Patches of colour become
# blurred figures, then heads and shoulders with an outline, on a light ground,
# without faces.*
#
# Most of the time went to 32x32, as printed above. Follow a column down: where
# there is a patch of a colour in one row there is mostly one in the next, and
# it gets an edge. That is as far as minutes go. Faces need hours.

# %% [markdown]
# **See.** What did $D$ make of it? A new size changes the game; does it show?

# %%
plt.figure(figsize=(9, 3))
for stage, record in zip(schedule, records, strict=True):
    start, end = stage.start / 1000, stage.end / 1000
    if stage.fade_in:
        plt.axvspan(
            start, end, facecolor="#E3E9EF", hatch="//", edgecolor="white"
        )
    size, middle = f"{stage.resolution}x{stage.resolution}", (start + end) / 2
    plt.text(
        middle,
        1.02,
        size,
        ha="center",
        fontsize=9,
        transform=plt.gca().get_xaxis_transform(),
    )
    for name, colour, style in (
        ("d_real", BLUE, "-"),
        ("d_fake", ORANGE, "--"),
    ):
        scores = record.column(name)
        pieces = np.array_split(scores, min(15, len(scores)))
        place = np.linspace(start, end, 2 * len(pieces) + 1)[1::2]
        means = [piece.mean() for piece in pieces]
        label = {"d_real": "real", "d_fake": "made"}[name]
        label = label if stage.start == 0 else None
        plt.plot(place, means, style, c=colour, label=label)
plt.xlim(0, schedule.total_images / 1000)
plt.xlabel("real pictures shown, thousands")
plt.ylabel("D's mean score")
plt.legend()
plt.show()

# %% [markdown]
# *Figure 6. D's mean scores of real and of made pictures over the whole
# training. Fades are shaded and hatched. The lines come near to each other at
# the end of 4x4, and are farther apart the larger the pictures, most of all at
# 32x32.*
#
# More pixels are more to tell pictures apart by. At 4x4 $G$ has almost caught
# up with $D$; at 32x32 it has not, in the time that it was given.

# %% [markdown]
# **Question.** The pictures above come from the average. What does $G$ itself
# make of the same latents?

# %%
chosen = images.at(resolution)[:: len(images) // 8][:8]
show(
    [chosen, grown.active.generator(latents), grown.generate(latents)],
    ["real", "G itself", "average"],
)

# %% [markdown]
# *Figure 7. Real portraits, what G makes of eight latents at the end, and what
# its average makes of them: the same shapes, in slightly other colours.*
#
# An average of so short a memory stays close to $G$. How long it should be is
# the first exercise.

# %% [markdown]
# ## Summary
#
# - `train_step` is Python that runs once per trace; what changes from step to
#   step has to be a variable.
# - One clock, the number of real pictures shown, decides alpha and all random
#   numbers.
# - A stage has networks, fresh optimizers and a graph of its own; `compile`
#   makes `fit` trace anew.
# - The order is $D$, average, $G$. Each loss moves the weights of one network.
# - Simultaneous updates share the forward pass.
# - A step is right if it ends in the weights that another, independent one ends
#   in.
#
# `pk.ProGAN` does what your class does, and adds classes, several devices,
# reduced precision, lazy penalties and checks for numbers that are not finite.
# Lesson 6 takes it to several machines.
#
# ## Exercises
#
# Solutions are in [a notebook of their own](solutions/05_train_step.ipynb).

# %% [markdown] tags=["exercise"]
# ### 1. How long does the average remember?
#
# After how many steps has the average forgotten half of what it was, for decay
# 0.9, 0.99 and 0.999? Train at 8x8 with each of them, and with 0. Why is 0.999,
# the paper's, too much for a training of 500 steps?

# %% tags=["solution"]
config = pk.networks.NetworkConfig(resolution=8, fmap_max=32, seed=0)
objective = pk.losses.NonSaturating(penalty_interval=1)
latents = pk.latents.sample(8, config.latent_dim, seed=3)
stage = pk.Stage(
    8,
    images=480 if QUICK else 8000,
    batch_size=16,
    learning_rate=0.002,
    start=0,
)
rows, labels = [], []
for decay in (0.0, 0.9, 0.99, 0.999):
    gan = Simultaneous(config, objective, decay=decay)
    train(gan, stage)
    rows.append(gan.generate(latents))
    labels.append(f"decay {decay}")
    if decay:
        half_life = np.log(0.5) / np.log(decay)
        left = decay ** stage.steps_from(0)
        print(
            f"decay {decay}: half of it is older than {half_life:.0f} steps; "
            f"{100 * left:.1f} % of the average are the first, random weights"
        )
show(rows, labels)

# %% [markdown] tags=["solution"]
# *Figure S1. What the average makes after 500 steps at 8x8, for four decays.
# With 0, 0.9 and 0.99: blurred heads, much the same in all three rows. With
# 0.999: glaring coloured noise.*
#
# Half of the average is older than $\log 0.5 / \log \mathrm{decay}$ steps. With
# 0.999 and 500 steps, more than half of it are still the random weights of the
# start. The paper trains for hundreds of thousands of steps. The library's
# `ema_half_life` counts in pictures, and starts short in each stage.

# %% [markdown] tags=["exercise"]
# ### 2. Two steps of $D$ for one of $G$
#
# Gulrajani et al. (2017) update $D$ five times before each update of $G$; the
# paper needs only one. Write a class that does two. Let `pictures` hold two
# batches. Which random numbers must be new for the second update? Compare with
# a library stage of `n_critic=2`, as in the check of section 2.


# %% tags=["solution"]
class TwoOfD(MyProGAN):
    def train_step(self, pictures):
        alpha = self.alpha()
        for variable in self.active.alphas:
            variable.assign(alpha)
        halves = tf.split(prepare(pictures, alpha), 2)
        count = halves[0].shape[0]
        logs = self.update_d(halves[0])
        self.update_average()
        self.clock.assign_add(count)  # new latents, new places
        logs = self.update_d(halves[1])
        self.update_average()
        logs["g_loss"] = self.update_g(count)
        self.clock.assign_add(count)
        return logs


mine = TwoOfD(SMALL, pk.losses.get("wgan_gp"), keras.optimizers.SGD)
library = pk.ProGAN(resolution=8, fmap_max=8, seed=0)
library.compile(loss="wgan_gp", optimizer=keras.optimizers.SGD())
stage = pk.Stage(
    8, True, images=96, batch_size=16, learning_rate=0.02, start=0, n_critic=2
)
for gan in (mine, library):
    gan.enter_stage(stage)
    for batch in images.stream(8, stage.images_per_step).take(3):
        gan.train_step(batch)
assert_equal_weights(mine, library)
print("three steps with two updates of D each: the same weights")

# %% [markdown] tags=["solution"]
# Latents and places of the penalty must be new for each update of $D$, so the
# clock moves between them. A step of this kind costs nearly twice as much and
# shows twice as many real pictures for one update of $G$. With the paper's
# penalty, drift and equalized learning rate, one is enough.

# %% [markdown] tags=["exercise"]
# ### 3. Without fades (open)
#
# Train once more to 16x16 with `fade_images=0`: new layers speak from their
# first step on. Show the same number of pictures as with fades. Look at $D$'s
# scores just after a new size has come in, and at the pictures. Does fading
# matter at this size? Where would you expect it to matter more?

# %% tags=["solution"]
unit = 160 if QUICK else 4000
schedules = {
    "with fades": pk.Schedule(
        16,
        stabilise_images={16: 2 * unit, None: unit},
        fade_images=unit,
        batch_size=16,
        learning_rate=0.002,
    ),
    "without": pk.Schedule(
        16,
        stabilise_images={4: unit, 8: 2 * unit, 16: 3 * unit},
        fade_images=0,
        batch_size=16,
        learning_rate=0.002,
    ),
}
config = pk.networks.NetworkConfig(resolution=16, fmap_max=48, seed=0)
objective = pk.losses.NonSaturating(penalty_interval=1)
latents = pk.latents.sample(8, config.latent_dim, seed=3)
rows = []
figure, panels = plt.subplots(1, 2, figsize=(9, 2.8), sharey=True)
for axes, (name, schedule) in zip(panels, schedules.items(), strict=True):
    gan = Simultaneous(config, objective, decay=0.98)
    gaps = []
    for stage in schedule:
        record = train(gan, stage)
        gaps.extend(record.column("d_real") - record.column("d_fake"))
    pieces = np.array_split(gaps, 60)
    place = schedule.total_images * (np.arange(60) + 0.5) / 60 / 1000
    axes.plot(place, [piece.mean() for piece in pieces], c=BLUE)
    for stage in schedule:
        axes.axvline(stage.start / 1000, c="grey", linewidth=0.8)
    axes.set(title=name, xlabel="kimg")
    rows.append(gan.generate(latents))
panels[0].set_ylabel("real minus made")
plt.show()

# %% [markdown] tags=["solution"]
# *Figure S2. Difference of D's mean scores of real and made pictures, with
# fades (left) and without (right); grey lines are the starts of stages. Without
# fades it jumps up at both new sizes; with them it does not where a fade
# begins.*

# %% tags=["solution"]
show(rows, list(schedules))

# %% [markdown] tags=["solution"]
# *Figure S3. What the two averages make of eight latents at 16x16: blurred
# heads and shoulders in both rows.*
#
# Without fades, $D$ sees at once that the details of the new size are noise,
# and pulls apart. But $G$ catches up within the stage, and by eye its pictures
# are no worse in the end. At 16x16, in one training of minutes, fading does not
# matter. It should matter more where there is more to lose: at high
# resolutions, where new layers send their first, random gradients through many
# trained ones, and where each thousand pictures of catching up take long.
# Lesson 11 has the ablation.
