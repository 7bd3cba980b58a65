# %% [markdown]
# # Lesson 11: what each idea buys
#
# Seven ideas have come together in ten lessons. Does a GAN need all of them?
# To find out, take one away, train again, and measure: an *ablation*. In this
# lesson you
#
# 1. read the paper's table of ablations, and compute what each row adds;
# 2. write a table of your own, in which each row lacks one idea;
# 3. train three of its rows twice, and see how far chance alone moves a score;
# 4. read the whole table, of runs that were made beforehand.
#
# **At the end** there are three figures on your screen: the paper's rows, your
# six runs, and eight rows with three runs each, beside pictures of every row.
#
# **You need** lesson 2 (the layers), lesson 4 (the losses) and lesson 7 (SWD
# and KID). Reading and trying things takes about half an hour; running
# everything takes three to six minutes and about 1 GB of memory.
#
# **The paper** is Karras et al., 2018,
# [arXiv 1710.10196](https://arxiv.org/abs/1710.10196), section 6.1 and table 1.

# %% tags=["setup"]
import dataclasses
import itertools
import json
import os
from pathlib import Path

# TensorFlow reads this when it is imported. It keeps its messages off the
# screen, but for one about oneDNN, which makes it fast.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import matplotlib.pyplot as plt
import numpy as np

import progan_keras as pk

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

# %% tags=["setup"]
PAPER = {
    "a: Gulrajani et al.": (9.28, 11.25),
    "b: + growing": (4.28, 7.60),
    "c: + minibatch of 16, not 64": (46.23, 49.52),
    "d: + revised training": (8.07, 6.54),
    "e: + minibatch stddev": (7.04, 6.48),
    "f: + equalized learning rate": (4.39, 4.02),
    "g: + pixel normalisation": (3.56, 4.01),
    "h: trained to the end": (2.96, 3.31),
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
plt.xlabel("SWD x 1000 (logarithmic)")
plt.legend()
plt.tight_layout()
plt.show()

# %% [markdown]
# *Figure 1. Horizontal bars, two per row of the paper's table 1. From a to b
# both get shorter, by half for CelebA. Row c is longer than any other, ten
# times as long as b for CelebA. From d to h they get shorter almost step by
# step.*
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
# **Question.** Two of these rows cost nothing at all in time or memory per
# step. Which?

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
    """Count layers of a class in the two networks of the last resolution."""
    return sum(
        isinstance(layer, kind)
        for family in ("generator", "discriminator")
        for layer in gan.pair(16, family).straight.layers
    )


for row in ROWS:
    print(f"{row:34} {', '.join(sorted(differences(row))) or '-'}")

# %% [markdown]
# **Check.** Each row takes away one idea and only that, trains on as many
# images, and the layer in its name is really gone.

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
assert {row: differences(row) for row in ROWS} == ideas
for row in ROWS:
    assert build(row)[1].total_images == round(1_000 * KIMG), row
for kind, without in (
    (pk.layers.PixelNormalization, "no pixel normalisation"),
    (pk.layers.MinibatchStdev, "no minibatch standard deviation"),
):
    assert layers_of(build("all of them")[0], kind) > 0
    assert layers_of(build(without)[0], kind) <= 1  # the one of the latents
print("one idea a row, as many images in each")

# %% [markdown]
# Two rows change two settings. "WGAN-GP, alternating" changes the loss *and*
# the order of updates, as they belong together in the paper; it compares two
# recipes, not two losses. The average of the generator is one idea that two
# settings describe.
#
# (The answer to the question: no equalized learning rate, since scaling a
# weight costs next to nothing; and no average of the generator, which is not
# trained.)
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
        axis.legend(loc="lower right")
    axis.set_yticks(range(len(scores)), scores)
    axis.invert_yaxis()
    axis.set_xlabel(label)


# %%
figure, axis = plt.subplots(figsize=(8, 2.2))
dots(axis, mine)
figure.tight_layout()
plt.show()

# %% [markdown]
# *Figure 2. FIGURE2*
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
assert winners({"x": [1, 4], "y": [2, 3]}) == {"x": 0.5, "y": 0.5}
assert abs(sum(winners(mine).values()) - 1) < 1e-9
print("shares are right")

# %% [markdown]
# WINNERS
#
# ## 4. The whole table
#
# All rows were trained beforehand, with three seeds each, on 60,000 images of
# 32x32: `python benchmarks/ablations.py` in the project does it, and writes
# what this lesson has read into `RUNS`. This is little training: about what a
# laptop does in two minutes a run. The table says what an idea buys **for such
# a run**, not for the days that the paper's runs took.
#
# **Question.** Which of the seven ideas matters most here? Write your order
# down first.

# %%
METRICS = {
    "swd": (1, "SWD x 1000"),
    "kid_efficientnet_lite0": (1, "KID"),
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
scores, floor = table("swd")
for row, runs in RUNS.items():
    values = [run["swd"]["value"] for run in runs]
    np.testing.assert_allclose(scores[row], values)
assert min(map(min, scores.values())) > floor > 0
print(f"{sum(map(len, RUNS.values()))} runs, none below the floor")

# %% [markdown]
# **See.**

# %%
figure, axes = plt.subplots(1, 3, figsize=(11, 3.6), sharey=True)
for axis, name in zip(axes, METRICS, strict=True):
    scores, floor = table(name)
    dots(axis, scores, floor, METRICS[name][1])
axes[0].set_ylim(len(RUNS) - 0.5, -0.5)
figure.tight_layout()
plt.show()

# %% [markdown]
# *Figure 3. FIGURE3*
#
# READING
#
# And the pictures. Scores are averages over thousands of pictures; look, too.

# %%
plt.figure(figsize=(9, 6.4))
plt.imshow(plt.imread(BENCHMARKS / "results/ablations.png"))
plt.axis("off")
plt.tight_layout(pad=0)
plt.show()

# %% [markdown]
# *Figure 4. FIGURE4*
#
# ## Summary
#
# - An ablation trains again without one idea, with all else equal. A cumulative
#   table says what an idea adds to those above it; its order matters.
# - One change a row: compare the settings by a program, not by eye.
# - A row needs several runs. Differences within the scatter of seeds are none.
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
# SOLUTION1

# %% [markdown] tags=["exercise"]
# ### 2. Is it more than chance?
#
# With three runs a row there are twenty ways to deal six runs into two rows of
# three. If a row and "all of them" were equal, each of these were as likely.
# Compute for every row of `RUNS` in how many of the twenty ways the means
# differ, in size, by at least as much as they do. Which rows are left as
# different? Why can this number not fall below 2?


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
# SOLUTION2

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
# SOLUTION3
