# %% [markdown]
# # Lesson 7: measuring
#
# Losses do not say how good a GAN is: they only say who is winning. This
# lesson is about numbers that do. Each of them sees something and is blind to
# something else, and most of them can be fooled. In this lesson you
#
# 1. write the paper's own measure, the *sliced Wasserstein distance* (SWD),
#    from Laplacian pyramids and random patches;
# 2. write *MS-SSIM*, the paper's measure of variety;
# 3. write the *Fréchet distance* behind the FID, and find out why it depends
#    on the number of pictures, while the *kernel distance* (KID) does not;
# 4. write *precision and recall*;
# 5. catch a generator that only copies its training pictures.
#
# **At the end** there is a table on your screen: eight sets of pictures, from
# real to ruined on purpose, eight measures, and in each cell whether the
# measure has noticed.
#
# **You need** lesson 1, some NumPy, and about an hour. A laptop without a GPU
# is enough. Running everything takes about four minutes and up to 1.5 GB of
# memory.
#
# **The paper** (Karras et al. 2018,
# [arXiv 1710.10196](https://arxiv.org/abs/1710.10196)) measures in sections 5
# and 6.1 and appendix F. The measures that came after it are named where they
# are built.

# %% tags=["setup"]
import os
import warnings

# TensorFlow reads this when it is imported. It keeps its messages off the
# screen, but for one about oneDNN, which makes it fast.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from keras import ops
from PIL import Image

import progan_keras as pk

QUICK = os.environ.get("PROGAN_LESSON") == "quick"
COUNT = 128 if QUICK else 1024  # pictures per set

keras.utils.set_random_seed(1)
random = np.random.default_rng(1)
plt.rcParams["figure.dpi"] = 80
plt.rcParams["image.interpolation"] = "nearest"
# Blue, orange, green: told apart by all kinds of eyes, and in grey print.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"


def show_small(grid):
    """Show an image with 256 colours, to keep the notebook small."""
    display(grid.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=5))


def show(rows, labels):
    """Show rows of pictures below each other, with their names."""
    show_small(
        pk.image_grid(
            np.concatenate(rows), len(rows[0]), 2, padding=3, row_names=labels
        )
    )


# %% [markdown]
# ## 1. Eight sets of pictures
#
# A measure of a GAN compares two *sets*: real pictures and made ones. We take
# two sets of real portraits that have no picture in common, `reals` and
# `others`. What a measure says of these two is its **floor**: no GAN can be
# expected to come closer to the real pictures than other real pictures do.
#
# The made pictures come from a GAN that the project ships. It was trained for
# less than forty minutes, on two processor cores.

# %% tags=["setup"]
images = pk.data.load("emoji_portraits", labels="style")
order = np.random.default_rng(7).permutation(len(images))
reals = images.at(32)[order[:COUNT]]
others = images.at(32)[order[COUNT : 2 * COUNT]]
styles = images.labels[order[COUNT : 2 * COUNT]]  # of others

gan = pk.ProGAN.from_preset("emoji_portraits_32")
made = gan.generate(COUNT, seed=7)
print(reals.shape, others.shape, made.shape, made.dtype)

# %% [markdown]
# A measure is worth as much as the faults that it notices. So we also make
# bad "generators", each with one fault that we know. All but the last work on
# `others`.
#
# **Question.** Below are eight sets. Which of them would *you* call good?
# Which one is the most dangerous, since it looks best?


# %% tags=["setup"]
def to_pictures(values):
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def blurred(pictures):
    """Each pixel becomes the mean of the 3x3 pixels around it."""
    pixels = pictures.astype("float32")
    return to_pictures(ops.average_pool(pixels, 3, strides=1, padding="same"))


def noisy(pictures, strength=20.0):
    """Gaussian noise of this standard deviation, of 255."""
    return to_pictures(pictures + random.normal(0, strength, pictures.shape))


def shuffled(pictures):
    """The sixteen 8x8 tiles of each picture in an order of its own."""
    count = len(pictures)
    tiles = pictures.reshape(count, 4, 8, 4, 8, 3).swapaxes(2, 3)
    tiles = tiles.reshape(count, 16, 8, 8, 3)
    places = random.random((count, 16)).argsort(axis=1)
    tiles = tiles[np.arange(count)[:, None], places]
    tiles = tiles.reshape(count, 4, 4, 8, 8, 3).swapaxes(2, 3)
    return tiles.reshape(pictures.shape)


def repeated(pictures, kept):
    """The first `kept` pictures, over and over, in random order."""
    return pictures[random.permutation(len(pictures)) % kept]


sets = {
    "other reals": others,
    "made": made,
    "blurred": blurred(others),
    "noisy": noisy(others),
    "shuffled": shuffled(others),
    "one style": np.resize(others[styles == 0], others.shape),
    "32 repeated": repeated(others, 32),
    "copies": noisy(reals, 4.0),
}

# %%
show([pictures[:8] for pictures in sets.values()], list(sets))

# %% [markdown]
# *Figure 1. Eight pictures of each of the eight sets: two sets of whole
# portraits; blurred, noisy and shuffled ones; and three sets that look perfect
# again.*
#
# The last three look perfect, one by one, and are not. "One style" has lost
# half of what there is to paint: of the two styles of drawing it knows one.
# "32 repeated" makes 32 different pictures and no more. "Copies" stands for a
# generator that has learned its training pictures, `reals`, by heart: they are
# those very pictures, with a noise that one hardly sees. The made ones are
# portraits at first sight, with smeared colours and frayed edges.

# %% [markdown]
# ## 2. The paper's measure: sliced Wasserstein distance
#
# Section 5 of the paper asks: does a made picture have the same *details* as
# a real one, at every size of detail? The answer takes three steps.
#
# ### Step 1: a Laplacian pyramid
#
# A picture is taken apart into what is fine and what is coarse. Blur it, keep
# every second pixel: that is the next smaller level. Enlarge that again and
# subtract it from the picture: what is left is the detail that got lost.
#
# $$L_{32} = x - \mathrm{double}(\mathrm{halve}(x)), \qquad
#   L_{16} = \mathrm{halve}(x)$$
#
# The blur has the weights $[1, 4, 6, 4, 1] / 16$ along both axes, and sees
# the picture mirrored beyond its edges.
#
# **Question.** A plain white picture: what is in $L_{32}$?


# %% tags=["setup"]
def slide(pictures, weights):
    """Weighted sums of neighbours, down and across, where they all exist."""
    for axis in (1, 2):
        count = pictures.shape[axis] - len(weights) + 1
        pictures = sum(
            weight * np.take(pictures, np.arange(start, start + count), axis)
            for start, weight in enumerate(weights)
        )
    return pictures


def blur(pictures):
    padding = [(0, 0), (2, 2), (2, 2), (0, 0)]
    mirrored = np.pad(pictures, padding, mode="reflect")
    return slide(mirrored, np.float32([1, 4, 6, 4, 1]) / 16)


def halve(pictures):
    return blur(pictures)[:, ::2, ::2]


def double(pictures):
    count, height, width, channels = pictures.shape
    spread = np.zeros((count, 2 * height, 2 * width, channels), np.float32)
    # One pixel in four is filled, so each has to count four times.
    spread[:, ::2, ::2] = 4.0 * pictures
    return blur(spread)


def laplacian_pyramid(pictures, smallest=16):
    """Return a list of levels, the finest first."""
    level, levels = pictures.astype(np.float32), []
    while level.shape[1] > smallest:
        lower = halve(level)
        levels.append(level - double(lower))
        level = lower
    return [*levels, level]


# %% [markdown]
# **Check.** The library takes the same picture apart in the same way; a white
# picture has no detail; and the levels add up to the picture again.

# %% tags=["check"]
levels = laplacian_pyramid(reals[:8])
library = pk.metrics.laplacian.laplacian_pyramid(reals[:8], 16)
for level, expected in zip(levels, library, strict=True):
    np.testing.assert_allclose(level, expected, atol=1e-3)
white = np.full((1, 32, 32, 3), 255, np.uint8)
np.testing.assert_allclose(laplacian_pyramid(white)[0], 0.0, atol=1e-3)
np.testing.assert_allclose(levels[0] + double(levels[1]), reals[:8], atol=1e-3)
print("pyramid: as in the library; the levels add up to the picture")

# %%
faces = np.concatenate([sets[name][:2] for name in list(sets)[:5]])
fine, coarse = laplacian_pyramid(faces)
show(
    [faces, to_pictures(fine + 128), to_pictures(double(coarse))],
    ["pictures", "level 32", "level 16"],
)

# %% [markdown]
# *Figure 2. Two pictures each of five sets (other reals, made, blurred, noisy,
# shuffled), their finest level with grey for zero, and their coarse level,
# enlarged. Outlines are strong in the fine level of reals and weak in that of
# blurred pictures; noise is all over it; the coarse levels of all but the
# shuffled ones look alike.*

# %% [markdown]
# ### Step 2: patches
#
# Of each level of each picture, 128 patches of 7x7 pixels are cut out at
# random places. From here on nobody knows any more which patch came from
# where: there is one heap of patches of real pictures, and one of made ones.
# Brightness and contrast of a whole heap are of no interest. So each colour
# channel of a heap is shifted and scaled to mean 0 and standard deviation 1.


# %% tags=["setup"]
def cut_patches(level, random, per_picture=128, side=7):
    """Return the patches of a level, `[pictures * 128, 7 * 7, channels]`."""
    windows = np.lib.stride_tricks.sliding_window_view(
        level, (side, side), axis=(1, 2)
    )  # [pictures, row, column, channels, 7, 7]
    count, places, _, channels = windows.shape[:4]
    rows, columns = random.integers(places, size=(2, count, per_picture))
    numbers = np.arange(count)[:, None]
    patches = windows[numbers, rows, columns]
    return patches.reshape(-1, channels, side * side).swapaxes(1, 2)


def normalised(patches):
    """Remove mean and standard deviation of each channel of the heap."""
    mean = patches.mean(axis=(0, 1), dtype=np.float64)
    deviation = patches.std(axis=(0, 1), dtype=np.float64)
    return ((patches - mean) / deviation).astype(np.float32)


# %% [markdown]
# **Check.** In a picture whose pixels hold their own row and column we can
# read off from a patch where it was cut.

# %% tags=["check"]
rows, columns = np.mgrid[:16, :16].astype(np.float32)
places = np.stack([rows, columns], axis=-1)[None].repeat(50, axis=0)
patches = cut_patches(places, np.random.default_rng(0))
assert patches.shape == (50 * 128, 49, 2)
corner = patches[:, :1]
offsets = np.stack(np.mgrid[:7, :7], axis=-1).reshape(49, 2)
np.testing.assert_array_equal(patches, corner + offsets)
found = {(int(row), int(column)) for row, column in corner[:, 0]}
assert found == {(row, column) for row in range(10) for column in range(10)}
heap = normalised(patches)
np.testing.assert_allclose(heap.mean(axis=(0, 1)), 0.0, atol=1e-4)
np.testing.assert_allclose(heap.std(axis=(0, 1)), 1.0, atol=1e-4)
print("patches: 7x7 neighbours each, from all 100 places there are")

# %% [markdown]
# ### Step 3: how far is one heap from the other?
#
# Think of each patch as a point in a space of 7 x 7 x 3 = 147 dimensions. The
# *Wasserstein distance* of two heaps of points is the least average way that
# points must be moved to turn one heap into the other. In 147 dimensions
# nobody can compute it for this many points. On a *line* it is easy: sort
# both heaps, and move the smallest to the smallest, the second to the second,
# and so on.
#
# So we project all points on a random line, sort, take the mean distance, and
# do this for 4 x 128 lines. That is the *sliced* Wasserstein distance (Rabin
# et al. 2011). By custom it is given times 1000:
#
# $$\mathrm{SWD} = 1000 \cdot \frac{1}{512} \sum_{k=1}^{512} \frac{1}{M}
#   \sum_{m=1}^{M} \left| \mathrm{sort}(P u_k)_m - \mathrm{sort}(Q u_k)_m
#   \right|$$
#
# with the $M$ patches of both heaps in the rows of $P$ and $Q$, and random
# directions $u_k$ of length 1.


# %% tags=["setup"]
def my_sliced_wasserstein(real, fake, seed=0):
    """Return the SWD times 1000 of each level, by its side."""
    random = np.random.default_rng(seed)
    scores = {}
    pyramids = laplacian_pyramid(real), laplacian_pyramid(fake)
    for levels in zip(*pyramids, strict=True):
        heaps = [normalised(cut_patches(level, random)) for level in levels]
        heaps = [heap.reshape(len(heap), -1) for heap in heaps]
        distances = []
        for _ in range(4):
            directions = random.normal(size=(128, heaps[0].shape[1]))
            directions /= np.linalg.norm(directions, axis=1, keepdims=True)
            one, other = (
                np.sort(directions.astype(np.float32) @ heap.T, axis=1)
                for heap in heaps
            )
            distances.append(np.abs(one - other).mean())
        scores[str(levels[0].shape[1])] = 1000 * float(np.mean(distances))
    return scores


# %% [markdown]
# **Check.** The library draws other patches and other directions, so the two
# cannot agree to the last digit. Within a tenth they must.

# %% tags=["check"]
for name in ("blurred", "noisy"):
    mine = my_sliced_wasserstein(reals, sets[name])
    library = pk.metrics.sliced_wasserstein(reals, sets[name])
    for level, value in mine.items():
        print(
            f"{name:8} level {level}: mine {value:6.1f}, "
            f"library {library[level]:6.1f}"
        )
        np.testing.assert_allclose(value, library[level], rtol=0.1)

# %% [markdown]
# **See.** From now on we use the library's, which gets by with less memory.
#
# **Question.** Which sets are far from `reals` at the fine level, which at the
# coarse one? And which will SWD take for real ones?

# %%
swd = {
    name: pk.metrics.sliced_wasserstein(reals, pictures)
    for name, pictures in sets.items()
}
places = np.arange(len(sets))
figure, axis = plt.subplots(figsize=(9, 3))
for shift, level, colour, hatch in (
    (-0.2, "32", ORANGE, ""),
    (0.2, "16", BLUE, "//"),
):
    values = [scores[level] for scores in swd.values()]
    axis.bar(
        places + shift,
        values,
        width=0.4,
        color=colour,
        hatch=hatch,
        edgecolor="white",
        label=f"level {level}",
    )
    for place, value in zip(places + shift, values, strict=True):
        axis.annotate(
            f"{value:.0f}",
            (place, value),
            (0, 2),
            textcoords="offset points",
            ha="center",
            # Over the dashed lines.
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )
    axis.axhline(values[0], color=colour, linestyle="--", lw=1, zorder=0)
axis.set_xticks(places, [name.replace(" ", "\n") for name in sets])
axis.set_ylabel("SWD x 1000")
axis.margins(y=0.12)
axis.legend()
plt.show()

# %% [markdown]
# *Figure 3. SWD of the eight sets from `reals`, fine and coarse level. The
# dashed lines are the floor: other reals. Blurred and noisy pictures stand out
# at the fine level, shuffled ones at the coarse level; copies are at the floor
# or below.*
#
# Blur and noise are faults of the fine level: ten and seven times the floor,
# and at the coarse level less than twice as much. Where tiles were exchanged,
# the coarse level is worst of all: there are edges where no portrait has any.
# "One style" and "32 repeated" are made of real patches, and still above the
# floor: these patches are not as varied. The copies come *closer* than other
# reals do. The made pictures are at twice the floor at the fine level, and at
# nearly three times at the coarse one: of all faulty sets but the copies, SWD
# likes them best on average.

# %% [markdown]
# ## 3. Variety: MS-SSIM
#
# A generator that makes one perfect picture again and again is useless. Odena
# et al. (2017) measure variety like this: draw many pairs of *made* pictures,
# and ask how alike the two of a pair are, on average. Real pictures are not
# needed for it, only for comparison. The paper takes this over for its tables
# 1 and 3.
#
# Alike in which sense? By *multi-scale structural similarity* (Wang et al.
# 2003). Under a small Gaussian window that slides over both pictures, take
# means $\mu$, variances $\sigma^2$ and the covariance $\sigma_{xy}$:
#
# $$\mathrm{cs} = \frac{2 \sigma_{xy} + c_2}{\sigma_x^2 + \sigma_y^2 + c_2},
#   \qquad
#   \mathrm{l} = \frac{2 \mu_x \mu_y + c_1}{\mu_x^2 + \mu_y^2 + c_1}$$
#
# with two small constants $c_1$ and $c_2$, so that nothing is divided by 0.
# $\mathrm{cs}$ (contrast and structure) is averaged over all places, the
# pictures are halved, and so on for five scales. The product of the five, to
# the powers of five published weights, is the similarity; $\mathrm{l}$
# (luminance) joins in at the last scale only.
#
# **Question.** What is the similarity of a picture with itself?

# %% tags=["setup"]
WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def window(side):
    """Gaussian of 11 pixels, or of a whole smaller picture."""
    size = min(11, side)
    offsets = np.arange(size) - (size - 1) / 2
    weights = np.exp(-0.5 * (offsets / (1.5 * size / 11)) ** 2)
    return weights / weights.sum()


def average_pairs(x):
    count, height, width, channels = x.shape
    x = x.reshape(count, height // 2, 2, width // 2, 2, channels)
    return x.mean(axis=(2, 4))


def my_ms_ssim(pictures):
    """Compare pictures 0 and 1, 2 and 3, ...; return the mean."""
    x, y = pictures[::2].astype(np.float64), pictures[1::2].astype(np.float64)
    similarity = 1.0
    for scale, weight in enumerate(WEIGHTS, start=1):
        weights = window(x.shape[1])
        mean_x, mean_y = slide(x, weights), slide(y, weights)
        variance_x = slide(x * x, weights) - mean_x**2
        variance_y = slide(y * y, weights) - mean_y**2
        covariance = slide(x * y, weights) - mean_x * mean_y
        term = (2 * covariance + C2) / (variance_x + variance_y + C2)
        if scale == len(WEIGHTS):
            luminance = 2 * mean_x * mean_y + C1
            luminance /= mean_x**2 + mean_y**2 + C1
            term = term * luminance
        term = term.mean(axis=(1, 2, 3))
        similarity = similarity * np.clip(term, 0, 1) ** weight
        x, y = average_pairs(x), average_pairs(y)
    return float(similarity.mean())


# %% [markdown]
# **Check.** There is no chance in it, so the library must give the same
# number. And a set of twins is as alike as can be.

# %% tags=["check"]
for name in ("other reals", "made", "32 repeated"):
    mine = my_ms_ssim(sets[name])
    np.testing.assert_allclose(mine, pk.metrics.ms_ssim(sets[name]), atol=1e-6)
    print(f"{name:12} {mine:.4f}, as in the library")
np.testing.assert_allclose(my_ms_ssim(reals[:8].repeat(2, axis=0)), 1.0)

# %% [markdown]
# **See.** How few pictures must a generator know before MS-SSIM notices?

# %%
kept = 2 ** np.arange(0, int(np.log2(COUNT)) + 1)
values = [pk.metrics.ms_ssim(repeated(others, few)) for few in kept]
floor = pk.metrics.MSSSIM()
floor.update(others)
floor = floor.result()
figure, axis = plt.subplots(figsize=(6, 2.8))
axis.semilogx(kept, values, "o-", color=ORANGE, label="repeated")
axis.axhline(floor["value"], color=BLUE, linestyle="--", label="all different")
axis.axhspan(
    floor["value"] - 2 * floor["error"],
    floor["value"] + 2 * floor["error"],
    color=BLUE,
    alpha=0.2,
)
axis.set_xticks(kept, [str(few) for few in kept])
axis.minorticks_off()
axis.set_xlabel("different pictures in the set")
axis.set_ylabel("MS-SSIM")
axis.legend()
plt.show()

# %% [markdown]
# *Figure 4. MS-SSIM of sets with 1, 2, 4, ... different pictures. The dashed
# line is that of real pictures that are all different, the band twice its
# standard error. The curve falls steeply from 1 and meets the band at about a
# hundred pictures.*
#
# A generator that knows one to sixteen pictures is caught. With a hundred
# it passes: two of them drawn at random are rarely the same. MS-SSIM detects a
# collapse, and not much else.

# %% [markdown]
# ## 4. What a network sees: the Fréchet distance
#
# Patches know nothing of eyes and hats. A network that was trained to
# recognise things does, in a way. The *Fréchet inception distance* (FID) of
# Heusel et al. (2017) lets such a network look at all pictures, takes the
# features of its last layer, and compares two clouds of feature vectors: their
# means $m$ and their covariances $S$, as if each cloud were a Gaussian.
#
# $$d^2 = |m_1 - m_2|^2
#   + \mathrm{tr}\left(S_1 + S_2 - 2 (S_1 S_2)^{1/2}\right)$$
#
# The FID of papers is defined on one particular Inception network, whose
# weights would have to be downloaded. Here we use EfficientNet-Lite0, whose
# weights `pip` has installed. Its numbers have nothing to do with those of
# papers.
# **A Fréchet distance without the name of its network means nothing**, so
# ours is called `frechet_efficientnet_lite0`, never FID.

# %% tags=["setup"]
network = pk.metrics.features.get("efficientnet_lite0")


def features_of(pictures):
    """Return what the network says of pictures, float64 `[N, 1280]`."""
    return network(pictures).features.astype(np.float64)


# %%
features = {name: features_of(pictures) for name, pictures in sets.items()}
real_features = features_of(reals)
print(real_features.shape)

# %% [markdown]
# The trace of the matrix root looks awkward, and there is a neat way around
# it. Put the centred features into the rows of $A$ and $B$, divided by
# $\sqrt{n - 1}$, so that $S_1 = A^T A$ and $S_2 = B^T B$. Then
# $\mathrm{tr}\,(S_1 S_2)^{1/2}$ is the sum of the singular values of $A B^T$,
# which is called its nuclear norm. The traces of $S_1$ and $S_2$ are sums of
# squares.


# %% tags=["setup"]
def my_frechet(real, fake):
    """Fréchet distance of two sets of features, `[N, D]` each."""
    a, b = ((x - x.mean(axis=0)) / np.sqrt(len(x) - 1) for x in (real, fake))
    shift = real.mean(axis=0) - fake.mean(axis=0)
    overlap = np.linalg.norm(a @ b.T, "nuc")
    return float(shift @ shift + np.sum(a**2) + np.sum(b**2) - 2 * overlap)


# %% [markdown]
# **Check.** The library computes it from the covariances, and must come to the
# same. A cloud that is twice as wide, and shifted by 3 along each axis, has a
# distance that can be written down: $\mathrm{tr}\,S + 9 D$. The library also
# has something to say about our number of pictures.

# %% tags=["check"]
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    library = pk.metrics.frechet_distance(real_features, features["made"])
mine = my_frechet(real_features, features["made"])
np.testing.assert_allclose(mine, library["value"], rtol=1e-5)
print(f"frechet_efficientnet_lite0: {mine:.2f}, as in the library")
print("The library adds:", caught[0].message)

cloud = random.normal(size=(200, 5))
cloud -= cloud.mean(axis=0)
expected = np.trace(np.cov(cloud, rowvar=False)) + 9 * 5
np.testing.assert_allclose(my_frechet(cloud, 2 * cloud + 3), expected)

# %% [markdown]
# ## 5. How many pictures?
#
# The library warns, and here is why. `reals` and `others` are pictures of the
# same kind. With endless pictures of each, their distance would be 0.
#
# **Question.** What is it for 64 pictures? For 1,024?
#
# Beside it we draw the *kernel distance* (KID) of Bińkowski et al. (2018), on
# the same features. It is the mean similarity within the sets less that
# between them, for the kernel $k(x, y) = (x \cdot y / D + 1)^3$:
#
# $$\mathrm{KID} = \overline{k(x, x')} + \overline{k(y, y')}
#   - 2\,\overline{k(x, y)}, \qquad x \ne x',\ y \ne y'$$
#
# A picture is never compared with itself. That makes it *unbiased*: right on
# average, for any number of pictures.

# %%
counts = [32, 64, 128] if QUICK else [64, 128, 256, 512, 1024]
figure, axes = plt.subplots(1, 2, figsize=(9, 3))
curves = {}
for name, style, colour in (
    ("other reals", "o--", BLUE),
    ("made", "s-", ORANGE),
):
    pairs = [(real_features[:n], features[name][:n]) for n in counts]
    curves[name] = [my_frechet(*pair) for pair in pairs]
    axes[0].plot(counts, curves[name], style, color=colour, label=name)
    kid = [pk.metrics.kernel_distance(*pair) for pair in pairs]
    axes[1].errorbar(
        counts,
        [result["value"] for result in kid],
        yerr=[2 * result["error"] for result in kid],
        fmt=style,
        color=colour,
        capsize=4,
        label=name,
    )
for axis, title in zip(axes, ("Fréchet distance", "KID"), strict=True):
    axis.set_xscale("log")
    axis.set_xticks(counts, [f"{n:,}" for n in counts])
    axis.minorticks_off()
    axis.set(title=title, xlabel="pictures in each set")
    axis.axhline(0, color="black", linewidth=0.5)
    axis.legend()
figure.tight_layout()
plt.show()

# %% [markdown]
# *Figure 5. Fréchet distance (left) and KID with twice its standard error
# (right) of other reals and of made pictures from `reals`, over the number of
# pictures; features of EfficientNet-Lite0. Both Fréchet curves fall all the
# way; those of KID change by no more than their errors, which shrink.*
#
# From 64 to 1,024 pictures, the Fréchet distance of real from real falls from
# 384 to 56, and it is still falling. Few points do not show how a cloud in
# 1,280 dimensions is shaped, so two clouds seem to differ where they do not.
# KID is 0 within its error at every number.

# %% [markdown]
# ### What goes wrong: figures at different numbers of pictures
#
# You have measured your generator with all the pictures that you had time
# for. Somebody else reports a figure for theirs, with fewer pictures. Whose is
# better?

# %%
few = counts[0]
ours, theirs = curves["made"][-1], curves["other reals"][0]
print(f"ours,   {counts[-1]:5,} pictures: {ours:6.1f}")
print(f"theirs, {few:5,} pictures: {theirs:6.1f}")
print("theirs are real portraits.")

# %% [markdown]
# Ours has the lower figure. Yet theirs are perfect by definition: they were
# measured with fewer pictures, that is all. Compare figures at the same number
# of pictures, say the number, and put the floor at this number beside it. KID
# may be compared across numbers, with its error.

# %% [markdown]
# ### What goes wrong: real and made pictures resized differently
#
# The generator has learned from 64x64 pictures that were averaged down to
# 32x32. Now suppose that whoever prepares the measurement reads the same
# portraits from disk and scales them by another filter. All pictures here are
# *real*.
#
# **Question.** Which looks best to you? Which one is farthest from `reals`?

# %%
large = images.at(64)[order[COUNT : 2 * COUNT]]  # the pictures of `others`


def resized(pictures, filter_):
    return np.stack(
        [
            np.asarray(Image.fromarray(picture).resize((32, 32), filter_))
            for picture in pictures
        ]
    )


filters = {
    "averaged": others,
    "Lanczos": resized(large, Image.Resampling.LANCZOS),
    "nearest": resized(large, Image.Resampling.NEAREST),
}
print("                SWD   frechet_efficientnet_lite0")
for name, pictures in {**filters, "made": made}.items():
    value = pk.metrics.sliced_wasserstein(reals, pictures)["mean"]
    seen = features["made"] if name == "made" else features_of(pictures)
    distance = my_frechet(real_features, seen)
    print(f"{name:12} {value:6.1f}   {distance:6.1f}")

# %%
show([pictures[:8] for pictures in filters.values()], list(filters))

# %% [markdown]
# *Figure 6. Eight real portraits, brought from 64x64 to 32x32 pixels in three
# ways: averaged, by Lanczos' filter, which is crisper, and by taking the
# nearest pixel, with jagged outlines.*
#
# All three would pass for good pictures, and Lanczos' are the crispest. Yet
# the nearest pixels are more than half as far again from `reals` as the floor,
# in both measures: an error as large as many differences between two GANs, from
# nothing but one line that reads files.

# %% [markdown]
# ## 6. Good pictures, or all kinds of them? Precision and recall
#
# One number cannot tell a generator that makes few, good pictures from one
# that makes all kinds of bad ones. Kynkäänniemi et al. (2019) take two. Around
# the features of each picture they draw a ball that reaches to its third
# nearest neighbour in the same set. All balls of a set together are the
# region where pictures of this kind live.
#
# - **Precision**: the share of made pictures in the region of the real ones.
# - **Recall**: the share of real pictures in the region of the made ones.
#
# We measure the angle between features rather than their distance: blur makes
# the features of this network shorter, and short vectors are near to many
# others. For vectors of length 1, a smaller angle is a larger product.


# %% tags=["setup"]
def unit(features):
    return features / np.linalg.norm(features, axis=1, keepdims=True)


def share_inside(points, centres, k=3):
    """Share of points in the ball of any centre, up to its k-th neighbour."""
    points, centres = unit(points), unit(centres)
    # 1 - cosine: 0 in the same direction, 2 in the opposite one.
    within = np.sort(1 - centres @ centres.T, axis=1)
    radii = within[:, k]  # number 0 is the picture itself
    return float((1 - points @ centres.T <= radii).any(axis=1).mean())


def my_precision_recall(real, fake):
    return share_inside(fake, real), share_inside(real, fake)


# %% tags=["check"]
for name in ("made", "one style"):
    precision, recall = my_precision_recall(real_features, features[name])
    library = pk.metrics.precision_recall(
        real_features, features[name], distance="angle"
    )
    # A picture on the very edge of a ball may fall to either side.
    np.testing.assert_allclose(precision, library["precision"], atol=0.01)
    np.testing.assert_allclose(recall, library["recall"], atol=0.01)
    print(f"{name}: precision {precision:.2f}, recall {recall:.2f}, as there")

# %% [markdown]
# **See.** All eight sets, recall to the right and precision upwards.

# %%
scores = {
    name: my_precision_recall(real_features, seen)
    for name, seen in features.items()
}
figure, axis = plt.subplots(figsize=(6, 4.5))
for marker, (name, (precision, recall)) in zip(
    "*osD^vPX", scores.items(), strict=True
):
    # Hollow, so that one does not hide another.
    axis.plot(
        recall,
        precision,
        marker,
        color=BLUE,
        markersize=10,
        fillstyle="none",
        markeredgewidth=1.5,
        label=name,
    )
axis.legend(loc="center", bbox_to_anchor=(0.7, 0.45))
precision, recall = scores["other reals"]
axis.axvline(recall, color="grey", linestyle="--", linewidth=1)
axis.axhline(precision, color="grey", linestyle="--", linewidth=1)
axis.set(xlim=(-0.05, 1.05), ylim=(-0.05, 1.05))
axis.set(xlabel="recall: of every kind?", ylabel="precision: good?")
plt.show()

# %% [markdown]
# *Figure 7. Precision over recall of the eight sets; features of
# EfficientNet-Lite0, angles, three neighbours. The dashed lines are the floor:
# other reals. One style and 32 repeated are at the upper left, copies near the
# floor, blurred low; made, noisy and shuffled are close together in the lower
# left corner.*
#
# Now the faults have kinds. "One style" makes good pictures of some kinds
# only: full precision, little recall. "32 repeated" has the highest precision
# and no recall. Blurred pictures lack both. And our made ones are in the corner
# with the ruined ones: what this network looks at, a generator of forty minutes
# does not make. SWD was much kinder to it. Which of them is right depends on
# what you want of your pictures; look at them.

# %% [markdown]
# ## 7. Memorisation: has it copied?
#
# SWD prefers the copies to other reals, and their recall is full. No wonder:
# every measure asked how near the made pictures are to the real ones, and
# nothing is nearer than a copy. The paper (appendix F) shows made pictures
# beside their nearest training pictures. We do this too, and then count.
#
# A distance alone is not enough. Faint, smooth pictures are near to
# everything. So we take a ratio: how much nearer is the nearest training
# picture than the four next ones?
#
# $$r = d_1 \Big/ \tfrac{1}{4} (d_2 + d_3 + d_4 + d_5)$$
#
# A copy has a ratio near 0. What is normal for new pictures we learn from
# `others`, which are real and not in the training set: a made picture counts
# as a copy if its ratio is below that of all but 1 % of these.


# %% tags=["setup"]
def small(pictures):
    """Pixels of the pictures averaged to 16x16, as vectors."""
    return average_pairs(pictures.astype(np.float64)).reshape(len(pictures), -1)


def nearest(vectors, training, k=5):
    """Return indices and distances of the k nearest, nearest first."""
    squares = (
        np.sum(vectors**2, axis=1)[:, None]
        - 2 * vectors @ training.T
        + np.sum(training**2, axis=1)
    )
    indices = np.argsort(squares, axis=1)[:, :k]
    distances = np.sqrt(np.take_along_axis(squares, indices, 1).clip(0))
    return indices, distances


def copy_ratios(pictures, training):
    _, distances = nearest(small(pictures), small(training))
    return distances[:, 0] / distances[:, 1:].mean(axis=1)


def share_of_copies(pictures, training, held_out):
    """Share of pictures nearer to the training set than 99 % of new ones."""
    threshold = np.percentile(copy_ratios(held_out, training), 1)
    return float((copy_ratios(pictures, training) <= threshold).mean())


# %% tags=["check"]
indices, distances = nearest(small(others), small(reals))
library = pk.metrics.nearest_neighbours(small(others), small(reals))
np.testing.assert_allclose(distances, library.distances, rtol=1e-4)
vectors = [
    pk.metrics.pixel_vectors(pictures)
    for pictures in (sets["copies"], reals, others)
]
library = pk.metrics.duplicate_rate(*vectors)
mine = share_of_copies(sets["copies"], reals, others)
# The library rounds averaged pixels to whole numbers.
np.testing.assert_allclose(mine, library["value"], atol=0.02)
print(f"copies found: {mine:.0%}, in the library {library['value']:.0%}")

# %% [markdown]
# **See.** Three copies and three made pictures, each beside the five portraits
# of `reals` that are nearest to it.

# %%
chosen = np.concatenate([sets["copies"][:3], made[:3]])
indices, _ = nearest(small(chosen), small(reals))
show_small(pk.metrics.neighbour_grid(chosen, reals, indices, scale=2))

# %% [markdown]
# *Figure 8. On the left six pictures, three copies and then three made ones;
# to the right of each the five nearest of `reals`, the nearest first. Each copy
# has its original beside it, then the same portrait in other skin tones and
# ages; made pictures have portraits of like colours and outlines beside them,
# none of them the same.*

# %%
ratios = {
    name: copy_ratios(sets[name], reals)
    for name in ("other reals", "made", "copies")
}
figure, axis = plt.subplots(figsize=(9, 2.8))
for (name, values), colour, hatch in zip(
    ratios.items(), (BLUE, ORANGE, GREEN), ("", "//", ".."), strict=True
):
    axis.hist(
        values,
        bins=np.linspace(0, 1, 41),
        color=colour,
        hatch=hatch,
        edgecolor="white",
        alpha=0.7,
        label=name,
    )
threshold = np.percentile(ratios["other reals"], 1)
axis.axvline(threshold, color="black", linestyle="--", label="threshold")
axis.set(xlabel="nearest / mean of the four next", ylabel="pictures")
axis.legend()
plt.show()

# %% [markdown]
# *Figure 9. Ratios of other reals, made pictures and copies. To the left of
# the dashed line a picture counts as a copy. Nearly all copies are there;
# other reals are spread from 0.2 to 1, and made pictures are near 1.*
#
# The ratios of other reals are spread so wide because many portraits have
# sisters in the training set, which differ in the tone of the skin only. The
# made pictures are near to no training picture in particular. (Whether a *good*
# generator has copied is the harder question; the better it gets, the more its
# ratios will move to the left.)

# %% [markdown]
# ## 8. Who sees what
#
# Now everything at once: all sets, all measures, beside the floor in the first
# row. A cell is marked where the measure has noticed something: where its
# value is worse than the floor by more than chance explains.
#
# - SWD and Fréchet distance: more than a quarter above the floor;
# - KID: more than three standard errors above 0;
# - MS-SSIM: more than three standard errors *above* the floor;
# - precision and recall: more than 0.07 below the floor;
# - copies: more than 5 % of the pictures.
#
# **Question.** Fill in the table on paper before you run the cell: for each
# fault, which measures notice it? Is there one that notices everything?


# %%
def all_measures(name):
    """Return the values of a set, and whether each is noticeably worse."""
    fine, coarse = swd[name]["32"], swd[name]["16"]
    floor_fine, floor_coarse = (swd["other reals"][x] for x in ("32", "16"))
    variety = pk.metrics.ms_ssim(sets[name])
    distance = my_frechet(real_features, features[name])
    kid = pk.metrics.kernel_distance(real_features, features[name])
    precision, recall = scores[name]
    floor_precision, floor_recall = scores["other reals"]
    copies = share_of_copies(sets[name], reals, others)
    return {
        "SWD 32": (f"{fine:.0f}", fine > 1.25 * floor_fine),
        "SWD 16": (f"{coarse:.0f}", coarse > 1.25 * floor_coarse),
        "MS-SSIM": (
            f"{variety:.3f}",
            variety > floor["value"] + 3 * floor["error"],
        ),
        "Fréchet": (
            f"{distance:.0f}",
            distance > 1.25 * curves["other reals"][-1],
        ),
        "KID": (f"{kid['value']:.3f}", kid["value"] > 3 * kid["error"]),
        "precision": (f"{precision:.2f}", precision < floor_precision - 0.07),
        "recall": (f"{recall:.2f}", recall < floor_recall - 0.07),
        "copies": (f"{copies:.0%}", copies > 0.05),
    }


table = {name: all_measures(name) for name in sets}
measures = list(table["made"])
figure, axis = plt.subplots(figsize=(9, 4))
noticed = [[cell[1] for cell in row.values()] for row in table.values()]
axis.imshow(noticed, cmap="Oranges", vmin=0, vmax=2, aspect="auto")
for row, cells in enumerate(table.values()):
    for column, (text, is_noticed) in enumerate(cells.values()):
        axis.text(
            column,
            row,
            f"{text} !" if is_noticed else text,
            ha="center",
            va="center",
            weight="bold" if is_noticed else "normal",
        )
axis.set_xticks(range(len(measures)), measures)
axis.set_yticks(range(len(table)), list(table))
axis.xaxis.tick_top()
axis.tick_params(length=0)
axis.set_xticks(np.arange(0.5, len(measures) - 1), minor=True)
axis.set_yticks(np.arange(0.5, len(table) - 1), minor=True)
axis.grid(which="minor", color="white", linewidth=2)
axis.tick_params(which="minor", length=0)
plt.show()

# %% [markdown]
# *Figure 10. Eight sets (rows) by eight measures (columns), 1,024 pictures per
# set, Fréchet, KID, precision and recall on EfficientNet-Lite0. Cells with an
# exclamation mark, shaded, are noticeably worse than the floor in the first
# row. Fréchet distance and KID are marked in all seven rows of
# faulty sets, the share of copies in the last row only.*

# %% [markdown]
# Fréchet distance and KID are marked in every row below the first. Are they
# enough, then? Read the rows:
#
# - **Made, noisy, shuffled**: all but MS-SSIM and the last column notice.
#   MS-SSIM takes shuffled tiles for a *gain* in variety. Precision is 0.11 or
#   less.
# - **Blurred**: all but the last column notice, and SWD says at which level.
# - **One style, 32 repeated**: precision is as good as that of reals; recall
#   tells what is wrong. MS-SSIM misses the set of 32.
# - **Copies**: SWD, MS-SSIM and recall find nothing. Fréchet distance, KID and
#   precision have noticed the faint noise that we added, not the copying: of
#   the training pictures themselves, the distance is 0. Only the last column
#   sees what happened.
#
# A distance says that something is wrong. It takes the others to say what.

# %% [markdown]
# ### In one line
#
# All of this is in the library, with the floor beside every value:

# %%
scores = pk.evaluate(made, np.concatenate([reals, others]), count=COUNT)
print(pk.evaluation.table(scores))

# %% [markdown]
# The figures differ a little from ours: `evaluate` shuffles all real pictures
# before it parts them into those that are compared with and the floor.
#
# `metrics=["kid", "fid", "precision_recall", "duplicates"]` gives the others
# (each named after its feature network), `progan evaluate` does it for a run,
# and `progan train --metrics swd,kid` while it trains.
#
# ## Summary
#
# - Measure against the **floor**: other real pictures, as many of them.
# - **SWD** compares patches, size by size. It sees blur and noise, not what a
#   picture shows, nor who made it.
# - **MS-SSIM** sees a collapse to a handful of pictures, and little of
#   quality.
# - **Fréchet** and **kernel distance** see much, through one network. Say
#   which one. The first falls with the number of pictures: never compare
#   across numbers. The second does not.
# - **Precision and recall** tell "bad pictures" from "not all kinds".
# - A generator that **copies** is as near to the training pictures as can be,
#   and beats the floor. Look for copies separately.
# - Prepare real and made pictures in exactly the same way.

# %% [markdown]
# ## Exercises
#
# [Solutions](solutions/07_measuring.ipynb) are in a notebook of their own.

# %% [markdown] tags=["exercise"]
# ### 1. Fool MS-SSIM
#
# Make a set of pictures that MS-SSIM takes for *more* varied than real ones,
# although it is worthless. Which other measure is not fooled?

# %% tags=["solution"]
rubbish = random.integers(0, 256, reals.shape, dtype=np.uint8)
for name, pictures in (("reals", others), ("rubbish", rubbish)):
    variety = pk.metrics.ms_ssim(pictures)
    distance = pk.metrics.sliced_wasserstein(reals, pictures)["mean"]
    print(f"{name:8} MS-SSIM {variety:.3f}, SWD {distance:.0f}")

# %% [markdown] tags=["solution"]
# Random pixels. No two of them are alike in anything but their mean
# brightness, so MS-SSIM is a third of that of real pictures: "more varied". SWD
# is not fooled at all. MS-SSIM must be read beside that of real pictures, and
# too low is as wrong as too high.

# %% [markdown] tags=["exercise"]
# ### 2. How small a fault can you prove?
#
# Replace a share of `others` by blurred pictures: 0, 2, 5, 10, 20 and 50
# percent. Draw KID with twice its standard error over the share, once with all
# pictures and once with an eighth of them. From which share on can you be sure
# that something is wrong? What does that mean for somebody who compares two
# training runs that are almost equally good?

# %% tags=["solution"]
real_features, sharp = features_of(reals), features_of(others)
soft = features_of(blurred(others))
shares = np.array([0, 2, 5, 10, 20, 50])
plt.figure(figsize=(6, 3))
for n, colour, style in ((COUNT, BLUE, "o-"), (COUNT // 8, ORANGE, "s--")):
    results = []
    for share in shares:
        bad = round(n * share / 100)
        mixed = np.concatenate([soft[:bad], sharp[bad:n]])
        results.append(pk.metrics.kernel_distance(real_features[:n], mixed))
    plt.errorbar(
        shares,
        [result["value"] for result in results],
        yerr=[2 * result["error"] for result in results],
        fmt=style,
        color=colour,
        capsize=4,
        label=f"{n:,} pictures",
    )
plt.axhline(0, color="black", linewidth=0.5)
plt.xlabel("blurred, %")
plt.ylabel("KID, efficientnet_lite0")
plt.legend()
plt.show()

# %% [markdown] tags=["solution"]
# *KID over the share of blurred pictures, with twice the standard error: solid
# with all pictures, dashed, with longer bars, with an eighth of them.*
#
# Both curves rise alike: KID does not depend on the number of pictures. Its
# error does. With all pictures the bars are clear of 0 where a fifth is
# blurred, with an eighth of them only where half is. A difference between two
# runs that is smaller than the error bars is no difference. Measure with more
# pictures, and train with several seeds.

# %% [markdown] tags=["exercise"]
# ### 3. Another pair of eyes
#
# Everything in sections 4 to 6 depends on what the feature network looks at.
# Take other features: plain pixels (`small` turns pictures into 768 numbers),
# those of a network with random weights, or of one that you have trained.
# Compute the Fréchet distance of all eight sets on them, divided by the floor,
# beside that on EfficientNet-Lite0. What do the new eyes not see? Can you
# find features that notice a fault which EfficientNet-Lite0 misses?

# %% tags=["solution"]
keras.utils.set_random_seed(3)
untrained = keras.Sequential(
    [
        keras.Input((32, 32, 3)),
        keras.layers.Rescaling(1 / 127.5, offset=-1),
        *[
            keras.layers.Conv2D(width, 3, 2, "same", activation="relu")
            for width in (64, 128, 256)
        ],
        keras.layers.GlobalAveragePooling2D(),
    ],
    name="untrained",
)
eyes = {
    "efficientnet_lite0": features_of,
    "pixels": small,
    "untrained": lambda pictures: untrained.predict(pictures, verbose=0),
}
ratios = {}
for name, see in eyes.items():
    real = np.asarray(see(reals), np.float64)
    distances = [
        my_frechet(real, np.asarray(see(pictures), np.float64))
        for pictures in sets.values()
    ]
    ratios[name] = np.array(distances) / distances[0]
print(f"{'':12}" + "".join(f"{name:>20}" for name in eyes))
for row, name in enumerate(sets):
    values = "".join(f"{ratios[eye][row]:20.1f}" for eye in eyes)
    print(f"{name:12}{values}")

# %% [markdown] tags=["solution"]
# The numbers are Fréchet distances in units of the floor, on three kinds of
# features. Pixels hardly see noise and blur: these change each pixel a little,
# and the means and covariances of all pictures hardly at all. The untrained
# network is blind to noise, too. But it sees blur, one style and the repeated
# pictures more clearly than EfficientNet-Lite0 does, measured by the floor:
# a network need not know things to see patches.
#
# What EfficientNet-Lite0 misses is the copying: it sees the faint noise of the
# copies and says 1.9, as of any fault. On both other kinds of features the
# copies are far *below* the floor, at a tenth of it or less. New pictures are
# not so near to the training pictures; a value far below the floor is a reason
# to look for copies.
