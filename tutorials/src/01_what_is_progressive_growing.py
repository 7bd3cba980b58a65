# %% [markdown]
# # Lesson 1: what is progressive growing?
#
# A generative adversarial network (GAN) learns to make pictures like those it
# is shown. A *progressively growing* GAN learns it in steps: first pictures
# of 4x4 pixels, then 8x8, then 16x16, and so on. In this lesson you
#
# 1. see on real pictures why growing helps;
# 2. write down the game that two networks play;
# 3. meet the networks, a pair for every size, and the schedule they grow by;
# 4. grow a small GAN from 4x4 to 16x16, and see what happens when it grows
#    too suddenly.
#
# **At the end** there is a filmstrip on your screen: the same eight random
# inputs become eight pictures, sharper from row to row.
#
# **You need** some practice with Keras: layers, models, `fit`. You need to
# know nothing about GANs. A laptop without a GPU is enough. Reading and trying
# things takes about half an hour; running everything takes one to four
# minutes and about 1 GB of memory.
#
# **The paper** is Karras, Aila, Laine and Lehtinen, *Progressive Growing of
# GANs for Improved Quality, Stability, and Variation*, ICLR 2018,
# [arXiv 1710.10196](https://arxiv.org/abs/1710.10196). The sections named
# below are sections of this paper; this lesson is about section 2.
#
# Before most cells there is a question. Answer it first, then run the cell.

# %% tags=["setup"]
import os
from itertools import pairwise

# TensorFlow reads this when it is imported. It keeps its messages off the
# screen, but for one about oneDNN, which makes it fast.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import matplotlib.pyplot as plt
import numpy as np

import progan_keras as pk

# With PROGAN_LESSON=quick everything runs in seconds, and little is learned.
QUICK = os.environ.get("PROGAN_LESSON") == "quick"

keras.utils.set_random_seed(1)
random = np.random.default_rng(1)
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
# 64x64 pixels on white. `load` stores them at every size once.
#
# **Question.** From which size on can you tell a lone face from a whole person?
# From which size on do you see the expression of a face?

# %% tags=["setup"]
images = pk.data.load("emoji_portraits")
chosen = np.linspace(100, len(images) - 1, 8).astype(int)

# %%
print(images.at(32).shape, images.at(32).dtype)
show(
    [images.at(size)[chosen] for size in (4, 8, 16, 32)],
    ["4x4", "8x8", "16x16", "32x32"],
)

# %% [markdown]
# *Figure 1. Eight emoji portraits as 4x4, 8x8, 16x16 and 32x32 pixels. At 4x4
# one sees where something is and its colours; at 8x8 heads, hair and shoulders;
# at 16x16 eyes and the expression of large faces; at 32x32 that of small ones.*
#
# How does one get from a size to the next smaller one? There are many ways to
# shrink a picture. Growing needs a plain one: the mean of each square of 2x2
# pixels. Then a small picture is what is left of a large one when nothing
# finer can be seen. Build it.


# %%
def halve(pictures):
    """Average every 2x2 pixels: [N, s, s, 3] becomes [N, s/2, s/2, 3]."""
    count, side, _, channels = pictures.shape
    squares = pictures.reshape(count, side // 2, 2, side // 2, 2, channels)
    return squares.mean(axis=(2, 4))


# %% [markdown]
# **Check.** Starting from 64x64 and halving again and again, you must arrive
# at what `load` has stored, which is rounded to whole numbers. This cell stops
# with an error if you do not.

# %% tags=["check"]
mine = images.at(64)[chosen].astype("float32")
for size in (32, 16, 8, 4):
    mine = halve(mine)
    np.testing.assert_allclose(mine, images.at(size)[chosen], atol=0.51)
print("halved four times: as stored, up to rounding")

# %% [markdown]
# **Question.** A picture of 32x32 pixels is 3,072 numbers, one of 4x4 is 48.
# Pictures differ from each other. How much of these differences is there at
# 4x4 already: a twentieth, a fifth, a half?
#
# **See.** We compare each 32x32 picture with its own small version, scaled up
# again. What is not missed has been explained.

# %%
large = images.at(32)[::4] / 127.5 - 1.0
variance = np.mean((large - large.mean(axis=0)) ** 2)


def explained(size):
    """Part of the pictures' variance that their small versions explain."""
    small = images.at(size)[::4] / 127.5 - 1.0
    missed = np.mean((large - pk.images.upscale_nearest(small, 32)) ** 2)
    return 1.0 - missed / variance


sizes = (4, 8, 16)
plt.figure(figsize=(6, 2.8))
bars = plt.bar(
    [f"{size}x{size}\n{3 * size**2} numbers" for size in sizes],
    [100 * explained(size) for size in sizes],
    color=[GREEN, ORANGE, BLUE],
    hatch="//",
    edgecolor="white",
)
plt.bar_label(bars, fmt="%.0f %%")
plt.ylim(0, 105)
plt.ylabel("variance explained, %")
plt.show()

# %% [markdown]
# *Figure 2. How much of the variance of the 32x32 portraits their smaller
# versions explain, as rising bars: 21 percent at 4x4, 56 at 8x8, 84 at 16x16.*
#
# 48 numbers, one in 64, explain a fifth. The 192 numbers of 8x8, one in
# sixteen, explain more than half. The 2,304 that come last, with 32x32, explain
# the remaining sixth. So the rows of figure 1 are ordered by weight: a few
# numbers say what matters most, a head, this large, in these colours. Most
# numbers are detail, and detail makes sense only once the large shapes are
# right.
#
# That is the idea of the paper (section 2). Let the networks first find the
# large shapes, in small pictures, where this is easy and quick. Then add
# layers for the next size. The new layers have one job: to add detail to what
# the old layers already do.

# %% [markdown]
# ## 2. The game
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
# The paper mostly uses another one, WGAN-GP (appendix A.1); lesson 4 is about
# it. Growing works with both. This one shows something sooner.
#
# **Question.** At the start $D$ knows nothing and scores everything 0. How
# large are the two losses?


# %%
def softplus(scores):
    return np.log1p(np.exp(scores))


def d_loss(real_scores, fake_scores):
    """What D minimises: real scores high, fake scores low."""
    return softplus(fake_scores) + softplus(-real_scores)


def g_loss(fake_scores):
    """What G minimises: fake scores high."""
    return softplus(-fake_scores)


# %% tags=["check"]
loss = pk.losses.get("non_saturating")
real, fake = random.normal(size=(2, 64, 1)).astype("float32")
np.testing.assert_allclose(
    d_loss(real, fake), loss.discriminator_loss(real, fake), rtol=1e-5
)
np.testing.assert_allclose(g_loss(fake), loss.generator_loss(fake), rtol=1e-5)
print(f"as in the library; at the start {d_loss(0, 0):.3f} and {g_loss(0):.3f}")

# %% [markdown]
# **See.** Both losses look at the same number, the score of a made picture, and
# want opposite things.

# %%
scores = np.linspace(-4, 4, 81)
plt.figure(figsize=(6, 2.8))
plt.plot(scores, softplus(scores), c=BLUE, label="D: softplus(s)")
plt.plot(scores, g_loss(scores), "--", c=ORANGE, label="G: softplus(-s)")
plt.xlabel("score s of a made picture")
plt.ylabel("loss")
plt.legend()
plt.show()

# %% [markdown]
# *Figure 3. What a made picture's score costs D (solid) and G (dashed). D's
# cost rises with the score, G's falls; they cross at score 0, at log 2.*
#
# Whoever is worse off has the steeper curve, and learns more. If $D$ sees
# through a picture (far left), $G$ gets a strong gradient, and the other way
# round. Neither ever has peace; this balance is what makes GANs hard to train.

# %% [markdown]
# ## 3. The networks: pairs for every size
#
# `ProGAN` builds both networks. For each size there is a pair of Keras models:
# `straight`, the grown network, and `fade_in`, which mixes the new size with
# the last one. At 4x4 there is nothing to fade from. `fmap_max=48` makes the
# networks narrow, hence quick; the paper's have 512 feature maps here.


# %% tags=["setup"]
def new_gan():
    """Return a GAN for pictures up to 16x16; equal ones in each call."""
    return pk.ProGAN(resolution=16, fmap_max=48, seed=1)


# %%
gan = new_gan()
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
# **See.** This is what is at work while 8x8 fades in.

# %%
pk.figures.network(gan, pk.Stage(8, fade_in=True), alpha=0.3)

# %% [markdown]
# *Figure 4. The networks while 8x8 fades in, at alpha = 0.3. In the generator,
# above, there are two ways from the latents to the picture: dashed, through
# the 4x4 block alone, its picture doubled, with weight 0.7; solid, through the
# new 8x8 block, with weight 0.3. The discriminator, below, mirrors it. The
# 16x16 blocks, empty and dashed, come later.*
#
# In a fade, the output is a mixture of the old picture, doubled, and the new
# one:
#
# $$\mathrm{out} = (1 - \alpha)\,\mathrm{old} + \alpha\,\mathrm{new}$$
#
# and $\alpha$ moves from 0 to 1 (section 2, figure 2).
#
# **Question.** Given only the straight models, can you say what the fade-in
# model makes?


# %%
def my_fade(old_model, new_model, latents, alpha):
    """What the fade-in model of the new size must give."""
    new = new_model(latents)
    old = pk.images.upscale_nearest(old_model(latents), new.shape[1])
    return (1.0 - alpha) * old + alpha * new


# %% tags=["check"]
latents = pk.latents.sample(8, gan.config.latent_dim, seed=3)
for old_pair, new_pair in pairwise(gan.generators):
    for alpha in (0.0, 0.3, 1.0):
        gan.set_alpha(alpha)
        np.testing.assert_allclose(
            my_fade(old_pair.straight, new_pair.straight, latents, alpha),
            new_pair.fade_in(latents),
            atol=1e-5,
        )
print("fade-in models: the old picture doubled, the new one, or a mixture")

# %% [markdown]
# So at alpha = 0 the grown network is exactly the one before, and at alpha = 1
# exactly the next. There is no jump in between.

# %% [markdown]
# ## 4. The schedule
#
# Training alternates between two kinds of stage (section 2, appendix A). In a
# *fade*, alpha moves from 0 to 1 with the number of real pictures shown. In a
# *stabilising* stage, the straight networks go on learning. The authors' code
# shows 600,000 pictures per stage; we show 8,000, and 16,000 in the last one.
# (One counts in thousands of pictures, *kimg*: 600 kimg, 8 kimg, 16 kimg.)
#
# One number decides everything: how many real pictures have been shown. Build
# the function that looks up where training stands. The stages are in `PLAN`:
# resolution, whether it fades in, and length.
#
# **Question.** After 12,000 pictures, which resolution is it, and how large is
# alpha?

# %% tags=["setup"]
unit = 100 if QUICK else 8_000
PLAN = [  # resolution, whether it fades in, real pictures to show
    (4, False, unit),
    (8, True, unit),
    (8, False, unit),
    (16, True, unit),
    (16, False, 2 * unit),
]


def make_schedule(unit):
    """Return the library's schedule of the same stages."""
    return pk.Schedule(
        resolution=16,
        stabilise_images={16: 2 * unit, None: unit},
        fade_images=unit,
        batch_size=16,
        learning_rate=0.002,
    )


schedule = make_schedule(unit)


# %%
def where(images_seen):
    """Return the resolution and alpha after so many real pictures."""
    start = 0
    for resolution, fade_in, length in PLAN:
        if images_seen < start + length:
            alpha = (images_seen - start) / length if fade_in else 1.0
            return resolution, alpha
        start += length
    return resolution, 1.0


# %% tags=["check"]
assert schedule.total_images == sum(length for *_, length in PLAN)
for images_seen in range(0, schedule.total_images + 1, unit // 10):
    stage = schedule.stage_at(images_seen)
    resolution, alpha = where(images_seen)
    assert resolution == stage.resolution, images_seen
    np.testing.assert_allclose(alpha, stage.alpha(images_seen))
print("as the library's schedule, from the first picture to the last")

# %%
pk.figures.schedule(schedule)

# %% [markdown]
# *Figure 5. The five stages of this lesson from left to right: 4x4 stabilise,
# 8x8 fade in, 8x8 stabilise, 16x16 fade in, 16x16 stabilise, the last one
# twice as long. Below, alpha: it rises from 0 to 1 in each fade, which is
# shaded, and is 1 otherwise. Half way through the 8x8 fade, at 12 kimg, it is
# 0.5.*
#
# During a fade the real pictures are mixed in the same way, each with its own
# halved and doubled version. Otherwise $D$ could win by looking for detail
# that $G$ is not yet able to make.

# %% [markdown]
# ## 5. Grow it
#
# Now the game is played. For each stage: enter it, then `fit` on pictures of
# its size. After each stage we keep what the generator makes of the same eight
# latents.


# %% tags=["setup"]
def grow(gan, stages, latents):
    """Train a GAN; return its pictures of the latents after each stage."""
    film = []
    for stage in stages:
        gan.enter_stage(stage)
        batches = images.stream(
            stage.resolution, stage.batch_size, start=gan.images_seen
        )
        gan.fit(
            batches,
            steps_per_epoch=stage.steps_from(gan.images_seen),
            epochs=1,
            shuffle=False,  # the stream is shuffled already
            verbose=0,
        )
        film.append(gan.generate(latents=latents))
        print(f"{str(stage):16} done, {gan.images_seen:6,} pictures shown")
    return film


# %% [markdown]
# - `loss="non_saturating"` is the loss from section 2. It adds a penalty that
#   keeps $D$ from growing too steep; lesson 4 explains it.
# - `update="simultaneous"` trains $D$ and $G$ from the same made pictures,
#   which saves time.
# - `ema_half_life=4000`: in the average of the generators, what was learned
#   4,000 pictures ago counts half.
#
# First up to 8x8. This takes up to a minute.

# %% tags=["setup"]
COMPILE = {
    "loss": "non_saturating",
    "update": "simultaneous",
    "ema_half_life": 4000,
}

# %%
gan = new_gan()
gan.compile(**COMPILE)
film = grow(gan, schedule.stages[:3], latents)

# %% [markdown]
# ### What goes wrong: growing at once
#
# Why fade at all? The 16x16 layers have not been trained. Let us see what
# would happen if they were switched on at once, or a little.
#
# **Question.** Which alpha still leaves a picture to see?


# %%
def picture_at(alpha):
    gan.set_alpha(alpha)
    return gan.pair(16).fade_in(latents[:4])


pk.figures.slider(picture_at, np.linspace(0, 1, 9))

# %% [markdown]
# *Figure 6. Four latents at nine values of alpha, before the 16x16 layers have
# learned anything. On the left, alpha = 0, the 8x8 pictures; to the right false
# colours, violet and blue, and dark edges take their place, and only a trace of
# the shapes is left. (In a running notebook there is a slider, too.)*
#
# Up to about 0.25 one sees the old picture through a tint. At alpha = 1 its
# colours and its white ground are gone. The old layers have forgotten nothing,
# but what comes after them is random. $D$ has the same trouble: its new layers
# hand to the old ones what these have never seen. Both would have to learn much
# of it again. At a small alpha the error is small, and the first steps of
# training reduce it, before alpha lets more of it in.
#
# ### On to 16x16
#
# **Question.** After a fade, the last word on a picture is with layers that
# did not exist before. Will a latent still give a related picture?

# %%
film += grow(gan, schedule.stages[3:], latents)

# %% [markdown]
# **Check.** The clock has run to its end, every stage has left pictures of its
# size, and no layer is as it was made: all have learned.

# %% tags=["check"]
assert gan.images_seen >= schedule.total_images
for stage, pictures in zip(schedule, film, strict=True):
    assert pictures.shape == (8, stage.resolution, stage.resolution, 3)
fresh = new_gan()
for family in ("generator", "discriminator", "ema_generator"):
    now = gan.pair(16, family).straight
    then = fresh.pair(16, family).straight
    for trained, made in zip(now.weights, then.weights, strict=True):
        assert np.any(trained.numpy() != made.numpy()), trained.path
print("all layers of all three networks have learned")

# %%
show(film, [str(stage).replace(" ", "\n", 1) for stage in schedule])

# %% [markdown]
# *Figure 7. The filmstrip: each column is one latent, each row the end of one
# stage, 4x4 at the top, 16x16 at the bottom. The pictures get finer from row
# to row. Most columns keep their large shapes, and some their colours.*
#
# Read it from the top.
#
# - **4x4**: something darker in the middle of something bright. In the first
#   row of figure 1, colours side by side fit together better.
# - **8x8**: after the fade still speckled, then calmer. There is a head, and in
#   some columns a body of another colour.
# - **16x16**: speckled again after the fade; then an outline, hair, clothes.
#   The large shapes come from the row before; colours may still change.
#
# These pictures, like all that `gan.generate` makes, come from the average of
# the generators. Early in a stage it follows the generator more closely than
# later: it must not keep the random weights that new layers began with.
#
# **Question.** Put made pictures beside real ones. What is right in them, and
# what is missing?

# %%
made = gan.generate(16, seed=5)
real = images.at(16)[random.choice(len(images), 16, replace=False)]
show([real[:8], made[:8], made[8:]], ["real", "made", "made"])
for name, batch in (("real", real), ("made", made)):
    deviation = np.std(batch / 127.5 - 1.0, axis=0).mean()
    print(f"{name}: sixteen pictures differ by {deviation:.2f} at a pixel")

# %% [markdown]
# *Figure 8. One row of real portraits at 16x16 and two rows of made ones;
# below, how much pictures differ at a pixel, on average.*
#
# Right are the composition and the variety. There are heads with dark or fair
# hair on shoulders in one colour, and round yellow heads, on a nearly white
# ground. The number for variety is near that of the real pictures: $G$ does
# not make one picture again and again.
#
# Missing is almost everything finer. Only some pictures are people at first
# sight, others are coloured blobs. Eyes and mouths are a few dark pixels, if
# anything. Edges are frayed, and the ground is speckled where the real one is
# plain white. On your machine the pictures may differ, since rounding does; the
# kind of fault will not. A few minutes are a short time for a GAN.
#
# One more piece of honesty: 16x16 is too small to *need* growing. Exercise 3
# lets you find out for yourself. Growing is here because it can be watched from
# start to end in minutes; it was made for pictures of 1024x1024.
#
# ## What to do next
#
# The weighted sum that fades is one of four layers that the paper adds to its
# networks. Lesson 2 takes each of them away and looks at what breaks; in lesson
# 3 you build the lists of models yourself.
#
# The command line does what section 5 did, up to 32x32 and for longer. It
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
# - Small pictures hold much of what large ones differ in, in few numbers. A
#   progressively growing GAN learns them first, and adds layers for each new
#   size.
# - $G$ makes pictures from latents, $D$ scores pictures; each is the other's
#   teacher.
# - For every size there is a straight model and a fade-in model, and all share
#   their layers. Alpha leads from one size to the next without a jump.
# - Training is a schedule: 4x4 stabilise, then fade in and stabilise for each
#   new size. The number of real pictures shown decides where it stands.
#
# ## Exercises
#
# [Solutions](solutions/01_what_is_progressive_growing.ipynb) are in a notebook
# of their own.

# %% [markdown] tags=["exercise"]
# ### Exercise 1: the paper's clock
#
# `pk.Schedule(1024)` is the schedule of the authors' code, up to 1024x1024.
# After how many real pictures does 256x256 begin to fade in? Which part of all
# pictures is shown at 1024x1024, and which part of all *pixels*?

# %% tags=["solution"]
paper = pk.Schedule(1024)
first = next(stage for stage in paper if stage.resolution == 256)
shown = {stage.resolution: 0 for stage in paper}
for stage in paper:
    shown[stage.resolution] += stage.images
pixels = {size: count * size**2 for size, count in shown.items()}
print(f"{first} begins after {first.start:,} pictures")
for name, counts in (("pictures", shown), ("pixels", pixels)):
    part = counts[1024] / sum(counts.values())
    print(f"{part:.0%} of all {name} are shown at 1024x1024")
pk.figures.schedule(paper)

# %% [markdown] tags=["solution"]
# *The stages of the paper's schedule, all of one length, from 4x4 to
# 1024x1024, with alpha below.*
#
# All 17 stages are equally long, and two of them are at 1024x1024. But each
# doubling has four times the pixels, so that three quarters of all pixels are
# shown at the last size. The eight sizes before it cost little. That is why
# growing saves time: without it, all of the pictures would be that large.

# %% [markdown] tags=["exercise"]
# ### Exercise 2: a fade by hand
#
# Set alpha of a *trained* GAN to values from 0 to 1 and draw what
# `gan.pair(16).fade_in` makes of some latents. How does the picture at alpha =
# 0 relate to the 8x8 generator? Is it the picture that the filmstrip shows at
# the end of the 8x8 stage?

# %% tags=["solution"]
half = make_schedule(unit // 2)  # half the time of the lesson
gan = new_gan()
gan.compile(**COMPILE)
latents = pk.latents.sample(4, gan.config.latent_dim, seed=3)
film = grow(gan, half, latents)


def picture_at(alpha):
    gan.set_alpha(alpha)
    return gan.pair(16).fade_in(latents)


small = pk.images.upscale_nearest(gan.pair(8).straight(latents), 16)
np.testing.assert_allclose(picture_at(0.0), small, atol=1e-5)
then = film[2] / 127.5 - 1.0
now = gan.pair(8).straight(latents).numpy()
change = np.abs(now - then).mean()
print(f"since the end of its stage, 8x8 has changed by {change:.2f}")
pk.figures.slider(picture_at, np.linspace(0, 1, 9))

# %% [markdown] tags=["solution"]
# *Four latents of the trained GAN at nine values of alpha: on the left 8x8
# squares in glaring colours and black, on the right the finished 16x16 pictures
# in milder ones.*
#
# At alpha = 0 the picture is that of the 8x8 generator, with every pixel
# repeated. It is not the picture of the end of the 8x8 stage: they differ by
# 1.05 on average, where black and white are 2 apart. The 8x8 block has been
# trained on since then, for the sake of the 16x16 picture, while the layer that
# turns its features into 8x8 colours was last trained during the fade. Nobody
# looks at its picture any more.

# %% [markdown] tags=["exercise"]
# ### Exercise 3: is growing worth it?
#
# Train a new GAN of the same size at 16x16 from the first step on: enter a
# single `pk.Stage(16, images=..., ...)`. Compare it with the grown one after
# the same number of pictures, and after the same time. What do you expect at
# larger sizes, and why?

# %% tags=["solution"]
direct = new_gan()
direct.compile(**COMPILE)
stage = pk.Stage(
    resolution=16,
    images=half.total_images,
    batch_size=16,
    learning_rate=0.002,
    start=0,
)
grow(direct, [stage], latents)
show(
    [gan.generate(8, seed=5), direct.generate(8, seed=5)],
    ["grown", "direct"],
)

# %% [markdown] tags=["solution"]
# *Eight pictures of the grown GAN above eight of the one that was trained at
# 16x16 throughout, after the same number of real pictures.*
#
# Both GANs have seen the same number of pictures. All steps of the second were
# at 16x16, the most expensive size, so it took longer.
#
# We see no clear winner: people, yellow heads and blobs, in either row. One
# trial with one seed decides nothing, but it is no surprise. At 16x16, growing
# saves little: half of the pictures of our schedule are shown at 16x16 all the
# same, a fade lets fresh layers disturb the old ones, and a convolutional GAN
# of this size trains well without help.
#
# At larger sizes two things change. A step at the full size costs far more than
# one at a small size, so early steps at small sizes save most of the time
# (exercise 1). And large pictures are harder to get right from nothing: made
# and real ones differ in so many details that $D$ always wins, and its gradient
# tells $G$ little about the large shapes. The paper compares both ways of
# training in section 6.2. To see the trend yourself, repeat the comparison at
# 32x32 and 64x64, with several seeds.
