# %% [markdown]
# # Lesson 11: what each idea buys
#
# Many ideas have come together in ten lessons. Does a GAN need all of them? To
# find out, take one away, train again, and measure: an *ablation*. In this
# lesson you
#
# 1. read the paper's table of ablations, and compute what each row adds;
# 2. write a table of your own: six rows lack one idea each, and one has
#    another loss;
# 3. train three of its rows twice, and see how far chance alone moves a score;
# 4. read the whole table, of runs that were made beforehand.
#
# **At the end** there are three figures on your screen: the paper's rows, your
# six runs, and eight rows with three runs each, beside pictures of every row.
#
# **You need** lesson 2 (the layers), lesson 4 (the losses), of lesson 5 the
# average of $G$ and the two orders of updates, and lesson 7 (SWD and KID).
# Reading and trying things takes about half an hour; running
# everything takes three to six minutes and about 1 GB of memory.
#
# **The paper** is Karras et al., 2018,
# [arXiv 1710.10196](https://arxiv.org/abs/1710.10196), section 6.1 and table 1.

# %% tags=["setup"]
import dataclasses
import itertools
import json
import logging
import os
from pathlib import Path

# TensorFlow reads this when it is imported. It keeps its messages off the
# screen, but for one about oneDNN, which makes it fast.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from PIL import Image

import progan_keras as pk

# No line for each file that is written, and no advice on rows that lack
# something on purpose.
tf.get_logger().setLevel("ERROR")
logging.getLogger("progan_keras").setLevel("ERROR")

# With PROGAN_LESSON=quick everything runs in seconds, and little is learned.
QUICK = os.environ.get("PROGAN_LESSON") == "quick"
KIMG, STAGE = (0.8, 160) if QUICK else (32, 4_000)
COUNT = 64 if QUICK else 1_000

plt.rcParams["figure.dpi"] = 80
plt.rcParams["image.interpolation"] = "nearest"
# Blue, orange, green: told apart by all kinds of eyes, and in grey print.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"

# Runs of 60,000 images at 32x32, by benchmarks/ablations.py.
BENCHMARKS = Path(pk.__file__).parents[1] / "benchmarks"
RESULTS = json.loads((BENCHMARKS / "results/ablations.json").read_text())
RUNS = RESULTS["results"]

images = pk.data.load("emoji_portraits", resolution=16)

# %% [markdown]
# ## 1. The paper's table
#
# Table 1 of the paper begins with the GAN of Gulrajani et al. (2017) and adds
# one idea after another. Below is the mean sliced Wasserstein distance, times
# 1000, of pictures of 128x128, for two data sets. Lower is better. (The
# paper's row *e\**, minibatch discrimination, is left out: *e* replaces it.)
#
# Not every row is an idea. Row c is a restriction; d takes batch and layer
# normalisation out and changes settings; h has wider networks that are trained
# to the end, while the rows above it were stopped early.

# %% tags=["setup"]
PAPER = {
    "a: Gulrajani et al.": (9.28, 11.25),
    "b: + growing": (4.28, 7.60),
    "c: + minibatch of 16, not 64": (46.23, 49.52),
    "d: + revised training": (8.07, 6.54),
    "e: + minibatch stddev": (7.04, 6.48),
    "f: + equalized learning rate": (4.39, 4.02),
    "g: + pixel normalisation": (3.56, 4.01),
    "h: wider, trained longer": (2.96, 3.31),
}

# %% [markdown]
# **Question.** One of these rows is far worse than the one above it. Which, and
# why did the authors keep it?

# %%
rows = list(PAPER)
places = np.arange(len(rows))
plt.figure(figsize=(8, 3.6))
for column, name, colour, hatch in (
    (0, "CelebA", BLUE, ""),
    (1, "LSUN bedrooms", ORANGE, "//"),
):
    values = [PAPER[row][column] for row in rows]
    plt.barh(
        places + 0.4 * column,
        values,
        height=0.38,
        color=colour,
        hatch=hatch,
        edgecolor="white",
        label=name,
    )
plt.yticks(places + 0.2, rows)
plt.gca().invert_yaxis()
plt.xscale("log")
plt.xticks([3, 5, 10, 20, 50], ["3", "5", "10", "20", "50"])
plt.minorticks_off()
plt.xlabel("SWD x 1000 (logarithmic)")
plt.legend()
plt.tight_layout()
plt.show()

# %% [markdown]
# *Figure 1. Horizontal bars, two per row of the paper's table 1. From a to b
# the scores fall, for CelebA to less than half. Row c is the worst of all, ten
# times b for CelebA. From d to h they fall almost step by step. (The axis is
# logarithmic: read where bars end, not how long they are.)*
#
# The answer is memory: at 1024x1024 a minibatch of 64 does not fit. The small
# minibatch breaks row b, and rows d to g repair it.
#
# That is how to read a *cumulative* table: each row says what an idea buys **on
# top of those before it**. Minibatch standard deviation looks weak here, and
# might look strong in another order. Compute what each row buys, as a factor.

# %%


def gains(scores):
    """Return by what factor each row lowers the score of the one before it.

    Args:
        scores: Scores of the rows in their order, lower is better.

    Returns:
        List of one number fewer; above 1 where the row is better.
    """
    return [
        before / after
        for before, after in zip(scores[:-1], scores[1:], strict=True)
    ]


celeba = [scores[0] for scores in PAPER.values()]
for row, gain in zip(rows[1:], gains(celeba), strict=True):
    print(f"{row:30} {gain:6.2f}")

# %% [markdown]
# **Check.** All factors together lead from the first row to the last.

# %% tags=["check"]
np.testing.assert_allclose(np.prod(gains(celeba)), celeba[0] / celeba[-1])
assert gains([8.0, 4.0, 2.0]) == [2.0, 2.0]
assert gains([4.0, 8.0]) == [0.5]
print(f"from a to h: {celeba[0] / celeba[-1]:.2f} times lower")

# %% [markdown]
# ## 2. A table of your own
#
# The other kind of table takes *one* idea away from the whole. Each row then
# answers a plain question: what would I lose without it?
#
# A row is a name and two dicts: what changes in the recipe (how the GAN is
# trained), and what changes in the architecture (what it is built of).
#
# The whole is the `quickstart` recipe: the non-saturating loss with R1 (lesson
# 4), and one update of both networks at a time (lesson 5). That is *not* the
# paper's loss. The last row has it, with alternating updates: first $D$, then
# $G$, each on pictures of its own.
#
# **Question.** Two of these ideas cost next to no time per step. Which? And
# which of the two costs memory all the same?

# %% tags=["setup"]
ROWS = {
    "all of them": ({}, {}),
    "no growing": ({"growing": False}, {}),
    "growing without fades": ({"fade_images": 0}, {}),
    "no pixel normalisation": ({}, {"generator_norm": None}),
    "no minibatch standard deviation": ({}, {"minibatch": None}),
    "no equalized learning rate": ({}, {"equalized": False}),
    "no average of the generator": (
        {"ema_decay": 0.0, "ema_half_life": None},
        {},
    ),
    "WGAN-GP, alternating": ({"loss": "wgan_gp", "update": "alternating"}, {}),
}


def build(row, seed=0, kimg=KIMG):
    """Make the GAN and the recipe of a row, for images of 16x16.

    Args:
        row: Name of a row of `ROWS`.
        seed: Of the GAN's weights, and of all that is drawn in training.
        kimg: Thousands of images to train on.

    Returns:
        Tuple of a `pk.ProGAN` and a `pk.recipes.Recipe`.
    """
    changes, switches = ROWS[row]
    gan = pk.ProGAN(
        16,
        latent_dim=32,
        fmap_base=256,
        fmap_max=32,
        architecture=switches,
        seed=seed,
    )
    # Stages short enough that all of them fit in.
    settings = {
        "stabilise_images": STAGE,
        "fade_images": STAGE,
        "total_images": round(1_000 * kimg),
    }
    recipe = pk.recipes.get("quickstart")
    recipe = dataclasses.replace(recipe, **(settings | changes))
    return gan, recipe


# %% [markdown]
# A row that changes two things at once answers no question. So does one that
# sees more images. Compare every recipe and every architecture with those of
# the whole.

# %%


def differences(row):
    """Return the names of settings in which a row differs from the whole."""
    gan, recipe = build(row)
    whole, plain = build("all of them")
    mine, other = dataclasses.asdict(recipe), dataclasses.asdict(plain)
    found = {name for name in mine if mine[name] != other[name]}
    mine = gan.get_config()["architecture"]
    other = whole.get_config()["architecture"]
    return found | {name for name in mine if mine[name] != other[name]}


def layers_of(gan, kind):
    """Count layers of a class in both networks of the last resolution."""
    return sum(
        isinstance(layer, kind)
        for family in ("generator", "discriminator")
        for layer in gan.pair(16, family).straight.layers
    )


for row in ROWS:
    print(f"{row:34} {', '.join(sorted(differences(row))) or '-'}")

# %% [markdown]
# **Check.** Each row takes away one idea and only that, trains on as many
# images, and the layer in its name is really gone. (One pixel normalisation
# stays: that of the latents.)

# %% tags=["check"]
ideas = {
    "all of them": set(),
    "no growing": {"growing"},
    "growing without fades": {"fade_images"},
    "no pixel normalisation": {"generator_norm"},
    "no minibatch standard deviation": {"minibatch"},
    "no equalized learning rate": {"equalized"},
    "no average of the generator": {"ema_decay", "ema_half_life"},
    "WGAN-GP, alternating": {"loss", "update"},
}
found = {row: differences(row) for row in ROWS}
assert found == ideas, found
for row in ROWS:
    assert build(row)[1].total_images == round(1_000 * KIMG), row
for kind, row, left in (
    (pk.layers.PixelNormalization, "no pixel normalisation", 1),
    (pk.layers.MinibatchStdev, "no minibatch standard deviation", 0),
):
    there = [layers_of(build(name)[0], kind) for name in ("all of them", row)]
    assert there[0] > left == there[1], f"{row}: {there}"
print("one idea a row, as many images in each")

# %% [markdown]
# Two rows change two settings. "WGAN-GP, alternating" changes the loss *and*
# the order of updates, as they belong together in the paper; it compares two
# recipes, not two losses. The average of the generator is one idea that two
# settings describe.
#
# (The answer to the question: the equalized learning rate, since scaling a
# weight is cheap; and the average of the generator, which needs no gradients.
# But the average is one more generator in memory.)
#
# One thing the check does not see: all rows train on as many images, but not
# at the last resolution. In the runs of section 4, the whole sees 20,000 of
# its 60,000 images at 32x32, the row without fades 34,000, and the row without
# growing all of them. One setting changed is not always one effect.
#
# ## 3. Three rows, twice
#
# A score is of one run, and a run has a seed: other weights to begin with,
# other latents, another order of the images. Before rows are compared, it must
# be known how far a score moves by that alone.
#
# **Question.** The same recipe, two seeds. Do you expect the SWD to differ by
# one percent, ten, or fifty?


# %% tags=["setup"]
def score(row, seed):
    """Train a row and return its SWD, times 1000, of pictures of 16x16."""
    gan, recipe = build(row, seed)
    pk.train(gan, images, f"runs/{row}-{seed}", recipe, verbose=False)
    return pk.evaluate(gan, images, ["swd"], COUNT)["swd"]["value"]


# %%
mine = {}
for row in ("all of them", "no growing", "no equalized learning rate"):
    mine[row] = [score(row, seed) for seed in (0, 1)]
    print(f"{row:30}", "  ".join(f"{value:6.1f}" for value in mine[row]))

# %% [markdown]
# **See.** `dots` draws every run as a dot and the mean of a row as a line. That
# is an honest picture of a few runs: nothing is hidden in an average.

# %% tags=["setup"]


def dots(axis, scores, floor=None, label="SWD x 1000"):
    """Draw a row of dots per name, and a line at their mean.

    Args:
        axis: Of matplotlib.
        scores: Dict from names to lists of numbers.
        floor: Number, the score of real images; None for no line.
        label: Text of the horizontal axis.
    """
    for place, values in enumerate(scores.values()):
        axis.plot(values, [place] * len(values), "o", color=BLUE, alpha=0.7)
        axis.plot(
            [np.mean(values)] * 2,
            [place - 0.3, place + 0.3],
            color=ORANGE,
            linewidth=2.5,
        )
    if floor is not None:
        axis.axvline(floor, color=GREEN, linestyle="--", label="real images")
        axis.legend(loc="lower right", bbox_to_anchor=(1, 1), frameon=False)
    axis.set_yticks(range(len(scores)), scores)
    axis.invert_yaxis()
    axis.set_xlabel(label)


# %%
figure, axis = plt.subplots(figsize=(8, 2.2))
dots(axis, mine)
figure.tight_layout()
plt.show()

# %% [markdown]
# *Figure 2. Two dots a row, and a line at their mean. All are close together,
# and the two seeds of a row lie farther apart than the means of the rows.*
#
# About ten percent, with two seeds. That is already more than the rows differ.
# (A third seed widens it: in exercise 3, "all of them" goes from 29 to 39.)
#
# ## What goes wrong: one run a row
#
# Papers often have one run a row. Suppose you had only one, too: draw one of
# your two seeds for each row, in all possible ways, and see which row comes
# out best.


# %%
def winners(scores):
    """Return how often each row is best, over all choices of one run each.

    Args:
        scores: Dict from names to lists of scores, lower is better.

    Returns:
        Dict from names to shares, which add up to 1.
    """
    choices = list(itertools.product(*scores.values()))
    wins = dict.fromkeys(scores, 0)
    for choice in choices:
        _, best = min(zip(choice, scores, strict=True))
        wins[best] += 1
    return {row: count / len(choices) for row, count in wins.items()}


for row, share in winners(mine).items():
    print(f"{row:30} best in {share:.0%} of the choices")

# %% [markdown]
# **Check.** Rows that overlap win by chance; rows that do not, always.

# %% tags=["check"]
assert winners({"low": [1, 2], "high": [3, 4]}) == {"low": 1.0, "high": 0.0}
assert winners({"x": [1, 3], "y": [2, 4]}) == {"x": 0.75, "y": 0.25}
assert abs(sum(winners(mine).values()) - 1) < 1e-9
print("shares are right")

# %% [markdown]
# No row wins always: with one run each, chance may give the first place to any
# of them. A table with one run a row would have had its winner all the same,
# and somebody would have found a reason for it.
#
# ## 4. The whole table
#
# All rows were trained beforehand, with three seeds each, on 60,000 images of
# 32x32: `python benchmarks/ablations.py` in the project does it, and writes
# what this lesson has read into `RUNS`. This is little training: about what a
# laptop does in two minutes a run. The table says what an idea buys **for such
# a run**, not for the days that the paper's runs took.
#
# **Question.** Which of the six ideas matters most here, and does the paper's
# loss help? Write your order down first.

# %%
METRICS = {
    "swd": (1, "SWD x 1000"),
    "kid_efficientnet_lite0": (1_000, "KID x 1000"),
    "ms_ssim": (100, "MS-SSIM x 100"),
}


def table(name):
    """Return the scores of all runs by one metric, and that of real images."""
    factor, _ = METRICS[name]
    scores = {
        row: [factor * run[name]["value"] for run in runs]
        for row, runs in RUNS.items()
    }
    floor = factor * RUNS["all of them"][0][name]["floor"]
    return scores, floor


print(f"{'':32}", "".join(f"{title:>16}" for _, title in METRICS.values()))
for row in RUNS:
    cells = ""
    for name in METRICS:
        values = table(name)[0][row]
        half = (max(values) - min(values)) / 2
        cells += f"{np.mean(values):8.1f} ± {half:5.1f}"
    print(f"{row:32} {cells}")
print(
    f"{'real images':32}",
    "".join(f"{table(n)[1]:8.1f}        " for n in METRICS),
)

# %% [markdown]
# **Check.** The rows are yours, all with as many runs; and the table does not
# hide a run.

# %% tags=["check"]
assert list(RUNS) == list(ROWS)
assert {len(runs) for runs in RUNS.values()} == {
    RESULTS["run"]["options"]["seeds"]
}
for name, (factor, _) in METRICS.items():
    scores, floor = table(name)
    for row, runs in RUNS.items():
        values = [factor * run[name]["value"] for run in runs]
        np.testing.assert_allclose(scores[row], values)
    np.testing.assert_allclose(floor, factor * RUNS[row][0][name]["floor"])
lowest = min(map(min, table("swd")[0].values()))
assert lowest > table("swd")[1] > 0, lowest
print(f"{sum(map(len, RUNS.values()))} runs, none below the floor by SWD")

# %% [markdown]
# **See.**

# %%
figure, axes = plt.subplots(1, 3, figsize=(11, 3.6), sharey=True)
for axis, name in zip(axes, METRICS, strict=True):
    scores, floor = table(name)
    dots(axis, scores, floor, METRICS[name][1])
axes[0].set_ylim(len(RUNS) - 0.5, -0.5)
axes[0].set_xscale("log")
axes[0].set_xticks([10, 20, 50, 100, 200], [10, 20, 50, 100, 200])
axes[0].minorticks_off()
figure.tight_layout()
plt.show()

# %% [markdown]
# *Figure 3. Three runs of every row as dots, with a line at their mean; a
# dashed line for real images. Left, SWD, on a logarithmic axis: without
# equalized learning rate, the dots are far to the right of all others, from
# 114 to 241; without minibatch standard deviation and without the average they
# are at 38 to 51; the other five rows overlap between 22 and 38. Middle, KID:
# between 760 and 1470, far from real images at 0; without equalized learning
# rate all three runs are above those of "all of them", the other rows overlap
# with it. Right, MS-SSIM: between 13 and 20, around real images at 15, but for
# one run without equalized learning rate, at 67.*
#
# Three ideas stand out by SWD: the equalized learning rate first, then the
# average of the generator and the minibatch standard deviation. Of the other
# four rows only WGAN-GP lies apart from "all of them", a little below it;
# exercise 2 asks what that is worth. Some of this deserves a second look.
#
# - **Growing** does not lower the score here; it lowers the price. Two thirds
#   of these 60,000 images were shown to smaller networks, and without growing
#   a run took 1.6 times as long (the fastest of three each; other work on the
#   machine slowed some runs, as `minutes` in `RUNS` shows). The paper found
#   both: a better result (row b, half the SWD) and less time, 5.4 times less
#   at 1024x1024 (section 6.2), where the last resolution costs about a
#   thousand times what the first one does. Of the better result, nothing is
#   seen in so short a run at 32x32.
#
# - **No equalized learning rate** is a disaster here, was level in your six
#   runs, and looked best in lesson 2 (exercise 3), where training was shorter
#   still and the GANs as small as yours. That need not be a contradiction:
#   scaled when drawn, these layers take larger steps at the same learning
#   rate. That is fast at first, and too much later, or in larger networks. So
#   this row does not say that the idea is worth a factor of five; it says so
#   *at this learning rate*, which was chosen with the idea in place. A fair
#   rival would get a learning rate of its own: the authors' code gives the
#   rows before f a tenth of the rate of f. That is the weak side of "one
#   change a row".
#
# - **WGAN-GP** looks better for the same number of images, and its runs took
#   1.6 times as long. Minute by minute the project's benchmarks find the
#   opposite (`benchmarks/README.md`, "What a minute of training buys"). What
#   is held equal decides.
#
# - **Pixel normalisation** keeps signals from growing in a long training. A
#   short one can hardly show what it is good for.
#
# - **KID** puts only the row without equalized learning rate apart, and that
#   by little: one run of blurred heads, at 1470, scores worse than all the
#   blots below. Perhaps its features, made for photographs, find all of this
#   equally strange. **MS-SSIM** only sees variation, and only a collapse moves
#   it.
#
# And the pictures. Scores are averages over thousands of pictures; look, too.

# %%
Image.open(BENCHMARKS / "results/ablations.png")

# %% [markdown]
# *Figure 4. Twelve pictures by the first run of each row, from the same
# latents. Heads and shoulders in the colours of the data, blurred, in all rows
# but one: without equalized learning rate there are olive blots with dark
# rims. Without the average there are the same people as in the first row,
# speckled and with harder edges.*
#
# The rows "all of them" and "no average" show the same people because training
# is the same; only what is looked at differs. These two can be compared seed
# by seed. The others begin from the same latents, but soon go their own ways.
#
# ## Summary
#
# - An ablation trains again without one idea, with all else equal. A cumulative
#   table says what an idea adds to those above it; its order matters.
# - One change a row: compare the settings by a program, not by eye.
# - A row needs several runs. Differences within the scatter of seeds show
#   nothing: neither that rows differ nor that they are equal.
# - A result holds for its data, size and length of training. The paper's ideas
#   were made for large pictures and days of training.
#
# ## Exercises
#
# The answers are in
# [solutions/11_ablations.ipynb](solutions/11_ablations.ipynb).

# %% [markdown] tags=["exercise"]
# ### 1. Another row
#
# Add a row "hinge loss" to `ROWS` (lesson 4 has its name), check that it
# differs in the loss alone, and train it with two seeds. Is it better than
# "all of them", worse, or can you not tell?

# %% tags=["solution"]
ROWS["hinge loss"] = ({"loss": "hinge"}, {})
(_, whole), (_, hinge) = build("all of them"), build("hinge loss")
assert dataclasses.replace(hinge, loss=whole.loss) == whole
compared = {
    row: [score(row, seed) for seed in (0, 1)]
    for row in ("all of them", "hinge loss")
}
figure, axis = plt.subplots(figsize=(8, 1.8))
dots(axis, compared)
figure.tight_layout()
plt.show()

# %% [markdown] tags=["solution"]
# *Two rows of two dots. Both runs with hinge loss are to the right of both
# runs of "all of them", by more than the seeds of a row differ.*
#
# With hinge loss both runs are worse. Two runs against two that do not overlap
# are not much: by chance alone that happens once in three times (of the six
# ways to deal four runs, two look like this). Its size seems to speak for a
# difference: two or three times the distance between seeds. But two seeds say
# little about that distance. The third seed of "all of them" (exercise 3) is
# at 38.5, right beside the better run with hinge loss. So: probably worse, not
# shown.
#
# And the rival plays away from home: the learning rate, and the weight of the
# gradient penalty of "all of them", were chosen with that loss in place; hinge
# loss has its usual weight of 1 where the other has 0.5.

# %% [markdown] tags=["exercise"]
# ### 2. Is it more than chance?
#
# With three runs a row there are twenty ways to deal six runs into two rows of
# three. If a row and "all of them" were equal, each of these were as likely.
# Compute for every row of `RUNS` in how many of the twenty ways the mean SWDs
# differ, in size, by at least as much as they do. Call a row different where
# the number is 2. Which rows are? Why can it not fall below 2?


# %% tags=["solution"]
def ways(first, second):
    """Count the ways to deal the runs that differ at least as much."""
    heap = np.array([*first, *second])
    difference = abs(np.mean(first) - np.mean(second))
    deals = [
        np.array(deal)
        for deal in itertools.combinations(range(len(heap)), len(first))
    ]
    found = [
        abs(heap[deal].mean() - np.delete(heap, deal).mean()) for deal in deals
    ]
    return sum(value >= difference - 1e-9 for value in found), len(deals)


whole = [run["swd"]["value"] for run in RUNS["all of them"]]
for row, runs in list(RUNS.items())[1:]:
    count, of = ways(whole, [run["swd"]["value"] for run in runs])
    print(f"{row:32} {count:2} of {of}")

# %% [markdown] tags=["solution"]
# Without minibatch standard deviation, without equalized learning rate,
# without the average, and with WGAN-GP, 2 of 20: every run of the one is above
# every run of the other. The rest is at 8, 10 and 20 of 20: nothing to see.
# The number cannot fall below 2 because two ways always count, the deal as it
# was and the one with the two rows exchanged.
#
# So with three runs a row the surest result there can be still comes about by
# chance once in ten times. Of seven rows, one or so would look different
# although none is. Four did. To be surer, look at the size: SWD 165 against 29
# needs no statistics; 25.7 against 29.3, for WGAN-GP, does, and more runs.

# %% [markdown] tags=["exercise"]
# ### 3. An idea of your own
#
# Take a setting that no row has: the minibatch standard deviation of a whole
# batch instead of groups of four (`{"group_size": 16}`), another
# `ema_half_life`, another learning rate, a larger minibatch. Say beforehand
# what you expect, make it a row, train three seeds of it and of the whole, and
# write two sentences that you would put into a paper.

# %% tags=["solution"]
ROWS["one group of 16"] = ({}, {"group_size": 16})
mine = {
    row: [score(row, seed) for seed in (0, 1, 2)]
    for row in ("all of them", "one group of 16")
}
figure, axis = plt.subplots(figsize=(8, 1.8))
dots(axis, mine)
figure.tight_layout()
plt.show()

# %% [markdown] tags=["solution"]
# *Two rows of three dots. They overlap over their whole length.*
#
# The sentences might be: "The statistics of all 16 images instead of groups of
# four made no difference that three seeds could show (SWD between 27 and 40
# with, between 29 and 39 without). A difference smaller than ten would have
# escaped us." The second one is the more useful: a result of nothing is worth
# as much as it says what it could have seen.
