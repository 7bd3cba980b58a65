# %% [markdown]
# # Lesson 8: latent space: walks, truncation, projection
#
# A trained generator makes a picture of every latent. So far we drew latents at
# random and took what came. In this lesson you learn to *move* among them:
#
# 1. where latents are: on a sphere, nearly, and why the network makes sure;
# 2. how to go from one picture to another, and a walk that ends where it began;
# 3. how to trade variety for quality, by truncation, and how not to;
# 4. arithmetic: more of this, less of that;
# 5. the way back: which latent makes *this* picture?
#
# **At the end** there are a film of portraits that turn into each other on your
# screen, and real portraits beside the best that the generator can make of
# them.
#
# **You need** lesson 1. Gradients by `tf.GradientTape`, as in lesson 5, occur
# once. Reading and trying things takes about 45 minutes; running everything
# takes about two minutes and 1.5 GB of memory. Nothing is trained here:
# the generator is one of the package's presets.
#
# **The paper** is Karras et al., 2018,
# [arXiv 1710.10196](https://arxiv.org/abs/1710.10196), section 4.2 and appendix
# A.1 for the sphere. Truncation, arithmetic and projection are from papers that
# are named below.

# %% tags=["setup"]
import os
import tempfile
from pathlib import Path

# TensorFlow reads this when it is imported. It keeps its messages off the
# screen, but for one about oneDNN, which makes it fast.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython.display import Image
from PIL.Image import Quantize

import progan_keras as pk
from progan_keras.projection.distance import pyramid_distance
from progan_keras.timelapse import timelapse

# With PROGAN_LESSON=quick everything runs in seconds, on fewer pictures.
QUICK = os.environ.get("PROGAN_LESSON") == "quick"

random = np.random.default_rng(1)
plt.rcParams["figure.dpi"] = 80
# Blue, orange, green: told apart by all kinds of eyes, and in grey print.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"

gan = pk.ProGAN.from_preset("emoji_portraits_32")
generator = gan.current_generator()  # the average, a Keras model
latent_dim = gan.config.latent_dim


def show(rows, labels):
    """Lay rows of equally many pictures below each other, with their names."""
    grid = pk.image_grid(
        np.concatenate(rows),
        columns=len(rows[0]),
        scale=2,
        padding=3,
        row_names=labels,
    )
    # 256 colours keep the notebook small.
    return grid.quantize(256, Quantize.MAXCOVERAGE, kmeans=5)


# %% [markdown]
# ## 1. Where latents are
#
# A latent is a vector of $D$ numbers from $N(0, 1)$. Most of these numbers are
# near 0; hence one might think that most *vectors* are near the origin.
#
# **Question.** How long is a vector of $D$ such numbers, about? How much do the
# lengths of many such vectors differ: more, or less, for a larger $D$?

# %%
dims = (2, 16, latent_dim, 512)
lengths = {
    dim: np.linalg.norm(random.normal(size=(20_000, dim)), axis=1)
    for dim in sorted(set(dims))
}
for dim, found in lengths.items():
    print(
        f"D = {dim:3}: length {found.mean():5.2f} +- {found.std():.2f}, "
        f"root of D = {np.sqrt(dim):5.2f}"
    )

# %%
styles = zip(
    (ORANGE, GREEN, BLUE, "black"), ("-", "--", "-.", ":"), strict=True
)
plt.figure(figsize=(6, 2.8))
for (dim, found), (colour, style) in zip(lengths.items(), styles, strict=False):
    plt.hist(
        found / np.sqrt(dim),
        bins=np.linspace(0, 2, 101),
        density=True,
        histtype="step",
        color=colour,
        linestyle=style,
        label=f"D = {dim}",
    )
plt.xlabel("length / root of D")
plt.ylabel("density")
plt.legend()
plt.show()

# %% [markdown]
# *Figure 1. How long random vectors are, in units of the root of D, for four
# sizes. For D = 2 any length from 0 to 2 occurs; the larger D is, the narrower
# the peak at 1.*
#
# The squared length is a sum of $D$ squares, each 1 on average with a variance
# of 2. So it is about $D \pm \sqrt{2D}$, and the length is about
# $\sqrt D \pm \tfrac{1}{\sqrt 2}$, however large $D$ is. Nearly all of such a
# cloud is in a thin shell: **latents live on a sphere**. Nobody meets a latent
# near the origin, in training or later.
#
# The paper's generator goes one step further and divides each latent by its
# root mean square before anything else: pixel normalisation (lesson 2), used
# on the latent itself. So latents are "random points on a hypersphere"
# (appendix A.1). Build it.


# %%
def my_sphere(latents):
    """Scale latents to a root mean square of one: [N, D] to [N, D]."""
    return latents / np.sqrt(np.mean(latents**2, axis=-1, keepdims=True))


# %% [markdown]
# **Question.** What does the generator paint for $3z$, compared with $z$?

# %% tags=["check"]
latents = pk.latents.sample(8, latent_dim, seed=7)
np.testing.assert_allclose(
    my_sphere(latents), pk.latents.on_sphere(latents), atol=1e-5
)
np.testing.assert_allclose(
    my_sphere(latents), pk.layers.PixelNormalization()(latents), atol=1e-5
)
for other in (my_sphere(latents), 3.0 * latents, 0.1 * latents):
    np.testing.assert_allclose(generator(other), generator(latents), atol=1e-3)
print("on the sphere: as in the library; the length of a latent means nothing")

# %% [markdown]
# The same picture. Only the *direction* of a latent counts. Keep this in mind
# for section 4.
#
# ## 2. From one picture to another
#
# Take two latents $a$ and $b$. The straight line between them,
# $(1 - t)\,a + t\,b$, leaves the sphere. The *great circle* stays on it:
#
# $$\mathrm{slerp}(a, b, t) = \frac{\sin((1 - t)\,\theta)}{\sin\theta}\,a
#   + \frac{\sin(t\,\theta)}{\sin\theta}\,b$$
#
# where $\theta$ is the angle between $a$ and $b$. Its name is short for
# *spherical linear interpolation* (Shoemake, 1985, for rotations; White, 2016,
# [arXiv 1609.04468](https://arxiv.org/abs/1609.04468), for latents).


# %%
def my_line(start, end, share):
    """Points of the straight line: share 0 is start, share 1 is end."""
    return (1.0 - share) * start + share * end


def my_angle(start, end):
    """Angle between vectors, in radians: [..., D] becomes [..., 1]."""
    product = np.sum(start * end, axis=-1, keepdims=True)
    lengths = np.linalg.norm(start, axis=-1, keepdims=True) * np.linalg.norm(
        end, axis=-1, keepdims=True
    )
    return np.arccos(product / lengths)


def my_slerp(start, end, share):
    """Points of the great circle."""
    angle = my_angle(start, end)
    near = np.sin((1.0 - share) * angle) / np.sin(angle)
    far = np.sin(share * angle) / np.sin(angle)
    return near * start + far * end


# %% tags=["check"]
start, end = np.split(my_sphere(latents), 2)
for share in (0.0, 0.3, 0.5, 1.0):
    np.testing.assert_allclose(
        my_slerp(start, end, share),
        pk.latents.slerp(start, end, share),
        atol=1e-5,
    )
    np.testing.assert_allclose(
        np.linalg.norm(my_slerp(start, end, share), axis=1),
        np.sqrt(latent_dim),
        rtol=1e-5,
    )
np.testing.assert_allclose(my_line(start, end, 0.5), (start + end) / 2)
print("slerp: as in the library, and never off the sphere")

# %%
shares = np.linspace(0, 1, 41)[:, None]
plt.figure(figsize=(6, 2.8))
root = np.sqrt(latent_dim)
plt.axhspan(
    root - 1.42, root + 1.42, color="0.88", label="95 % of random latents"
)
for name, way, colour, style in (
    ("great circle", my_slerp, BLUE, "-"),
    ("straight line", my_line, ORANGE, "--"),
):
    points = way(start[0], end[0], shares)
    found = np.linalg.norm(points, axis=1)
    plt.plot(shares, found, style, c=colour, label=name)
plt.ylim(0, 1.3 * root)
plt.xlabel("share t of the way")
plt.ylabel("length of the latent")
plt.legend(loc="lower center")
plt.show()

# %% [markdown]
# *Figure 2. Length of the latents along the way between two of them. The great
# circle keeps it (solid); the straight line (dashed) sinks below the grey band,
# in which 95 % of all random latents lie, and is lowest in the middle.*
#
# Two random latents are nearly at right angles (exercise 1), so that the middle
# of the line is at $1/\sqrt{2}$, 71 % of the length. Of random latents in 64
# dimensions or more, next to none is that short. Many texts conclude: *so the
# pictures in the middle of a straight line are bad.*
#
# **Question.** Is that so for our generator? Look again at the check of section
# 1 before you answer.

# %%
shares = np.linspace(0, 1, 9)[:, None]
ways = [way(start[0], end[0], shares) for way in (my_line, my_slerp)]
show(
    [gan.generate(latents=way) for way in ways],
    ["straight line", "great circle"],
)

# %% [markdown]
# *Figure 3. Nine pictures on the way from one portrait to another, by the
# straight line above and by the great circle below. The rows are nearly the
# same.*
#
# The generator puts every latent on the sphere itself. The straight line lies
# in the plane of the great circle; seen from the origin, both pass the same
# points. So they show **the same pictures, at other times**. Find the time.


# %%
def time_on_circle(start, end, share):
    """Where the great circle is when the straight line is at `share`."""
    on_line = my_line(start, end, share)
    return my_angle(start, on_line) / my_angle(start, end)


# %% tags=["check"]
for share in (0.1, 0.25, 0.5, 0.8):
    time = time_on_circle(start, end, share)
    np.testing.assert_allclose(
        generator(my_line(start, end, share)),
        generator(my_slerp(start, end, time)),
        atol=1e-3,
    )
    print(f"line at {share:.2f}: great circle at {time.mean():.3f}")

# %% [markdown]
# So the difference is the *speed*. In its middle the line is nearer to the
# origin, where the same step turns the direction further: twice as far as at
# the ends, if the two latents are at right angles. How much does that show?
# We measure steps where it counts, in the pictures.
#
# **Question.** Sixteen equal steps in $t$. Along the line, how much larger are
# the changes in the middle than at the ends?


# %%
def changes(way, pairs, steps=16):
    """Root mean square change of the picture in each step, [steps]."""
    start, end = my_sphere(pk.latents.sample(2 * pairs, latent_dim)).reshape(
        2, pairs, latent_dim
    )
    pictures = [
        np.clip(generator(way(start, end, share)), -1, 1)
        for share in np.linspace(0, 1, steps + 1)
    ]
    squares = np.diff(pictures, axis=0) ** 2
    return 127.5 * np.sqrt(squares.mean(axis=(2, 3, 4))).mean(axis=1)


pairs = 32 if QUICK else 100
by_line, by_circle = changes(my_line, pairs), changes(my_slerp, pairs)

# %% tags=["check"]
for name, found in (("line", by_line), ("circle", by_circle)):
    print(
        f"{name:7} ends {found[[0, -1]].mean():5.2f}, middle "
        f"{found[7:9].mean():5.2f}, ratio "
        f"{found[7:9].mean() / found[[0, -1]].mean():.2f}"
    )
uneven = [np.std(found) / np.mean(found) for found in (by_line, by_circle)]
assert uneven[1] < 0.6 * uneven[0]

# %%
plt.figure(figsize=(6, 2.8))
steps = np.arange(1, 17)
plt.plot(steps, by_circle, "o-", c=BLUE, label="great circle")
plt.plot(steps, by_line, "s--", c=ORANGE, label="straight line")
plt.ylim(0, None)
plt.xlabel("step")
plt.ylabel("change, of 255 levels")
plt.legend(loc="lower center")
plt.show()

# %% [markdown]
# *Figure 4. How much the picture changes in each of sixteen steps, averaged
# over many pairs. Along the straight line (dashed) the curve is a hill: slow
# at the ends, fast in the middle. Along the great circle (solid) it is nearly
# flat.*
#
# That is all there is to it, *in this network*. With a network that does not
# normalise its latents the story may be another one: there, the middle of the
# line is a place it never saw in training.

# %% [markdown]
# ## 3. A walk that ends where it began
#
# String several ways together and return to the first latent: a film that can
# be shown for ever. Build the latents of such a round.


# %%
def my_walk(stations, frames):
    """Go round: stations [P, D] to latents [frames, D]."""
    position = np.arange(frames) * len(stations) / frames
    leg = position.astype(int)
    following = (leg + 1) % len(stations)
    share = (position - leg)[:, None]
    return my_slerp(stations[leg], stations[following], share)


# %% tags=["check"]
stations = pk.latents.sample(4, latent_dim, seed=2)
library = pk.latents.walk(20, latent_dim, seed=2, points=4)
np.testing.assert_allclose(my_walk(stations, 20), library[:, 0], atol=1e-4)
print("walk: as in the library, round and back to the first station")

# %% [markdown]
# **See.** Two walks side by side. `walk` gives `[frames, walks, D]`; every
# frame is a grid of two pictures, and `timelapse` writes them as a GIF.

# %%
frames = 12 if QUICK else 21
walk = pk.latents.walk(frames, latent_dim, seed=7, points=3, count=2)
grids = [
    pk.image_grid(gan.generate(latents=step), columns=2, scale=2, padding=4)
    for step in walk
]
with tempfile.TemporaryDirectory() as folder:
    film = timelapse(grids, Path(folder, "walk.gif"), duration=150, last=150)
    # Called a PNG, it is shown by sites that do not expect a GIF here, and
    # browsers, which look at the data, play it.
    shown = Image(film.read_bytes(), format="png")
shown

# %% [markdown]
# *Figure 5. A film that loops: two portraits side by side, each of which turns
# into two others and back, without a jump.*
#
# Look for places where something *appears*: a hand, a hat, another colour of
# hair. In a good latent space such things come gradually and every picture on
# the way could be one of the data set. Here many are not: between two styles of
# drawing there are smudges. `progan walk` makes such films from the command
# line.

# %% [markdown]
# ## 4. Truncation: quality for variety
#
# Some latents make odd pictures. If we stay near one whose picture is
# *typical*, we get calmer pictures, and less variety. This is called truncation
# (Brock et al., 2019, [arXiv 1809.11096](https://arxiv.org/abs/1809.11096);
# StyleGAN does it, too, [arXiv 1812.04948](https://arxiv.org/abs/1812.04948),
# appendix B).
#
# ### What goes wrong: a truncation that truncates nothing
#
# The usual recipe is to multiply latents by a number below 1.
#
# **Question.** What does that do here?

# %%
show(
    [gan.generate(latents=latents), gan.generate(latents=0.3 * latents)],
    ["z", "0.3 z"],
)

# %% [markdown]
# *Figure 6. Eight pictures of latents z above those of 0.3 z. They are the
# same.*
#
# Nothing, and nobody complains: lengths mean nothing to this generator. (Quite
# some code on the internet "truncates" progressive GANs like this.) On a sphere
# the way to less variety is towards a *centre*: from there to each latent
# along the great circle, but not all of the way.
#
# Which centre? The mean of all latents is 0, which is no direction. We want the
# latent of the most typical *picture*. Let us look for it: of many samples,
# take those whose pictures, at 8x8, are nearest to the mean of all pictures,
# and average them.


# %%
def at_8x8(latents):
    """Pictures of latents, averaged down to 8x8, as vectors [N, 192]."""
    images = tf.clip_by_value(generator(latents), -1, 1)
    size = images.shape[1] // 8
    small = tf.nn.avg_pool2d(images, size, size, "VALID")
    return small.numpy().reshape(len(latents), -1)


def my_centre(samples, nearest=32):
    """Latent [D] of a typical picture, from samples [N, D]."""
    found = at_8x8(samples)
    distances = np.linalg.norm(found - found.mean(axis=0), axis=1)
    chosen = np.argsort(distances)[:nearest]
    return my_sphere(samples[chosen].mean(axis=0))


def my_truncation(centre, latents, truncation):
    """Go from the centre to each latent, the share `truncation` of the way."""
    return my_slerp(centre, latents, truncation)


# %% [markdown]
# **Check.** Your centre is far more typical than a random latent. And
# `gan.generate(..., truncation=0.6)` does what your truncation does, around
# `gan.centre`.

# %% tags=["check"]
samples = my_sphere(pk.latents.sample(512, latent_dim, seed=3))
vectors = at_8x8(samples)
usual = np.linalg.norm(vectors - vectors.mean(axis=0), axis=1)
centre = my_centre(samples)
distance = np.linalg.norm(at_8x8(centre[None]) - vectors.mean(axis=0))
nearer = np.mean(usual < distance)
print(f"nearer to the mean picture than {1 - nearer:.0%} of the samples")
assert nearer < 0.1
mine = gan.generate(latents=my_truncation(gan.centre, latents, 0.6))
library = gan.generate(latents=latents, truncation=0.6)
assert np.abs(mine.astype(int) - library).max() <= 1
print("truncation: as in the library")

# %% [markdown]
# The library's centre is another one. Yours is in the middle of everything,
# which may be between two kinds of picture, such as faces and persons, where a
# picture is neither. So the library goes on from there for two more rounds. In
# each it takes samples nearer to the centre that it has, with a mean of their
# own, and climbs to a place where pictures are much alike. (It compares
# features of the network, not pixels.)

# %%
show(
    [
        gan.generate(latents=latents),
        gan.generate(latents=my_truncation(centre, latents, 0.4)),
        gan.generate(latents=my_truncation(gan.centre, latents, 0.4)),
    ],
    ["z", "0.4, your centre", "0.4, gan.centre"],
)

# %% [markdown]
# *Figure 7. Eight pictures, and the same at a truncation of 0.4 towards your
# centre and towards the library's: both rows are more alike than the first.
# Towards yours all are round heads, most with pale hair; towards the library's
# there are brown heads, and persons whose clothes are faint.*

# %%
pk.figures.slider(
    lambda truncation: gan.generate(latents=latents[:3], truncation=truncation),
    np.linspace(0, 1, 5),
    label="truncation",
)

# %% [markdown]
# *Figure 8. Three latents, from truncation 0 on the left, where all are the one
# typical picture, to 1 on the right, where each is itself. (In a running
# notebook there is a slider, too.)*
#
# **Question.** How fast does variety go?

# %%
many = pk.latents.sample(32 if QUICK else 256, latent_dim, seed=5)
truncations = np.linspace(0, 1, 11)
variety = [
    np.std(gan.generate(latents=many, truncation=t) / 127.5, axis=0).mean()
    for t in truncations
]
plt.figure(figsize=(6, 2.8))
plt.plot(truncations, variety, "o-", c=BLUE)
plt.ylim(0, None)
plt.xlabel("truncation")
plt.ylabel("std. deviation at a pixel")
plt.show()

# %% [markdown]
# *Figure 9. How much pictures differ at a pixel against truncation: nothing at
# 0; it rises steeply at first, and less and less towards 1.*
#
# Whether the pictures get *better* is for you to judge, in figures 7 and 8 and
# with other latents. Exercise 2 asks a metric. Truncation is for showing
# pictures; whoever measures a GAN leaves it at 1.

# %% [markdown]
# ## 5. Arithmetic with latents
#
# Radford et al., 2016 ([arXiv 1511.06434](https://arxiv.org/abs/1511.06434),
# section 6.3.2) picked some pictures of smiling women, neutral women and
# neutral men, averaged the latents of each kind, and computed *smiling woman -
# neutral woman + neutral man*. The result was a smiling man.
#
# Our data set has two kinds of picture: round yellow faces, and persons with
# shoulders. We let a simple measure pick: how much of the picture is yellow.


# %% tags=["setup"]
def yellow_share(pictures):
    """Which part of each picture is emoji yellow: uint8 [N, ...] to [N]."""
    red, green, blue = np.moveaxis(pictures.astype(int), -1, 0)
    yellow = (red > 200) & (green > 140) & (blue < 120)
    return yellow.mean(axis=(1, 2))


images = pk.data.load("emoji_portraits", resolution=32)

# %% [markdown]
# Is the measure any good? The labels of the data set tell.

# %%
kinds = images.stored_labels()
measured = yellow_share(images.at(32))
for index, name in enumerate(kinds.class_names):
    part = np.mean(measured[kinds.indices == index] > 0.3)
    print(f"{name}: {part:.0%} have more than 30 % yellow pixels")

# %% [markdown]
# Good enough. Now the means. What the picked pictures share stays, and the rest
# cancels out, but for what is left by chance.


# %%
def my_mean(latents):
    """Average on the sphere: [N, D] becomes [D]."""
    return my_sphere(latents.mean(axis=0))


def my_analogy(start, minus, plus):
    """start - minus + plus, on the sphere."""
    return my_sphere(start - minus + plus)


pool = my_sphere(pk.latents.sample(512 if QUICK else 2048, latent_dim, seed=4))
order = np.argsort(yellow_share(gan.generate(latents=pool)))
person, face = my_mean(pool[order[:64]]), my_mean(pool[order[-64:]])

# %% tags=["check"]
np.testing.assert_allclose(person, pk.latents.mean(pool[order[:64]]), atol=1e-5)
np.testing.assert_allclose(
    my_analogy(latents, person, face),
    pk.latents.analogy(latents, person, face),
    atol=1e-5,
)
others = my_sphere(pk.latents.sample(100, latent_dim, seed=6))
before = yellow_share(gan.generate(latents=others))
after = yellow_share(gan.generate(latents=my_analogy(others, person, face)))
print(f"yellow: {before.mean():.0%} before, {after.mean():.0%} after")
print(f"{np.mean(after > before):.0%} of 100 new pictures have become yellower")
assert np.mean(after > before) > 0.75

# %%
more_face = my_analogy(latents, person, face)
show(
    [
        gan.generate(latents=my_slerp(latents, more_face, share))
        for share in (0.0, 0.35, 0.7, 1.0)
    ],
    ["z", "a third", "two thirds", "z - person + face"],
)

# %% [markdown]
# *Figure 10. Eight pictures in the first row; below, a third, two thirds and
# all of the way along the great circle to z - person + face. In the last row
# all are nearly the same yellow face; a third of the way, most are yellow faces
# already.*
#
# It works, and it takes too much along: at the end of the way all eight are the
# same face, whatever $z$ was. Back on the sphere, a mean of 64 latents is as
# long as $z$ itself, so that $z$ is one voice of three. And "face" carries
# along what the picked pictures share beside yellow. Who wants to keep
# something of both must stop early, before a third of the way.
#
# A GAN with classes needs no arithmetic for this: one asks for the class.
# `gan.generate_by_class()` paints a row for each class, all from the same
# latents. This preset has none.

# %% [markdown]
# ## 6. The way back: projection
#
# Which latent makes a given picture $x$? The generator cannot be run backwards.
# But we can search, by gradient descent on the latent, with the generator's
# weights left alone:
#
# $$\min_z \; d(G(z), x)$$
#
# For the distance $d$ we take pixels, at several sizes. At full size alone, an
# eye that is two pixels too far left costs as much as no eye at all, so that
# there is no downhill towards the right place. Smaller sizes see it.


# %%
def my_distance(images, targets):
    """Mean square differences, averaged over all sizes down to 4x4: [N]."""
    difference = images - targets
    # Whiter than white is shown as white, and is no difference to white.
    difference = tf.where(
        targets >= 1.0, tf.minimum(difference, 0.0), difference
    )
    distances = [tf.reduce_mean(difference**2, axis=(1, 2, 3))]
    while difference.shape[1] > 4:
        difference = tf.nn.avg_pool2d(difference, 2, 2, "VALID")
        distances.append(tf.reduce_mean(difference**2, axis=(1, 2, 3)))
    return tf.add_n(distances) / len(distances)


# %% tags=["check"]
one, other = random.uniform(-0.9, 0.9, size=(2, 4, 32, 32, 3)).astype("float32")
other[:, :8] = 1.0  # white
np.testing.assert_allclose(
    my_distance(one, other), pyramid_distance(one, other), rtol=1e-4
)
np.testing.assert_allclose(
    my_distance(1.5 * other, other)[0],
    pyramid_distance(1.5 * other, other)[0],
    rtol=1e-4,
)
print("distance: as in the library")

# %% [markdown]
# Where to start? Such a landscape has many valleys. We make a thousand samples
# and start from those four whose pictures are nearest. After every step the
# latent goes back to the sphere.


# %%
def nearest(targets, count):
    """The best of many samples, for each target: [N * count, D]."""
    samples = my_sphere(
        pk.latents.sample(256 if QUICK else 1024, latent_dim, seed=0)
    )
    made = gan.generate(latents=samples) / np.float32(127.5) - 1.0
    order = [
        np.argsort(my_distance(made, target[None]))[:count]
        for target in targets
    ]
    return samples[np.concatenate(order)]


def my_project(pictures, steps, starts=4, sphere=True):
    """Search latents of uint8 pictures.

    Returns the latents [N, D] that came nearest, and the root mean square
    error of every start, in levels: [steps, N, starts].
    """
    targets = pictures / np.float32(127.5) - 1.0
    z = keras.Variable(nearest(targets, starts))
    goals = tf.repeat(targets, starts, axis=0)
    rate = keras.optimizers.schedules.CosineDecay(0.3, steps)
    # Gradients become ever smaller: a short memory of how large they were.
    optimizer = keras.optimizers.Adam(rate, beta_2=0.9)
    optimizer.build([z])

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            painted = generator(z)
            # Rows are independent: the gradient of the sum is that of each.
            loss = tf.reduce_sum(my_distance(painted, goals))
        optimizer.apply(tape.gradient(loss, [z]), [z])
        if sphere:
            size = tf.reduce_mean(tf.square(z), axis=1, keepdims=True)
            z.assign(z * tf.math.rsqrt(size))
        painted = tf.clip_by_value(painted, -1, 1)
        return tf.reduce_mean((painted - goals) ** 2, axis=(1, 2, 3))

    errors = np.stack([127.5 * np.sqrt(step()) for _ in range(steps)])
    errors = errors.reshape(steps, len(pictures), starts)
    best = errors[-1].argmin(axis=1)
    latents = z.numpy().reshape(len(pictures), starts, latent_dim)
    return latents[np.arange(len(pictures)), best], errors


# %% [markdown]
# First, pictures that the generator has made itself, of latents that we then
# hide. It *can* paint them; can we find them?
#
# **Question.** Of eight, how many will be found? And with one start in place
# of four?

# %%
count, steps = (3, 80) if QUICK else (8, 300)
own = gan.generate(count, seed=11)
found, errors = my_project(own, steps)
again = gan.generate(latents=found)

# %% tags=["check"]
ends, first_ends = errors[-1].min(axis=1), errors[-1, :, 0]
print(f"errors at the start: {errors[0].min(axis=1).round(1)}")
print(f"best of four starts: {ends.round(1)}")
print(f"the first start:     {first_ends.round(1)}")
np.testing.assert_allclose(np.mean(found**2, axis=1), 1.0, rtol=1e-4)
apart = np.sqrt(np.mean((again.astype(float) - own) ** 2, axis=(1, 2, 3)))
np.testing.assert_allclose(apart, ends, atol=1.5)
assert np.median(ends) < 0.5 * np.median(errors[0].min(axis=1))

# %%
plt.figure(figsize=(6, 2.8))
for number in range(count):
    colour, style = (BLUE, "-") if ends[number] < 6 else (ORANGE, "--")
    plt.semilogy(errors[:, number].min(axis=1), style, c=colour, lw=1.2)
plt.xlabel("step")
plt.ylabel("error, of 255 levels")
plt.show()

# %% [markdown]
# *Figure 11. Error of the best start for each of eight pictures over the steps
# of the search, on a logarithmic axis: all fall steeply at first, and then
# level off. Solid where they end below 6 levels, dashed elsewhere.*

# %%
sampled = nearest(own / np.float32(127.5) - 1.0, 1)
show(
    [own, gan.generate(latents=sampled), again],
    ["made by G", "best sample", "found"],
)

# %% [markdown]
# *Figure 12. Eight pictures of the generator's own, the nearest of the samples
# for each, and what the search found. The samples are alike in colour and
# shape; what was found can hardly be told from the originals.*
#
# The best of a thousand samples is only a relative. The search finds the
# picture again, up to a few levels, but not to the last bit: near the goal the
# landscape gets flat, and our steps get small. Some searches do end in a wrong
# valley. That is what several starts are for: compare the two printed lines.
#
# **Check.** `pk.project` does the same, with one refinement: a warm-up. In the
# first twentieth of the search the step size rises from 0. (So it does in
# Karras et al., 2020, [arXiv 1912.04958](https://arxiv.org/abs/1912.04958),
# appendix D.)

# %% tags=["check"]
library = pk.project(gan, own[:4], steps=steps)
print(f"library: {library.errors.round(1)}")
print(f"yours:   {ends[:4].round(1)}")
assert np.median(ends[:4]) < max(4.0, 2.0 * np.median(library.errors))
assert np.median(library.errors) < 0.75 * np.median(library.start_errors)

# %% [markdown]
# ### Did the sphere matter?
#
# **Question.** We take out the line that brings latents back to the sphere.
# What happens to their lengths, and does the search suffer?

# %%
free, free_errors = my_project(own, steps, sphere=False)
sizes = np.sqrt(np.mean(free**2, axis=1))
print(f"root mean square of the latents: {sizes.round(2)}, not 1")
print(f"errors: {free_errors[-1].min(axis=1).round(1)}")

# %% [markdown]
# The generator does not see lengths. So its gradient has no part along the
# latent, and every step, at right angles to it, makes it longer. The longer it
# is, the less the next step turns it: a learning rate that falls by itself. The
# pictures are nearly as near. But whoever goes on with these latents, and
# averages some of them or adds one, mixes long vectors with short ones. In a
# generator that does not normalise its latents the search itself would leave
# the places that training has seen.
#
# ### Real pictures
#
# **Question.** The generator was trained on these very portraits. Can it paint
# them?

# %%
chosen = np.linspace(50, len(images) - 50, count, dtype=int)
real = images.at(32)[chosen]
found_real, real_errors = my_project(real, steps)

# %% tags=["check"]
real_ends = real_errors[-1].min(axis=1)
assert np.all(real_ends < real_errors[0].min(axis=1))
assert np.median(real_ends) > np.median(ends)
print(f"errors: {real_ends.round(1)}")
print(f"median error: {np.median(real_ends):.1f}, own {np.median(ends):.1f}")

# %%
show([real, gan.generate(latents=found_real)], ["real", "found"])

# %% [markdown]
# *Figure 13. Real portraits above the nearest that the search has found: the
# shapes and colours are about right, the faces are smudged.*
#
# It cannot. The search finds the outline, the colours of hair, skin and
# clothes, and stops there. What few portraits have, such as a clown's face or
# something held in a hand, is missed most. The search is not to blame: for
# pictures that the generator *can* paint, it works. So projection shows what a
# GAN has learned and what it has not, picture by picture. It also shows that
# this one has not learned its training pictures by heart: it is unable to paint
# them.
#
# ## Summary
#
# - Latents live on a sphere, since the length of a random vector is nearly
#   always $\sqrt D$. The paper's generator normalises them: only directions
#   count.
# - Great circles pass the pictures at an even pace; a straight line passes the
#   same pictures, faster in the middle.
# - Truncation goes from a typical latent towards the others. Multiplying
#   latents by a number does nothing here.
# - Averages of picked latents are directions with a meaning, more or less.
# - Projection searches the latent of a picture. The generator's own pictures
#   are found again, for the most part; real ones are not reached.
#
# | you built | in the library |
# |---|---|
# | `my_sphere` | `pk.latents.on_sphere` |
# | `my_mean`, `my_analogy` | `pk.latents.mean`, `analogy` |
# | `my_slerp`, `my_walk` | `pk.latents.slerp`, `walk`; `progan walk` |
# | `my_truncation` | `gan.generate(truncation=...)`, `gan.centre` |
# | `my_project` | `pk.project`; `progan project` |
#
# ## Exercises
#
# [Solutions](solutions/08_latent_space.ipynb) are in a notebook of their own.

# %% [markdown] tags=["exercise"]
# ### Exercise 1: right angles
#
# Draw many pairs of latents and look at the angles between them, for several
# $D$. How much do they differ? What follows for walks through many stations?

# %% tags=["solution"]
plt.figure(figsize=(6, 2.8))
for dim, colour, style in (
    (2, ORANGE, "-"),
    (16, GREEN, "--"),
    (64, BLUE, "-."),
    (512, "black", ":"),
):
    one, other = random.normal(size=(2, 20_000, dim))
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    angles = np.degrees(np.arccos(np.sum(one * other, axis=1) / lengths))
    print(f"D = {dim:3}: {angles.mean():.0f} +- {angles.std():.1f} degrees")
    plt.hist(
        angles,
        bins=np.linspace(0, 180, 91),
        density=True,
        histtype="step",
        color=colour,
        linestyle=style,
        label=f"D = {dim}",
    )
plt.xlabel("angle between two random latents, degrees")
plt.ylabel("density")
plt.legend()
plt.show()

# %% [markdown] tags=["solution"]
# *Distribution of the angle between two random vectors. For D = 2 all angles
# from 0 to 180 degrees are equally frequent; the larger D is, the narrower the
# peak at 90.*
#
# The cosine of the angle is a mean of $D$ products of random signs and sizes:
# 0 on average, with a deviation of $1/\sqrt D$. In many dimensions everything
# is at right angles to everything else. So all legs of a walk are about equally
# long, and with the same number of frames each the walk has an even pace. It
# also means that there is no such thing as a latent "between" many others: a
# walk always leads through the whole of the sphere.

# %% [markdown] tags=["exercise"]
# ### Exercise 2: does truncation make pictures better?
#
# Ask a metric. Compute `pk.metrics.sliced_wasserstein` (lesson 7) between real
# pictures and pictures at truncations from 0.4 to 1, and for comparison between
# two sets of real ones. What does it say, and does it agree with your eyes?

# %% tags=["solution"]
number = 128 if QUICK else 1024
shuffled = np.random.default_rng(2).permutation(len(images))
reals = images.at(32)[np.sort(shuffled[:number])]
other_reals = images.at(32)[np.sort(shuffled[number : 2 * number])]
floor = pk.metrics.sliced_wasserstein(reals, other_reals)
print(f"real against real: {floor['mean']:.1f}")
for truncation in (0.4, 0.55, 0.7, 0.85, 1.0):
    made = gan.generate(number, seed=9, truncation=truncation)
    score = pk.metrics.sliced_wasserstein(reals, made)
    print(f"truncation {truncation:.2f}: {score['mean']:.1f}")
show(
    [gan.generate(8, seed=9, truncation=t) for t in (0.4, 0.7, 1.0)],
    ["0.4", "0.7", "1.0"],
)

# %% [markdown] tags=["solution"]
# *Eight latents at truncation 0.4, 0.7 and 1.*
#
# To the eye, the rows get calmer from bottom to top, and more alike. SWD has no
# notion of a good picture: it compares whole sets, and wants the patches of the
# made ones to be spread as those of the real ones are. Less variety is a fault
# to it. To tell quality from variety one needs two numbers, such as precision
# and recall (lesson 7).

# %% [markdown] tags=["exercise"]
# ### Exercise 3: change a real picture
#
# Project a real portrait, and then add `face` and take `person` away, a little
# at a time: `pk.latents.slerp` between the projected latent and the analogy.
# What is kept of the portrait? Try other measures for picking, such as how dark
# the picture is, how red its lower half.

# %% tags=["solution"]
pool = pk.latents.sample(512 if QUICK else 2048, latent_dim, seed=4)
made = gan.generate(latents=pool).astype(float)
measures = {
    "yellow": yellow_share(made),
    "dark": -made.mean(axis=(1, 2, 3)),
    "red below": (made[..., 0] - made[..., 2])[:, 24:].mean(axis=(1, 2)),
}
portrait = np.array(images.at(32)[1900])
found = pk.project(gan, portrait, steps=60 if QUICK else 300)
print(f"projected to {found.errors[0]:.1f} levels")
rows = []
for values in measures.values():
    order = np.argsort(values)
    less, more = (
        pk.latents.mean(pool[chosen]) for chosen in (order[:64], order[-64:])
    )
    changed = pk.latents.analogy(found.latents[0], less, more)
    shares = np.linspace(0, 1, 7)[:, None]
    way = pk.latents.slerp(found.latents[0], changed, shares)
    rows.append(np.concatenate([portrait[None], gan.generate(latents=way)]))
show(rows, list(measures))

# %% [markdown] tags=["solution"]
# *Three rows, each with a real portrait, its projection, and six pictures on
# the way from there: to more yellow, to darker, and to more red in the lower
# half.*
#
# The measure changes as it should. But the further one goes, the less is left
# of the portrait: each of the two means is as long as the latent itself. What
# the picked pictures share beside the measure comes along, too. Here one should
# go no farther than the first sixth of the way: at a third, somebody else is
# there. And the first step, from the real portrait to its projection, has cost
# the red mask before anything was edited: a network that cannot paint a picture
# cannot edit it either.
