# %% [markdown]
# # Lesson 4: losses
#
# $D$ gives every picture a score, and all that $G$ ever learns is the slope of
# that score. The loss decides what this slope looks like. In this lesson you
#
# 1. see on a line of numbers why the first GAN's loss stops teaching $G$;
# 2. write the Wasserstein loss, and hold $D$'s slope in two ways: by clipping
#    weights, and by the gradient penalty that the paper uses;
# 3. get the penalty wrong on purpose, in three ways that raise no error;
# 4. put the whole loss together, drift included, and train pictures with it;
# 5. write four other losses, and watch what each does to $D$'s scores.
#
# **At the end** there are five GANs on your screen, equal but for their loss:
# how $D$ scores real and made pictures as they learn, how steep $D$ is between
# them, and the pictures.
#
# **You need** lesson 1: what $G$ and $D$ are, and how a picture gets its score.
# Derivatives, and `tf.GradientTape` if you have met it. A laptop without a GPU
# is enough. Reading and trying things takes about three quarters of an hour;
# running everything takes two to four minutes and about 1 GB of memory.
#
# **The paper** is Karras et al., 2018,
# [arXiv 1710.10196](https://arxiv.org/abs/1710.10196): appendix A.1 for the
# loss, section 6.5 for CIFAR-10. The gradient penalty is from Gulrajani et al.,
# *Improved Training of Wasserstein GANs*, 2017,
# [arXiv 1704.00028](https://arxiv.org/abs/1704.00028).
#
# Before most cells there is a question. Answer it first, then run the cell.

# %% tags=["setup"]
import functools
import os

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
random = np.random.default_rng(1)
plt.rcParams["figure.dpi"] = 80
plt.rcParams["image.interpolation"] = "nearest"
# Blue, orange, green: told apart by all kinds of eyes, and in grey print.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"


def assert_same(mine, library, *scores):
    """Fail unless two losses agree in values and in slopes."""
    results = []
    for loss in (mine, library):
        with tf.GradientTape() as tape:
            tape.watch(scores)
            values = loss(*scores)
        slopes = tape.gradient(
            values, scores, unconnected_gradients=tf.UnconnectedGradients.ZERO
        )
        results.append([values, *slopes])
    for my_numbers, numbers in zip(*results, strict=True):
        assert my_numbers.shape == numbers.shape
        np.testing.assert_allclose(my_numbers, numbers, rtol=1e-3, atol=1e-5)


# %% [markdown]
# ## 1. Why the first loss stops teaching
#
# Start as small as possible: a "picture" is one number. The real ones lie
# around 1, those of $G$ around -1. $D$ is a small network with three hidden
# layers. $G$ stands still, and we train $D$ alone. Numbers are stored as
# pictures of 1x1 pixels with one channel, so that what you write here will fit
# real pictures later.

# %% tags=["setup"]


def as_pictures(values):
    """Numbers [N], or points [N, 2], as pictures of one pixel."""
    values = np.asarray(values, "float32")
    return tf.constant(values.reshape(len(values), 1, 1, -1))


def make_critic(channels=1):
    """A small discriminator: three hidden layers, then the score."""
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(64, activation="leaky_relu") for _ in range(3)]
    return keras.Sequential(
        [
            keras.Input((1, 1, channels)),
            keras.layers.Flatten(),
            *layers,
            keras.layers.Dense(1),
        ]
    )


def train_critic(
    critic, loss, reals, fakes, steps=1000, batch=64, clip=None, watch=None
):
    """Train D against fakes that stay where they are.

    `loss(critic, reals, fakes)` is one number. With `clip`, each step ends
    with all weights cut back to [-clip, clip] (section 3). Returns a list of
    what `watch(critic)` gives before the first step and every 20 steps.
    """
    variables = critic.trainable_variables
    adam = keras.optimizers.Adam(0.002, beta_1=0.0, beta_2=0.99)
    adam.build(variables)

    @tf.function
    def step():
        chosen = tf.random.shuffle(tf.range(reals.shape[0]))[:batch]
        with tf.GradientTape() as tape:
            value = loss(
                critic,
                tf.gather(reals, chosen),
                tf.gather(fakes, chosen),
            )
        adam.apply(tape.gradient(value, variables), variables)
        if clip is not None:
            for variable in variables:
                variable.assign(keras.ops.clip(variable, -clip, clip))

    watched = []
    for number in range(steps + 1):
        if watch is not None and number % 20 == 0:
            watched.append(watch(critic))
        step()
    return watched


real_numbers = as_pictures(random.normal(1.0, 0.1, 512))
fake_numbers = as_pictures(random.normal(-1.0, 0.1, 512))
line = np.linspace(-2.0, 2.0, 201)

# %% [markdown]
# In the first GAN (Goodfellow et al., 2014), $D$'s score $s$ stands for a
# probability $\sigma(s) = 1 / (1 + e^{-s})$ that the picture is real. $D$
# minimises $-\log \sigma(D(x)) - \log(1 - \sigma(D(G(z))))$, and $G$ does what
# it can against that: it minimises $\log(1 - \sigma(D(G(z))))$. Their second
# proposal for $G$, the *non-saturating* one, is to minimise
# $-\log \sigma(D(G(z)))$.
#
# Written with $\mathrm{softplus}(s) = \log(1 + e^s)$, none of this overflows:
#
# $$L_D = \mathrm{softplus}(D(G(z))) + \mathrm{softplus}(-D(x))$$
# $$L_G = -\mathrm{softplus}(D(G(z))) \quad\text{or}\quad
#   L_G = \mathrm{softplus}(-D(G(z)))$$
#
# **Question.** The two losses of $G$ fall together: what lowers one lowers the
# other. Can it matter which one is taken?


# %%
def original_d(real_scores, fake_scores):
    return tf.nn.softplus(fake_scores) + tf.nn.softplus(-real_scores)


def original_g(fake_scores):
    return -tf.nn.softplus(fake_scores)


def non_saturating_g(fake_scores):
    return tf.nn.softplus(-fake_scores)


# %% [markdown]
# **Check.** Against the formulas with probabilities, and against the library,
# in value and in slope.

# %% tags=["check"]
real_scores, fake_scores = (
    tf.constant(random.normal(0.0, 3.0, (16, 1)), "float32") for _ in range(2)
)


def judged(real_scores, fake_scores):
    real, fake = tf.sigmoid(real_scores), tf.sigmoid(fake_scores)
    return -tf.math.log(real) - tf.math.log(1.0 - fake)


def caught(fake_scores):
    return tf.math.log(1.0 - tf.sigmoid(fake_scores))


assert_same(original_d, judged, real_scores, fake_scores)
assert_same(original_g, caught, fake_scores)
library = pk.losses.NonSaturating()
assert_same(original_d, library.discriminator_loss, real_scores, fake_scores)
assert_same(non_saturating_g, library.generator_loss, fake_scores)
print("original loss: as the formulas; non-saturating: as in the library")

# %% [markdown]
# **See.** $D$ is trained for 1,000 steps. Meanwhile we look at how hard each
# loss would pull $G$'s numbers: the size of its slope, $|dL_G / dx|$, at the
# made numbers.
#
# **Question.** $D$ gets better and better. Does $G$ learn more from a better
# teacher?

# %%


def pull(critic, generator_loss, fakes):
    """Mean size of the slope of G's loss at its pictures."""
    with tf.GradientTape() as tape:
        tape.watch(fakes)
        loss = generator_loss(critic(fakes))
    slope = tape.gradient(loss, fakes)
    return float(tf.reduce_mean(tf.norm(slope, axis=(1, 2))))


def judge_loss(critic, reals, fakes):
    return tf.reduce_mean(original_d(critic(reals), critic(fakes)))


def look(critic):
    """D's probabilities along the line, and how hard each loss pulls."""
    probability = tf.sigmoid(critic(as_pictures(line)))[:, 0].numpy()
    return (
        probability,
        pull(critic, original_g, fake_numbers),
        pull(critic, non_saturating_g, fake_numbers),
    )


judge = make_critic()
seen = train_critic(judge, judge_loss, real_numbers, fake_numbers, watch=look)
curves, original_pulls, other_pulls = zip(*seen, strict=True)
steps = 20 * np.arange(len(seen))

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
for index, style in ((0, ":"), (1, "--"), (len(seen) - 1, "-")):
    left.plot(line, curves[index], style, c="black", label=f"{steps[index]:,}")
for numbers, height, colour, marker in (
    (real_numbers, 1.06, BLUE, "o"),
    (fake_numbers, -0.06, ORANGE, "x"),
):
    numbers = np.ravel(numbers)[:40]
    left.plot(numbers, np.full(40, height), marker, c=colour, markersize=4)
left.set(xlabel="number", ylabel="probability of being real")
left.legend(title="D's steps")
right.semilogy(steps, original_pulls, c=ORANGE, label="original")
right.semilogy(steps, other_pulls, "--", c=BLUE, label="non-saturating")
right.set(xlabel="D's steps", ylabel="slope of G's loss")
right.legend()
figure.tight_layout()
plt.show()

# %% [markdown]
# *Figure 1. Left: the probability that D gives to each number of the line, at
# the start, after 20 and after 1,000 steps, when it is a step from 0 to 1; made
# numbers are crosses near -1, real ones are dots near 1. Right: the slope of
# G's loss at the made numbers as D learns, on a logarithmic axis. The original
# one rises to about 0.1 in the first 20 steps, then falls below 0.00001; the
# non-saturating one rises above 10.*
#
# A perfect teacher teaches nothing here. Once $D$ is sure that a number is
# made, its probability is 0 there and stays 0 in the neighbourhood: a floor
# without a slope. That is the *vanishing gradient*. The original advice was to
# keep $D$ from getting too good, which is a difficult balance.
#
# The non-saturating loss looks at the score, before the floor. Its slope does
# not vanish. But look at its size: nothing holds it. It depends on how long $D$
# has been trained, and goes on growing.

# %% [markdown]
# ## 2. A critic instead of a judge
#
# The idea of the Wasserstein GAN (Arjovsky et al., 2017): forget probabilities.
# $D$, now called a *critic*, gives any number as a score, and shall give
# reals as much more than fakes as it can:
#
# $$L_D = D(G(z)) - D(x), \qquad L_G = -D(G(z))$$
#
# There is one rule: the critic must not be steeper than 1 anywhere. Such a
# function is called *1-Lipschitz*. Under this rule, the largest possible
# difference of mean scores is a distance: the least work by which one heap of
# numbers can be carried onto the other, amount times way. It is called the
# Wasserstein or earth mover's distance. It shrinks steadily as the heaps come
# nearer, and so its slope always tells $G$ where to go.
#
# **Question.** The heaps lie around -1 and 1, and each weighs 1 in all. How
# large is their distance? What does a critic look like that reaches it?


# %% tags=["setup"]
def wasserstein_d(real_scores, fake_scores):
    return fake_scores - real_scores


def wasserstein_g(fake_scores):
    return -fake_scores


# %% tags=["check"]
library = pk.losses.WassersteinGP(drift=0.0)
assert_same(wasserstein_d, library.discriminator_loss, real_scores, fake_scores)
assert_same(wasserstein_g, library.generator_loss, fake_scores)
# On a line, the least work carries the smallest to the smallest, and so on.
ways = np.sort(np.ravel(real_numbers)) - np.sort(np.ravel(fake_numbers))
distance = np.abs(ways).mean()
print(f"Wasserstein loss: as in the library; the distance is {distance:.3f}")

# %% [markdown]
# A critic that reaches it climbs with slope 1 from the made numbers to the real
# ones. A number of $G$ feels the slope 1 wherever it stands on the way.
#
# ## 3. Two ways to hold the slope
#
# A network does not know the rule. Without it, a last layer of twice the
# weights makes twice the difference, and there is no end.
#
# **Weight clipping** was the first answer: after each step, cut every weight
# back to $[-c, c]$. A network of small weights cannot be steep. But how steep,
# for which $c$?
#
# **Gradient penalty** was the second one (Gulrajani et al., 2017), and it is
# the paper's: say what is wanted. Take the gradient of the score with respect
# to the picture, and punish it where its length is not 1:
#
# $$\lambda \, \big( \lVert \nabla_{\hat x} D(\hat x) \rVert_2 - 1 \big)^2,
#   \qquad \hat x = x + u \, (G(z) - x), \quad u \sim U[0, 1],
#   \quad \lambda = 10$$
#
# It is impossible to look everywhere, so one looks between a real picture $x$
# and a made one, at a place $u$ drawn anew for each pair. That is where $G$'s
# pictures have to travel.
#
# Three details make or break it:
#
# - the length is taken *per picture*: over height, width and channels, not over
#   the batch;
# - the gradient is that of the *sum* of the scores. Each score depends on its
#   own picture, so the sum's gradient holds every picture's own (almost: the
#   minibatch standard deviation of lesson 2 lets others in a little);
# - the penalty is itself differentiated, with respect to $D$'s weights. So the
#   square root must not meet 0, where its slope is infinite.


# %% tags=["setup"]
def gradient_norm(discriminator, pictures):
    """Length of the gradient of each picture's score, [N]."""
    with tf.GradientTape() as tape:
        tape.watch(pictures)
        total = tf.reduce_sum(discriminator(pictures))
    gradient = tape.gradient(total, pictures)
    squared = tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3))
    return tf.sqrt(squared + 1e-12)


def gradient_penalty(discriminator, reals, fakes, mix, weight=10.0, gamma=1.0):
    """The penalty of each picture, [N]; mix is random, [N, 1, 1, 1]."""
    mixed = reals + mix * (fakes - reals)
    norm = gradient_norm(discriminator, mixed)
    return weight / gamma**2 * tf.square(norm - gamma)


# %% [markdown]
# `gamma`, the length that is wanted, is 1 here. Section 5 will change it.
#
# **Check.** Against the library, with $D$ of a ProGAN at 8x8, for two values of
# gamma: the penalty of each picture, and the gradients that $D$'s weights get
# from it.

# %% tags=["check"]
small = pk.ProGAN(resolution=8, fmap_max=8, seed=1)
small_d = small.pair(8, "discriminator").straight  # nothing fades
reals, fakes = (
    tf.constant(random.normal(0.0, 0.5, (8, 8, 8, 3)), "float32")
    for _ in range(2)
)
mix = tf.constant(random.uniform(size=(8, 1, 1, 1)), "float32")
for gamma in (1.0, 750.0):
    penalties, gradients = [], []
    for penalty in (
        functools.partial(gradient_penalty, gamma=gamma),
        pk.losses.WassersteinGP(gamma=gamma).penalty,
    ):
        with tf.GradientTape() as tape:
            values = penalty(small_d, reals, fakes, mix)
        penalties.append(values)
        gradients.append(
            tape.gradient(
                values,
                [variable.value for variable in small_d.trainable_variables],
                unconnected_gradients=tf.UnconnectedGradients.ZERO,
            )
        )
    assert penalties[0].shape == (8,)
    np.testing.assert_allclose(*penalties, rtol=1e-3)
    for mine, library in zip(*gradients, strict=True):
        np.testing.assert_allclose(mine, library, rtol=1e-3, atol=1e-4)
print("gradient penalty: as in the library, in values and in gradients")

# %% [markdown]
# **See.** Critics on the line: one without a rule, three with clipped weights,
# one with the penalty. How steep are they between the heaps, on average?
#
# **Question.** The critic has four layers of weights. If $c$ is ten times as
# large, how many times as steep can it be?

# %% tags=["setup"]


def with_penalty(penalty):
    """The critic's loss: Wasserstein and a penalty, as one number."""

    def loss(critic, reals, fakes):
        mix = tf.random.uniform((reals.shape[0], 1, 1, 1))
        values = wasserstein_d(critic(reals), critic(fakes))
        penalties = penalty(critic, reals, fakes, mix)
        return tf.reduce_mean(values) + tf.reduce_mean(penalties)

    return loss


def slope(critic):
    """How steep a critic is from -0.8 to 0.8, between the heaps."""
    low, high = critic(as_pictures([-0.8, 0.8]))[:, 0].numpy()
    return (high - low) / 1.6


# %%
def without_rule(critic, reals, fakes):
    return tf.reduce_mean(wasserstein_d(critic(reals), critic(fakes)))


held = with_penalty(gradient_penalty)
cases = {
    "no rule": (without_rule, None, ORANGE, "-"),
    "clipped, c = 0.1": (without_rule, 0.1, GREEN, "--"),
    "clipped, c = 0.03": (without_rule, 0.03, GREEN, "-."),
    "clipped, c = 0.01": (without_rule, 0.01, GREEN, ":"),
    "penalty": (held, None, BLUE, "-"),
}
critics = {}
plt.figure(figsize=(8, 3.2))
for name, (loss, clip, colour, style) in cases.items():
    critics[name] = make_critic()
    slopes = train_critic(
        critics[name], loss, real_numbers, fake_numbers, clip=clip, watch=slope
    )
    plt.semilogy(steps, slopes, style, c=colour, label=name)
    print(f"{name:18} final slope {slopes[-1]:.4g}")
plt.axhline(1.0, c="grey", linewidth=0.8)
plt.xlabel("D's steps")
plt.ylabel("slope between the heaps")
plt.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
plt.tight_layout()
plt.show()

# %% [markdown]
# *Figure 2. Slope of five critics between the heaps, as they are trained, on a
# logarithmic axis. Without a rule it grows to millions. Clipped, it ends at
# about 10, 0.1 and 0.003 for c = 0.1, 0.03 and 0.01. With the penalty it
# settles near 1.*
#
# Each of four layers may be ten times as large, so the slope may be $10^4$
# times as large. Clipping does hold the slope, but where, nobody knows in
# advance: it depends on $c$, on the widths and on the depth. In a network of
# twenty layers, gradients either vanish or explode on the way.
#
# The penalty ends slightly above 1, and one can say by how much. If the
# heaps are a distance $W$ apart and the critic has slope $k$ between them, its
# loss is $-kW + \lambda (k - 1)^2$, which is least at $k = 1 + W / 2\lambda$.

# %% tags=["check"]
expected = 1.0 + distance / (2.0 * 10.0)
measured = slope(critics["penalty"])
print(f"slope expected {expected:.3f}, measured {measured:.3f}")
np.testing.assert_allclose(measured, expected, atol=0.1)
higher = critics["penalty"](real_numbers) - critics["penalty"](fake_numbers)
estimate = float(tf.reduce_mean(higher)) / expected
print(f"distance by the critic {estimate:.2f}, by sorting {distance:.2f}")
np.testing.assert_allclose(estimate, distance, rtol=0.1)

# %% [markdown]
# ### In two dimensions
#
# There is a second trouble with clipping: what a network of small weights can
# express is simple. Now a "picture" is a point of the plane (one pixel with two
# channels). The real points lie in eight heaps on a ring, and $G$'s points in
# the middle.
#
# **Question.** Which way should the points in the middle be pulled?

# %% tags=["setup"]
angles = np.arange(512) % 8 * np.pi / 4
ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
ring_points = as_pictures(ring + random.normal(0.0, 0.05, (512, 2)))
middle_points = as_pictures(random.normal(0.0, 0.2, (512, 2)))


def draw_critic(axes, critic, title):
    """Draw a critic of the plane by lines of equal score, and its pull."""
    side = np.linspace(-1.5, 1.5, 61)
    plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    scores = critic(as_pictures(plane)).numpy().reshape(61, 61)
    axes.contourf(side, side, scores, 20, cmap="cividis")
    axes.contour(
        side, side, scores, 20, colors="white", linewidths=0.4, linestyles="-"
    )
    axes.plot(*ring_points[:160, 0, 0].numpy().T, "o", c=BLUE, markersize=3)
    fakes = middle_points[:24]
    with tf.GradientTape() as tape:
        tape.watch(fakes)
        total = tf.reduce_sum(critic(fakes))
    pulls = tape.gradient(total, fakes)[:, 0, 0].numpy()
    pulls = pulls / np.linalg.norm(pulls, axis=1).mean()
    axes.quiver(*fakes[:, 0, 0].numpy().T, *pulls.T, color=ORANGE, scale=12)
    axes.set(title=title, xticks=[], yticks=[], aspect="equal")


# %%
planes = {"clipped, c = 0.03": (without_rule, 0.03), "penalty": (held, None)}
figure, panels = plt.subplots(1, 2, figsize=(8, 4))
for axes, (name, (loss, clip)) in zip(panels, planes.items(), strict=True):
    critic = make_critic(2)
    train_critic(critic, loss, ring_points, middle_points, 1500, clip=clip)
    draw_critic(axes, critic, name)
    norms = gradient_norm(
        critic, ring_points + 0.5 * (middle_points - ring_points)
    )
    print(f"{name:18} slope half-way: {np.median(norms):.3g}")
    if clip is not None:
        weights = [np.ravel(layer.kernel) for layer in critic.layers[1:]]
        at_the_end = np.abs(np.concatenate(weights)) > 0.99 * clip
        print(f"{np.mean(at_the_end):.0%} of its weights are c or -c")
figure.tight_layout()
plt.show()

# %% [markdown]
# *Figure 3. Critics of the plane: bright is a high score, white lines join
# equal scores. Real points are blue dots in eight heaps on a ring, arrows show
# how made points in the middle are pulled. Clipped (left), the lines are
# crooked squares, and nearly all arrows go left, right, up or down; with the
# penalty (right), the lines are octagons round the middle, and arrows point
# outwards in all directions.*
#
# The clipped critic has understood that real points lie outside, but not where.
# Its weights stand at $c$ or $-c$, nearly all of them, and with these one can
# build little more than pyramids. The numbers say the same about the slope: it
# is far from 1 for one of them, and near it for the other.

# %% [markdown]
# ## 4. What goes wrong: penalties that are nearly right
#
# Here are three ways to get the penalty wrong. Each runs, returns a number, and
# lets training begin.
#
# - **mean**: the gradient of the *mean* score. In a batch of $N$ it is $N$
#   times too small.
# - **one norm**: the length is taken over the whole batch. It is about
#   $\sqrt N$ times too large.
# - **one place**: $u$ is drawn once for the batch, not for each picture.
#
# **Question.** With batches of 16: where does the slope go in each case?


# %%
def mean_penalty(critic, reals, fakes, mix):
    def mean_score(pictures):
        return tf.reduce_mean(critic(pictures))

    return gradient_penalty(mean_score, reals, fakes, mix)


def one_norm_penalty(critic, reals, fakes, mix):
    mixed = reals + mix * (fakes - reals)
    norms = gradient_norm(critic, mixed)
    whole = tf.sqrt(tf.reduce_sum(tf.square(norms)))
    return 10.0 * tf.square(whole - 1.0)


def one_place_penalty(critic, reals, fakes, mix):
    return gradient_penalty(critic, reals, fakes, mix[:1])


penalties = {
    "right": (gradient_penalty, BLUE, "-"),
    "mean": (mean_penalty, ORANGE, "--"),
    "one norm": (one_norm_penalty, GREEN, "-."),
    "one place": (one_place_penalty, "black", ":"),
}
plt.figure(figsize=(8, 3.2))
for name, (penalty, colour, style) in penalties.items():
    slopes = train_critic(
        make_critic(),
        with_penalty(penalty),
        real_numbers,
        fake_numbers,
        batch=16,
        watch=slope,
    )
    plt.semilogy(steps, slopes, style, c=colour, label=name)
    print(f"{name:10} final slope {slopes[-1]:.3g}")
plt.xlabel("D's steps")
plt.ylabel("slope between the heaps")
plt.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
plt.tight_layout()
plt.show()

# %% [markdown]
# *Figure 4. Slope between the heaps with the right penalty and with three wrong
# ones, in batches of 16, on a logarithmic axis. "Mean" ends far above the right
# one and "one norm" below it; "one place" lies on the right one.*
#
# The first two go where the formula of section 3 sends them. For the mean, a
# slope $k$ looks like $k / 16$. So $-kW + \lambda (k / 16 - 1)^2$ is least at
# $k = 16 + 16^2\, W / 2\lambda$, about 42. For one norm, $k$ looks like $4k$,
# and the critic ends at about a quarter. Its scores would then be forty times,
# or a quarter of, the distance that they stand for, without an error message.
#
# The third one does not even show: on average it is right, and only looks at
# one place at a time. On this line all places are alike. That is why section 3
# compares the penalty with another one picture by picture: a plot would not
# have told.

# %% [markdown]
# ## 5. The whole loss, and pictures
#
# Now for pictures: the emoji portraits at 8x8, and GANs that train at this one
# size, without growing, so that only the loss makes a difference. This cell
# prepares that.

# %% tags=["setup"]
images = pk.data.load("emoji_portraits")
reals_8 = images.at(8)[:: len(images) // 64][:64]
# Thousands of real pictures to show to each GAN.
KIMG = 0.25 if QUICK else 16


def untrained_gan(loss):
    """A small GAN, ready to be trained at 8x8."""
    gan = pk.ProGAN(resolution=8, fmap_max=16, seed=1)
    gan.compile(loss=loss, update="simultaneous", ema_half_life=2000)
    gan.enter_stage(
        pk.Stage(
            8,
            images=round(1000 * KIMG),
            batch_size=16,
            learning_rate=0.002,
        )
    )
    return gan


def train_gan(loss):
    """Train a GAN; return it, and D's scores and losses step by step."""
    gan, record = untrained_gan(loss), []
    keep = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: record.append(dict(logs))
    )
    gan.fit(
        images.stream(8, gan.stage.batch_size),
        steps_per_epoch=gan.stage.steps_from(0),
        epochs=1,
        shuffle=False,  # the stream is shuffled already
        verbose=0,
        callbacks=[keep],
    )
    return gan, {
        name: np.array([float(step[name]) for step in record])
        for name in record[0]
    }


def smooth(values, points=60):
    """Thousands of pictures shown, and means over so many pieces."""
    pieces = np.array_split(values, min(points, len(values)))
    kimg = KIMG * (np.arange(len(pieces)) + 1) / len(pieces)
    return kimg, [piece.mean() for piece in pieces]


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
# The paper adds one more term to the critic's loss (appendix A.1), the *drift*:
#
# $$L_D = D(G(z)) - D(x) + \lambda \big( \lVert \nabla D(\hat x) \rVert_2 - 1
#   \big)^2 + \epsilon_{\mathrm{drift}} \, D(x)^2,
#   \qquad \epsilon_{\mathrm{drift}} = 0.001$$
#
# Section 6 shows what it is for. In `progan_keras`, a loss is a small class
# with three methods; the training step does the averaging. Yours goes wherever
# the name of a loss does.


# %%
class MyWassersteinGP(pk.losses.Loss):
    penalty_interval = 1  # in every step

    def __init__(self, gamma=1.0, drift=0.001):
        self.gamma, self.drift = gamma, drift

    def discriminator_loss(self, real_scores, fake_scores):
        drift = self.drift * tf.square(real_scores)
        return wasserstein_d(real_scores, fake_scores) + drift

    def generator_loss(self, fake_scores, real_scores=None):
        return wasserstein_g(fake_scores)

    def penalty(self, discriminator, reals, fakes, mix):
        return gradient_penalty(
            discriminator, reals, fakes, mix, gamma=self.gamma
        )


# %% [markdown]
# **Check.** Two equal GANs take the same two steps on the same pictures, one
# with your loss and one with the library's. The second step has other weights,
# so it also tells that the first one moved them alike.

# %% tags=["check"]
batches = list(images.stream(8, 16).take(2))
# Drift counts more here than it would by default, to be seen.
library = pk.losses.WassersteinGP(gamma=2.0, drift=0.5)
logs = []
for loss in (MyWassersteinGP(gamma=2.0, drift=0.5), library):
    twin = pk.ProGAN(resolution=8, fmap_max=8, seed=1)
    twin.compile(loss=loss, optimizer=keras.optimizers.SGD())
    twin.enter_stage(pk.Stage(8, batch_size=16, learning_rate=0.01))
    logs.append([twin.train_step(batch) for batch in batches])
for mine, theirs in zip(*logs, strict=True):
    for name, value in theirs.items():
        np.testing.assert_allclose(
            mine[name], value, rtol=1e-3, atol=1e-4, err_msg=name
        )
print("WGAN-GP with drift: as in the library, for two steps of training")

# %% [markdown]
# **See.** It trains a GAN. What do the scores do?


# %%
gan, scores = train_gan(MyWassersteinGP())
plt.figure(figsize=(6, 2.8))
plt.plot(*smooth(scores["d_real"]), "-", c=BLUE, label="real")
plt.plot(*smooth(scores["d_fake"]), "--", c=ORANGE, label="made")
plt.xlabel("real pictures shown, thousands")
plt.ylabel("D's mean score")
plt.legend()
plt.show()

# %% [markdown]
# *Figure 5. D's mean score of real and of made pictures while a GAN is trained
# with WGAN-GP at 8x8. The two lines wander up and down together; real pictures
# stay above made ones, nearly all the time.*
#
# The scores themselves say little: they wander (section 6 comes back to that).
# The distance between the two lines is, up to the slope, the Wasserstein
# distance of section 2, now of pictures as far as $D$ can tell them apart. It
# grows to about 2 while $D$ learns to see, and is less than 1 at the end, when
# $G$ has learned too. Few losses of GANs mean anything; this one does.
#
# ### The slope between real and made pictures
#
# Did the penalty do its work here, too? `pk.figures.gradient_norms` goes from
# real pictures to made ones, and measures the length of $D$'s gradient on the
# way.
#
# The paper's CIFAR-10 runs want another length: $\gamma = 750$ instead of 1,
# with the penalty $\frac{\lambda}{\gamma^2} (\lVert \nabla D \rVert -
# \gamma)^2$ (section 6.5). Write $D = \gamma D'$, and the critic's loss is
#
# $$\gamma \Big[ D'(G(z)) - D'(x) + \tfrac{\lambda}{\gamma}
#   \big( \lVert \nabla D' \rVert - 1 \big)^2 \Big]$$
#
# So next to the Wasserstein term the penalty counts 750 times less: it wants a
# steeper $D$, and asks for it more softly.
#
# **Question.** Three lines: an untrained $D$, one trained with gamma 1, one
# with 750. Where do they run?

# %%
steep, steep_scores = train_gan(MyWassersteinGP(gamma=750.0))
pk.figures.gradient_norms(
    {
        "untrained": untrained_gan(MyWassersteinGP()),
        "trained, gamma 1": gan,
        "trained, gamma 750": steep,
    },
    reals_8,
)

# %% [markdown]
# *Figure 6. Norm of D's gradient on the way from 64 real pictures to made ones,
# the median, on a logarithmic axis. All three lines are nearly level: the
# untrained D at about 0.3, the one trained with gamma 1 on the line of gamma 1,
# the one with gamma 750 at about 100. Dotted grey lines mark the norms that the
# two losses want.*
#
# With gamma 1, a thousand steps are enough: on the whole way $D$ is as steep as
# the penalty wants it. With 750 they are not. $D$ has become hundreds of times
# as steep as it was and is still far from its mark.

# %%
show(
    [reals_8[:8], gan.generate(8, seed=5), steep.generate(8, seed=5)],
    ["real", "gamma 1", "gamma 750"],
)

# %% [markdown]
# *Figure 7. Real portraits at 8x8, and what the GANs with gamma 1 and gamma 750
# make of the same eight latents: blurred heads and shoulders on a light ground,
# without faces, in both rows.*
#
# That is what 16,000 pictures buy. Nothing in the two rows says which $D$ was
# steeper: Adam divides gradients by their size, so $G$ hardly notices how long
# they are.

# %% [markdown]
# ## 6. Drift
#
# Add 100 to all of $D$'s scores, those of reals and of fakes.
#
# **Question.** Which terms of WGAN-GP change? What keeps the scores near 0?
#
# Differences and slopes stay as they are. Only the drift term sees it: at a
# score of 100 it costs $0.001 \cdot 100^2 = 10$. At a score of 3 it costs
# 0.009, next to nothing.
#
# **See.** The same GAN without drift, with the paper's, and with a hundred
# times as much.

# %%
drifts = {"none": 0.0, "0.001": 0.001, "0.1": 0.1}
plt.figure(figsize=(6, 2.8))
for (name, drift), style, colour in zip(
    drifts.items(), ("--", "-", "-."), (ORANGE, BLUE, GREEN), strict=True
):
    if drift == 0.001:
        history = scores  # that one is trained already
    else:
        _, history = train_gan(MyWassersteinGP(drift=drift))
    real = history["d_real"]
    plt.plot(*smooth(real), style, c=colour, label=name)
    lowest, highest = real.min(), real.max()
    print(f"drift {name:5}: from {lowest:.1f} to {highest:.1f}")
plt.axhline(0.0, c="grey", linewidth=0.8)
plt.xlabel("real pictures shown, thousands")
plt.ylabel("D's mean score of reals")
plt.legend(title="drift")
plt.show()

# %% [markdown]
# *Figure 8. D's mean score of real pictures in three trainings that differ only
# in drift. At the end it is below -9 without drift and falling, near -3 with
# the paper's 0.001, and near 0 with 0.1.*
#
# To the common height of all scores, drift is the only term that is not blind.
# So even the paper's small one shows after some thousand pictures. It is a long
# leash: it does not hold the scores at 0, but keeps them from walking on over
# millions of pictures, until float32 cannot tell two of them apart any more.

# %% [markdown]
# ## 7. Other losses
#
# WGAN-GP is not the only one that works. Here are four more, all of which are
# often used. $r = D(x)$ and $f = D(G(z))$ are scores, bars are means over the
# batch.
#
# | loss | $L_D$ | $L_G$ |
# |---|---|---|
# | non-saturating | softplus(f) + softplus(-r) | softplus(-f) |
# | hinge | max(0, 1 - r) + max(0, 1 + f) | -f |
# | least squares | (r - 1)²/2 + f²/2 | (f - 1)²/2 |
# | relativistic average | softplus(-(r - f̄)) + softplus(f - r̄) | r, f swapped |
#
# With them, the paper's penalty is out of place: none of them needs slope 1.
# What has proved itself is *R1* (Mescheder et al., 2018):
# $\frac{w}{2} \lVert \nabla D(x) \rVert^2$ at the real pictures. Where $G$'s
# pictures look like the real ones, $D$ shall be flat, and leave $G$ in peace.
#
# **Question.** $D$ is sure that a picture is made and scores it at -6. Which of
# the losses pulls $G$ most, and which one least?


# %%
def hinge_d(real, fake):
    return tf.nn.relu(1.0 - real) + tf.nn.relu(1.0 + fake)


def hinge_g(fake, real):
    return -fake


def least_squares_d(real, fake):
    return 0.5 * tf.square(real - 1.0) + 0.5 * tf.square(fake)


def least_squares_g(fake, real):
    return 0.5 * tf.square(fake - 1.0)


def relativistic_d(real, fake):
    ahead = real - tf.reduce_mean(fake)
    behind = fake - tf.reduce_mean(real)
    return tf.nn.softplus(-ahead) + tf.nn.softplus(behind)


def relativistic_g(fake, real):
    return relativistic_d(fake, real)


def r1_penalty(discriminator, reals, weight=1.0):
    return 0.5 * weight * tf.square(gradient_norm(discriminator, reals))


# %% tags=["check"]
others = {
    "hinge": (hinge_d, hinge_g),
    "least_squares": (least_squares_d, least_squares_g),
    "relativistic_average": (relativistic_d, relativistic_g),
}
for name, (my_d, my_g) in others.items():
    library = pk.losses.get(name)
    assert_same(my_d, library.discriminator_loss, real_scores, fake_scores)
    assert_same(my_g, library.generator_loss, fake_scores, real_scores)
    np.testing.assert_allclose(
        r1_penalty(small_d, reals),
        library.penalty(small_d, reals, fakes, mix),
        rtol=1e-3,
    )
    print(f"{name}: as in the library, R1 included")

# %% [markdown]
# **See.** How hard is a made picture pushed, as a function of its score: up by
# $G$, and down by $D$? (For the relativistic loss, reals have the score 2.)

# %%
looks = {
    "WGAN": (lambda r, f: f - r, lambda f, r: -f, "black", "-"),
    "original": (original_d, lambda f, r: original_g(f), "grey", ":"),
    "non-saturating": (
        original_d,
        lambda f, r: non_saturating_g(f),
        BLUE,
        "--",
    ),
    "hinge": (hinge_d, hinge_g, ORANGE, "-."),
    "least squares": (least_squares_d, least_squares_g, GREEN, "-"),
    "relativistic": (
        relativistic_d,
        relativistic_g,
        "#CC79A7",
        (0, (5, 1, 1, 1)),
    ),
}


def slope_of(loss):
    """Slope of a loss at made pictures of scores -6 to 6, one by one."""
    slopes = []
    for value in np.linspace(-6.0, 6.0, 61):
        fake, real = tf.constant([[value]]), tf.constant([[2.0]], "float64")
        with tf.GradientTape() as tape:
            tape.watch(fake)
            result = loss(fake, real)
        slopes.append(float(tape.gradient(result, fake)[0, 0]))
    return np.linspace(-6.0, 6.0, 61), np.array(slopes)


figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), sharey=True)
for name, (d_loss, g_loss, colour, style) in looks.items():
    place, up = slope_of(g_loss)
    left.plot(place, -up, linestyle=style, c=colour)
    place, down = slope_of(lambda f, r, loss=d_loss: loss(r, f))
    right.plot(place, down, linestyle=style, c=colour, label=name)
left.set(title="up, by G", xlabel="score of the made picture", ylim=(-1, 4))
right.set(title="down, by D", xlabel="score of the made picture")
left.set_ylabel("push")
right.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
figure.tight_layout()
plt.show()

# %% [markdown]
# *Figure 9. How hard losses push a made picture up (left, by G) and down
# (right, by D), by its score from -6 to 6. The critic's push is 1 everywhere,
# and on the left hinge has the same. Least squares is a steep line. The others
# run between 0 and 1, or 0 and 2, as curves, but for hinge, which is a step on
# the right; there the original loss and the non-saturating one are the same.*
#
# On the left, the original loss leaves $G$ alone at low scores, where it needs
# help most. The non-saturating one leaves it alone at high scores, where all is
# well. Least squares pushes the harder, the farther a score is from 1, and
# pushes *down* from above 1. On the right, hinge stops at -1: a picture that
# $D$ tells by this margin does not concern it any more. For the relativistic
# loss only the distance from the reals' score counts.

# %% [markdown]
# **See.** Five GANs, equal but for the loss. All get the library's losses, and
# the four below R1 with its default weight.

# %%
names = {
    "WGAN-GP": "wgan_gp",
    "non-saturating": "non_saturating",
    "hinge": "hinge",
    "least squares": "least_squares",
    "relativistic": "relativistic_average",
}
gans, histories = {"WGAN-GP": gan}, {"WGAN-GP": scores}
for title, name in names.items():
    if title not in gans:
        gans[title], histories[title] = train_gan(name)

figure, panels = plt.subplots(1, 5, figsize=(11, 2.6))
for axes, (title, history) in zip(panels, histories.items(), strict=True):
    axes.plot(*smooth(history["d_real"]), "-", c=BLUE, label="real")
    axes.plot(*smooth(history["d_fake"]), "--", c=ORANGE, label="made")
    axes.set_title(title, fontsize=10)
    axes.set_xlabel("kimg")
    last = [history[key][-20:].mean() for key in ("d_real", "d_fake")]
    print(f"{title:15} real {last[0]:7.2f}   made {last[1]:7.2f}")
panels[0].set_ylabel("D's mean score")
panels[-1].legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
figure.tight_layout()
plt.show()

# %% [markdown]
# *Figure 10. D's mean scores of real (solid) and made pictures (dashed) in five
# trainings that differ only in the loss. Each panel has a scale of its own. In
# all of them real pictures end above made ones; with WGAN-GP and the
# relativistic loss both fall together, with the other three they come nearer to
# each other round a fixed height.*
#
# Each loss has its own idea of where scores should be. Least squares draws them
# to 1 and 0: where $D$ can hardly tell any more, they meet in the middle. The
# non-saturating loss reads them as probabilities, with 0 for "cannot tell", and
# hinge, content beyond 1 and -1, has its middle at 0 as well. WGAN-GP and the
# relativistic loss have no such place: for them, only differences count. So a
# score says nothing until one knows the loss, and losses of two kinds cannot be
# compared.

# %%
pk.figures.gradient_norms(gans, reals_8)

# %% [markdown]
# *Figure 11. Norm of D's gradient from real to made pictures after training
# with each of the five losses, the median over 64 pairs: level lines, at about
# 1 for WGAN-GP, 0.6 for hinge and the relativistic loss, 0.35 for the
# non-saturating one and 0.25 for least squares.*
#
# Only WGAN-GP says how steep $D$ shall be. R1 wants 0, the rest of the loss
# wants to tell pictures apart, and each loss strikes a balance of its own. R1
# looks at real pictures only, at the left end of the lines; at this stage of
# training $D$ is as flat on the rest of the way.

# %%
show(
    [reals_8[:8], *(one.generate(8, seed=5) for one in gans.values())],
    ["real", *gans],
)

# %% [markdown]
# *Figure 12. Real portraits at 8x8, and below what the five GANs make of the
# same eight latents: blurred heads and shoulders on a light ground, no faces.
# In most columns the four GANs with R1 agree about the colours; the one with
# WGAN-GP often has others.*
#
# By eye, none of the five is ahead. One training each, and a short one, cannot
# say which loss is better; lesson 7 measures, and lesson 11 compares with
# several seeds.

# %% [markdown]
# ## Summary
#
# - $G$ learns from the slope of $D$'s score. The original loss has none where
#   $D$ is sure; the non-saturating one has, of any size.
# - The Wasserstein loss is a difference of mean scores. It needs a critic whose
#   slope is held.
# - Clipping weights holds it somewhere; the *gradient penalty* draws the length
#   of the gradient to 1 (or $\gamma$) between real and made pictures.
# - The length is taken per picture, of the gradient of the summed scores. Wrong
#   penalties run without an error.
# - *Drift* pulls real scores to 0, since differences alone do not care where
#   scores are.
# - Other losses say what the scores themselves should be; R1 then keeps $D$
#   flat at the reals.
#
# ## Exercises
#
# Solutions are in [a notebook of their own](solutions/04_losses.ipynb).

# %% [markdown] tags=["exercise"]
# ### 1. How strong must the penalty be?
#
# Predict the slope on the line for $\lambda$ = 1, 10 and 100, by the formula of
# section 3. Then train a critic with each and compare. What speaks against a
# very large $\lambda$?

# %% tags=["solution"]
ways = np.sort(np.ravel(real_numbers)) - np.sort(np.ravel(fake_numbers))
for weight in (1.0, 10.0, 100.0):
    critic = make_critic()
    penalty = functools.partial(gradient_penalty, weight=weight)
    watched = train_critic(
        critic, with_penalty(penalty), real_numbers, fake_numbers, watch=slope
    )
    predicted = 1.0 + np.abs(ways).mean() / (2.0 * weight)
    print(
        f"lambda {weight:5.0f}: predicted {predicted:.3f}, "
        f"measured {watched[-1]:.3f}, varies by {np.std(watched[25:]):.3f}"
    )

# %% [markdown] tags=["solution"]
# The slope follows the formula: the smaller $\lambda$, the farther from 1. A
# very large one drowns the Wasserstein term. The critic hears a hundred times
# as much about the length of its gradient as about telling the heaps apart, and
# each step of Adam answers to that alone. So with 100 the slope is hardly
# nearer to its prediction than with 10, and varies no less, although the
# penalty asks for it more loudly.

# %% [markdown] tags=["exercise"]
# ### 2. A penalty from one side
#
# The rule was "not steeper than 1". The penalty also punishes slopes *below* 1.
# Write one that does not, train it on the plane, and draw it beside the usual
# one. Where do the critics differ? Compare the lengths of their gradients
# outside of the ring, too.


# %% tags=["solution"]
def one_sided(critic, reals, fakes, mix):
    mixed = reals + mix * (fakes - reals)
    excess = tf.nn.relu(gradient_norm(critic, mixed) - 1.0)
    return 10.0 * tf.square(excess)


figure, panels = plt.subplots(1, 2, figsize=(8, 4))
outside = as_pictures(1.4 * ring)
for axes, (name, penalty) in zip(
    panels,
    {"both sides": gradient_penalty, "one side": one_sided}.items(),
    strict=True,
):
    critic = make_critic(2)
    train_critic(
        critic, with_penalty(penalty), ring_points, middle_points, 1500
    )
    draw_critic(axes, critic, name)
    halfway = ring_points + 0.5 * (middle_points - ring_points)
    for place, points in (("half-way", halfway), ("outside", outside)):
        norms = gradient_norm(critic, points)
        print(f"{name:10} {place:8} median slope {np.median(norms):.2f}")
plt.show()

# %% [markdown] tags=["solution"]
# *Figure S1. Critics of the plane with the penalty from both sides (left) and
# from one side (right).*
#
# Half-way, where the penalty looks and the critic wants to be steep, both come
# to about the same slope, and the two pictures are hard to tell apart. Outside
# of the ring, where neither looks, both are somewhat flatter. Where a critic
# would rather be flat *on* the lines, only the two-sided penalty would mind;
# here it wants to be steep everywhere. Gulrajani et al. (section 4) found that
# both work, and took the two-sided one.

# %% [markdown] tags=["exercise"]
# ### 3. How much of it? (open)
#
# Train the non-saturating loss at 8x8 without R1 (`penalty_interval=0`) and
# with weights 0.1, 1, 10 and 100. Compare the norms along the lines, the
# distance of the scores, and the pictures. Is there a weight at which $D$
# becomes too flat to teach? Which number would you look at to choose the
# weight?

# %% tags=["solution"]
found = {"none": train_gan(pk.losses.NonSaturating(penalty_interval=0))}
for weight in (0.1, 1.0, 10.0, 100.0):
    loss = pk.losses.NonSaturating(gradient_weight=weight)
    found[f"{weight:g}"] = train_gan(loss)
for name, (_, history) in found.items():
    real, fake = (history[key][-20:].mean() for key in ("d_real", "d_fake"))
    print(f"R1 {name:5} real {real:7.2f}   made {fake:7.2f}")
show(
    [one.generate(8, seed=5) for one, _ in found.values()],
    [f"R1 {name}" for name in found],
)

# %% [markdown] tags=["solution"]
# *Figure S2. What GANs make that were trained with the non-saturating loss and
# R1 of different weights, none at the top, 100 at the bottom. Blurred heads in
# all rows; with 10 they are spotted, with 100 they come apart into coloured
# pixels.*

# %% tags=["solution"]
pk.figures.gradient_norms(
    {name: one for name, (one, _) in found.items()}, reals_8
)

# %% [markdown] tags=["solution"]
# *Figure S3. Norm of D's gradient from real to made pictures, for each weight
# of R1, on a logarithmic axis: five level lines, from 3 without R1 down to less
# than 0.02 with 100.*
#
# With 100, $D$ is too flat to teach: real and made pictures score nearly the
# same, and the made ones are the worst. The distance of the scores would not
# have told: it is small where $G$ is good, and where $D$ is flat. The norms
# tell the two apart, and with the pictures they suggest a weight of about 1 or
# less here. Between none, 0.1 and 1 a training as short as this one does not
# decide: what R1 is for, to keep a long training from swinging, it cannot show.
