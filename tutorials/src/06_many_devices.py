# %% [markdown]
# # Lesson 6: many devices, several machines, and runs that survive
#
# The paper's networks were trained on eight GPUs for days. So their training
# had to be shared, and it had to survive whatever happens in days. In this
# lesson you
#
# 1. share a training step between two devices by hand, and see what has to be
#    added up and what it is divided by;
# 2. deal out a batch so that minibatch standard deviation sees the same groups
#    on two devices as on one;
# 3. draw random numbers that do not depend on how many devices there are;
# 4. train a GAN under `MirroredStrategy`, then the same in two processes, as
#    on two machines, and compare the weights bit by bit;
# 5. save everything that a run needs to go on, find out what happens if
#    something is missing, and kill a run in the middle.
#
# **At the end** there is a line on your screen that says that a run which was
# killed and resumed has, bit by bit, the weights of one that nobody disturbed.
#
# **You need** lesson 5: a custom `train_step`. A laptop without a GPU is
# enough: we split its processor into two devices. Reading and trying things
# takes 40 minutes; running everything takes two to four minutes and 2 GB of
# memory.
#
# **The paper** is Karras, Aila, Laine and Lehtinen, *Progressive Growing of
# GANs for Improved Quality, Stability, and Variation*, ICLR 2018,
# [arXiv 1710.10196](https://arxiv.org/abs/1710.10196): section 3 (minibatch
# standard deviation) and appendix A (batch sizes). How work is shared among
# GPUs is in the authors' code rather than in the paper.
#
# **No GPU was used for this lesson.** What is said about GPUs is how the code
# is designed, not what was measured.

# %% tags=["setup"]
import dataclasses
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

# TensorFlow reads these when it is imported: no messages, and no GPU, so that
# the lesson is the same on all machines.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

import progan_keras as pk
from progan_keras.networks import NetworkConfig
from progan_keras.noise import StepNoise
from progan_keras.training import RunFolder, checkpoint

QUICK = os.environ.get("PROGAN_LESSON") == "quick"
tf.get_logger().setLevel("ERROR")
plt.rcParams["figure.dpi"] = 80
plt.rcParams["image.interpolation"] = "nearest"
# Blue, orange, green: told apart by all kinds of eyes, and in grey print.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"

# All that this lesson writes goes here; what an earlier go left is removed.
WORK = Path("lesson06")
shutil.rmtree(WORK, ignore_errors=True)
WORK.mkdir()

# %% [markdown]
# ## 1. Two devices from one processor
#
# TensorFlow can pretend that a processor is two. It has to be told before it
# does anything else. The two devices share the same cores, so nothing gets
# faster. But they behave as two GPUs would: each has a copy of the weights
# and sees only its part of the batch.
#
# Make one `MirroredStrategy` and keep it. TensorFlow numbers the messages
# between devices; a second strategy in the same process would begin to count
# anew, and mix its messages up with those of the first.

# %% tags=["setup"]
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(
    cpu, [tf.config.LogicalDeviceConfiguration()] * 2
)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
print(strategy.num_replicas_in_sync, "replicas")

# %% [markdown]
# A *replica* is one copy of the model on one device. Training by *data
# parallelism* goes like this, in every step:
#
# 1. the batch is cut into as many shares as there are replicas;
# 2. each replica computes the gradient of its share;
# 3. the gradients of all replicas are added up, and every replica gets the
#    sum: this is called *all-reduce*;
# 4. each replica takes the same step with the same sum. So all copies of the
#    weights stay the same, and nobody has to send weights.
#
# Here is a small critic for portraits of 8x8 pixels. It is to score real ones
# high and noise low.

# %%
images = pk.data.load("emoji_portraits", labels=False)
random = np.random.default_rng(1)
reals = images.at(8)[100::130][:16].astype("float32") / 127.5 - 1.0
fakes = random.normal(size=reals.shape).astype("float32")


def build_critic():
    """Return a small network, with the same weights each time."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            pk.layers.EqualizedConv2D(16, seed=1),
            keras.layers.LeakyReLU(0.2),
            keras.layers.Flatten(),
            pk.layers.EqualizedDense(1, gain=1.0, seed=2),
        ]
    )


# %% [markdown]
# **Question.** The critic's loss is $D(G(z)) - D(x)$ for each pair of a made
# and a real picture, and the mean of these for a batch of 16. A replica has
# only 8 pairs. By which number must it divide the sum of its 8 losses, so that
# the *sum* of both replicas' gradients is the gradient of the mean over all 16?

# %%
GLOBAL_BATCH = 16
RATE = 0.05

alone = build_critic()
with strategy.scope():  # makes a copy of each weight on each device
    shared = build_critic()
print("alone: ", type(alone.layers[0].kernel.value).__name__)
print("shared:", type(shared.layers[0].kernel.value).__name__)


def critic_step(critic, reals, fakes):
    """One step of gradient descent, with this replica's share."""
    # `.value` is TensorFlow's variable in Keras's, on this replica.
    weights = [variable.value for variable in critic.trainable_variables]
    with tf.GradientTape() as tape:
        losses = critic(fakes) - critic(reals)  # one number for each pair
        loss = tf.reduce_sum(losses) / GLOBAL_BATCH
    gradients = tape.gradient(loss, weights)
    replica = tf.distribute.get_replica_context()
    gradients = replica.all_reduce("SUM", gradients)
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.assign_sub(RATE * gradient)
    return loss


@tf.function
def step_alone(reals, fakes):
    return critic_step(alone, reals, fakes)


@tf.function
def step_shared(reals, fakes):
    """Run the step on both replicas at once, each with its share."""
    return strategy.run(
        lambda *share: critic_step(shared, *share), args=(reals, fakes)
    )


def cut(batch):
    """Give replica r the r-th slice of a batch."""
    slices = np.split(batch, strategy.num_replicas_in_sync)
    return strategy.experimental_distribute_values_from_function(
        lambda context: tf.constant(slices[context.replica_id_in_sync_group])
    )


# %% [markdown]
# `strategy.run` calls a function on each device. Inside of it,
# `get_replica_context` tells which replica this is, and `all_reduce` is where
# the replicas meet. In `step_alone` there is no strategy, and `all_reduce`
# returns what it was given.
#
# **Check.** After five steps both copies of the weights must be the same to
# the last bit, and the same as on one device but for rounding.

# %% tags=["check"]
for _ in range(5):
    step_alone(tf.constant(reals), tf.constant(fakes))
    losses = step_shared(cut(reals), cut(fakes))
for one, both in zip(
    alone.trainable_variables, shared.trainable_variables, strict=True
):
    first, second = (copy.numpy() for copy in both.value.values)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_allclose(first, one, atol=1e-5)
print("two replicas: the same weights, and those of one device")
for number, loss in enumerate(strategy.experimental_local_results(losses)):
    print(f"replica {number}: its part of the loss is {float(loss):.3f}")
print(f"whole batch: {float(strategy.reduce('SUM', losses, axis=None)):.3f}")

# %% [markdown]
# *But for rounding*: sixteen numbers added up in a row, and twice eight, differ
# in the last digit. Floating-point addition depends on the order.
#
# ## 2. What goes wrong: each replica takes its own mean
#
# The obvious way to write the loss is `tf.reduce_mean(losses)`, as on one
# device. Nothing complains.
#
# **Question.** How does the gradient that the weights get depend on the number
# of replicas then?
#
# We need no devices to see it. A gradient of $R$ shares is the sum of $R$
# gradients.

# %%


def summed_gradient(replicas, per_replica_mean):
    """Length of the gradient that all-reduce would give R replicas."""
    critic = build_critic()
    weights = critic.trainable_variables
    total = 0.0
    for real, fake in zip(
        np.split(reals, replicas), np.split(fakes, replicas), strict=True
    ):
        with tf.GradientTape() as tape:
            losses = critic(fake) - critic(real)
            divisor = len(real) if per_replica_mean else GLOBAL_BATCH
            loss = tf.reduce_sum(losses) / divisor
        gradients = tape.gradient(loss, [w.value for w in weights])
        total += np.concatenate([np.ravel(g) for g in gradients])
    return np.linalg.norm(total)


counts = (1, 2, 4, 8)
alone_length = summed_gradient(1, per_replica_mean=False)
plt.figure(figsize=(6, 2.8))
for shift, per_replica, colour, hatch in (
    (-0.2, True, ORANGE, ""),
    (0.2, False, BLUE, "//"),
):
    plt.bar(
        np.arange(4) + shift,
        [summed_gradient(c, per_replica) / alone_length for c in counts],
        width=0.4,
        color=colour,
        hatch=hatch,
        edgecolor="white",
        label="its own share" if per_replica else "the whole batch",
    )
plt.xticks(range(4), counts)
plt.xlabel("replicas")
plt.ylabel("gradient, times\nthat of one device")
plt.legend(title="each replica divides by the size of")
plt.show()

# %% [markdown]
# *Figure 1. Length of the summed gradient for 1, 2, 4 and 8 replicas, relative
# to one device. Where each replica takes the mean of its own share, it is as
# many times too long as there are replicas; divided by the size of the whole
# batch, the *global* batch, it is 1 throughout.*
#
# It is as if the learning rate had been multiplied by the number of replicas.
# With plain gradient descent you would notice. With Adam you might not: it
# divides a gradient by its own size.

# %%


def adam_step(factor):
    """What one step of Adam does to a weight, for a scaled gradient."""
    weight = keras.Variable(np.zeros(4))
    gradient = factor * np.array([0.3, -2.0, 0.01, 5.0], "float32")
    keras.optimizers.Adam(0.001, beta_1=0.0, beta_2=0.99).apply(
        [gradient], [weight]
    )
    return weight.numpy()


for factor in (1, 8):
    print(f"gradient times {factor}: step", adam_step(factor).round(6))

# %% [markdown]
# So the mistake can stay hidden for a long time. It comes out where a part of
# the loss is divided rightly and another is not (the gradient penalty, say,
# would then weigh less than it should), where gradients are clipped, or where
# somebody compares losses of one GPU with those of eight. Divide by the global
# batch from the start. `progan_keras` does: each replica's mean counts 1 over
# the number of replicas.
#
# ## 3. Minibatch standard deviation: dealing cards
#
# The critic above looks at each picture for itself. Then it does not matter
# which replica gets which picture. Our discriminator has a layer for which it
# does. Minibatch standard deviation (lesson 2; section 3 of the paper) looks at
# groups of four: with $M$ groups in the batch, picture $n$ is in group
# $n \bmod M$. A replica sees only its own share.
#
# **Question.** Sixteen pictures make four groups. Replica 0 gets pictures 0 to
# 7, replica 1 pictures 8 to 15, as any strategy does it. Of which group of the
# whole batch does replica 0 have all four pictures?

# %%
numbers = np.arange(16)
groups = numbers % 4  # of the whole batch


def deal(batch, replicas):
    """Reorder a batch so that slice r holds pictures r, r + R, r + 2R, ..."""
    return np.concatenate([batch[r::replicas] for r in range(replicas)])


def draw_shares(axis, order, title):
    """Draw who gets which picture, coloured by its group."""
    colours = [BLUE, ORANGE, GREEN, "white"]
    for place, number in enumerate(order):
        group = groups[number]
        left = place + (place >= 8)
        axis.bar(
            left,
            1,
            width=0.92,
            color=colours[group],
            edgecolor="black",
            hatch=["", "//", "..", "xx"][group],
        )
        axis.text(
            left,
            0.5,
            str(number),
            ha="center",
            va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )
    axis.set(yticks=[], xticks=[3.5, 12.5], title=title)
    axis.set_xticklabels(["replica 0", "replica 1"])
    axis.spines[:].set_visible(False)
    axis.tick_params(length=0)


figure, axes = plt.subplots(2, 1, figsize=(9, 2.8))
draw_shares(axes[0], numbers, "cut: the first half, the second half")
draw_shares(axes[1], deal(numbers, 2), "dealt: one for you, one for me")
figure.tight_layout()
plt.show()

# %% [markdown]
# *Figure 2. Sixteen pictures on two replicas; colour and hatching tell the
# group of four that a picture belongs to on one device. Above, the batch is
# cut in half, and each replica has two pictures of each group. Below it is
# dealt out like cards: replica 0 has two whole groups, 0 and 2, and replica 1
# the other two.*
#
# Cut in half, a replica would make its own groups of four out of pictures of
# different groups, and $D$ would see other numbers than on one device. Dealt
# out, nothing changes.
#
# **Check.** The library's layer on each share must give what it gives on the
# whole batch; and the library's data stream must deal in the same way.

# %% tags=["check"]
layer = pk.layers.MinibatchStdev(group_size=4)


def variety(batch):
    """The number that the layer appends to each picture of a batch."""
    return np.asarray(layer(batch))[:, 0, 0, -1]


whole = variety(reals)
shares = np.concatenate([variety(s) for s in np.split(deal(reals, 2), 2)])
np.testing.assert_allclose(shares, deal(whole, 2), atol=1e-6)
stream = images.stream(8, 16, num_replicas=2)
plain = images.stream(8, 16, num_replicas=1)
np.testing.assert_array_equal(
    next(iter(stream)), deal(next(iter(plain)).numpy(), 2)
)
print("groups of the whole batch:", whole[:4].round(3))
print("replica 0 sees:           ", shares[:8][:2].round(3))
print("replica 1 sees:           ", shares[8:][:2].round(3))

# %% [markdown]
# This works as long as every replica gets whole groups: if the batch is a
# multiple of 4 times the number of replicas. Exercise 1 is about what happens
# otherwise.
#
# ## 4. Random numbers
#
# A step needs latents for $G$, and mixing factors for the gradient penalty.
# Each replica runs the same code. If it draws its 8 latents from the same seed
# as the other, both have the *same* 8 latents, and the batch has half of its
# variety. If each has a seed of its own, the numbers depend on how many
# replicas there are. The way out: every replica draws the numbers for the
# whole batch and keeps its own rows, dealt like the real pictures.
#
# **Question.** The seed below is made of the user's seed and the number of
# images seen so far, the *clock*. What does that save us when a run is
# resumed?

# %%
LATENT = 4


def my_latents(share, clock, seed=0):
    """This replica's rows of the latents of the whole batch."""
    context = tf.distribute.get_replica_context()
    replicas = context.num_replicas_in_sync
    whole = tf.random.stateless_normal(
        (share * replicas, LATENT),
        seed=tf.constant([seed, clock], "int64"),
        alg="philox",  # the same numbers on every kind of device
    )
    return whole[context.replica_id_in_sync_group :: replicas]


CONFIG = NetworkConfig(resolution=8, latent_dim=LATENT, seed=0)


@tf.function
def draw_on_both(clock):
    def draw():
        noise = StepNoise(CONFIG, clock, batch=3)
        return my_latents(3, clock), noise.latents("latents_d")

    return strategy.run(draw)


# %% [markdown]
# **Check.** Both replicas' latents, put together, are those of one device; and
# the library draws the same.

# %% tags=["check"]
mine, library = draw_on_both(4800)
one_device = my_latents(6, 4800)
for number in range(2):
    own = strategy.experimental_local_results(mine)[number]
    np.testing.assert_array_equal(own, one_device[number::2])
    np.testing.assert_array_equal(
        own, strategy.experimental_local_results(library)[number]
    )
    print(f"replica {number}, first numbers:", own[:, 0].numpy().round(2))
print("one device, first numbers:", one_device[:, 0].numpy().round(2))

# %% [markdown]
# The clock saves us saving anything: there is no state of a random generator.
# Whoever knows how many images were seen can draw the next numbers.
#
# ## 5. The whole GAN on two devices
#
# `ProGAN` does all of this by itself. Build it inside `strategy.scope()`, and
# the stream of images too, since the scope tells it to deal. We train the same
# GAN twice, on one device and on two, in the fade from 4x4 to 8x8, and look
# after each step how far the weights of the generators are apart.
#
# **Question.** After one step they differ in the last digits. Will it stay so?

# %%
STEPS = 8 if QUICK else 150
FADE = pk.Stage(
    8, fade_in=True, images=16 * 150, batch_size=16, learning_rate=0.002
)


def new_gan():
    """A small GAN in the fade to 8x8, the same one each time."""
    gan = pk.ProGAN(resolution=8, fmap_max=16, seed=1)
    gan.compile(loss="wgan_gp", update="simultaneous")
    gan.enter_stage(FADE)
    return gan


def generator_weights(gan):
    """All weights of the generator in one vector."""
    variables = gan.pair(8, "generator").fade_in.trainable_variables
    return np.concatenate([np.ravel(v.numpy()) for v in variables])


single = new_gan()
batches = iter(images.stream(8, 16))
with strategy.scope():
    double = new_gan()
    stream = images.stream(8, 16)  # deals, since it is inside
dealt_batches = iter(strategy.experimental_distribute_dataset(stream))


@tf.function
def single_step(batch):
    return single.train_step(batch)


@tf.function
def double_step(batch):
    return strategy.run(double.train_step, args=(batch,))


apart, seconds = [], {"one device": [], "two devices": []}
for _ in range(STEPS):
    for name, step, batch in (
        ("one device", single_step, next(batches)),
        ("two devices", double_step, next(dealt_batches)),
    ):
        start = time.perf_counter()
        step(batch)
        seconds[name].append(time.perf_counter() - start)
    difference = generator_weights(single) - generator_weights(double)
    apart.append(np.abs(difference).max())

# %% [markdown]
# **Check.** In the first five steps, they may differ by rounding only.

# %% tags=["check"]
assert single.images_seen == double.images_seen == 16 * STEPS
assert max(apart[:5]) < 1e-4, apart[:5]
print(f"largest difference after 1 step: {apart[0]:.0e}")
print(f"largest difference after {STEPS} steps: {apart[-1]:.0e}")
for name, times in seconds.items():
    print(f"{name}: {1000 * np.median(times[1:]):.0f} ms a step")

# %%
plt.figure(figsize=(6, 2.8))
steps = np.arange(1, STEPS + 1)
plt.semilogy(steps, apart, "-", color=BLUE, label="one and two devices")
largest = np.abs(generator_weights(single)).max()
plt.axhline(largest, color=ORANGE, linestyle="--", label="the largest weight")
plt.xlabel("step")
plt.ylabel("largest difference\nof a weight")
plt.legend()
plt.show()

# %% [markdown]
# *Figure 3. Largest difference between the generators' weights on one device
# and on two, step by step, on a logarithmic scale, with the largest weight
# above. It begins with rounding, a tenth of a millionth, grows slowly but for a
# leap after sixty steps, and ends tens of thousands of times larger than it
# began, though still far below the largest weight.*
#
# The mathematics is the same, and the first steps show it. But training a GAN
# is a chaotic game: a difference in the last digit is a different game some
# hundred steps later. Both games are equally good. So "the same as on one
# device" means *the same up to rounding, for some steps*, and then a run that
# is as good but not the same. Leaps come from decisions: where an activation
# or a gradient is nearly zero, rounding decides which side of zero it falls on,
# and Adam, which divides a gradient by its usual size, makes much of small
# ones.
#
# Two devices are no quicker here. They are parts of the same cores, and have
# to wait for each other besides.

# %% [markdown]
# ## 6. Two processes, as on two machines
#
# Several machines go by the same scheme. On each of them a process, a *worker*,
# runs the same command. The environment variable `TF_CONFIG` tells each who
# the others are, and which one it is itself. Cluster managers set it. The first
# worker is the *chief*: it alone writes the run folder.
#
# `progan train` needs nothing else. These functions start it, with or without
# `TF_CONFIG`. Both workers are on this machine, and speak by its own network.

# %% tags=["setup"]
RESOLUTION = 4 if QUICK else 8
STAGE_IMAGES = 960  # in each stage of the runs below
TOTAL_IMAGES = 1920 if QUICK else 3840
TICK_IMAGES = 240
OPTIONS = f"""
--resolution {RESOLUTION} --fmap-max 16 --batch-size 16
--stabilise-kimg {STAGE_IMAGES / 1000} --fade-kimg {STAGE_IMAGES / 1000}
--total-kimg {TOTAL_IMAGES / 1000} --tick-kimg {TICK_IMAGES / 1000}
""".split()
# The same for `pk.train`.
RECIPE = dataclasses.replace(
    pk.recipes.get("quickstart"),
    stabilise_images=STAGE_IMAGES,
    fade_images=STAGE_IMAGES,
    total_images=TOTAL_IMAGES,
    batch_size=16,
)


SMALL = pk.data.load("emoji_portraits", RESOLUTION, labels=False)


def train_here(run_dir, strategy=None):
    """Train in this process, on one device or on those of a strategy."""
    strategy = strategy or tf.distribute.get_strategy()
    with strategy.scope():
        gan = pk.ProGAN(resolution=RESOLUTION, fmap_max=16)
    tick = TICK_IMAGES / 1000
    return pk.train(gan, SMALL, run_dir, RECIPE, tick, verbose=False)


def start_process(run_dir, name, **environment):
    """Start `progan train` with OPTIONS; its output goes into a file."""
    command = [sys.executable, "-m", "progan_keras", "train", *OPTIONS]
    with open(WORK / f"{name}.txt", "w") as output:
        return subprocess.Popen(
            [*command, "--run-dir", str(run_dir)],
            env={**os.environ, **environment},
            stdout=output,
            stderr=output,
        )


def start_workers(run_dir):
    """Start two workers of one cluster; worker 0 is the chief."""
    sockets = [socket.create_server(("localhost", 0)) for _ in range(2)]
    addresses = [f'"localhost:{s.getsockname()[1]}"' for s in sockets]
    for free in sockets:
        free.close()
    cluster = f'{{"worker": [{", ".join(addresses)}]}}'
    workers = []
    for index in range(2):
        task = f'{{"type": "worker", "index": {index}}}'
        config = f'{{"cluster": {cluster}, "task": {task}}}'
        name = f"worker{index}"
        workers.append(start_process(run_dir, name, TF_CONFIG=config))
    return workers


def said(name):
    """What a process has printed, line by line, without ports."""
    text = (WORK / f"{name}.txt").read_text()
    return re.sub(r"localhost:\d+", "localhost:PORT", text).splitlines()


def wait_for(process, name):
    """Wait until a process ends; tell what it said if it failed."""
    code = process.wait(timeout=900)
    assert code == 0, "\n".join(said(name))


def fresh(name):
    """A place for runs, without what an earlier go left there."""
    shutil.rmtree(WORK / name, ignore_errors=True)
    return WORK / name


def find_run(run_dir):
    """Return the only run in a folder."""
    (path,) = Path(run_dir).iterdir()
    return RunFolder(path)


def final_state(run_dir):
    """All weights, averages, optimizers and the clock: name -> array."""
    return checkpoint.read(find_run(run_dir).checkpoints[-1])[1]


def count_differences(state, other):
    """How many of the arrays in two states differ in any bit."""
    assert state.keys() == other.keys()
    return sum(a.tobytes() != other[n].tobytes() for n, a in state.items())


# %% [markdown]
# **Question.** One process with two mirrored devices, two processes with one
# device each: will they agree up to rounding, or to the last bit?

# %%
workers = start_workers(fresh("workers"))
train_here(fresh("mirrored"), strategy)
for index, worker in enumerate(workers):
    wait_for(worker, f"worker{index}")

# %% [markdown]
# **Check.** Every array of the final checkpoints, bit by bit.

# %% tags=["check"]
mirrored = final_state(WORK / "mirrored")
differences = count_differences(mirrored, final_state(WORK / "workers"))
assert mirrored["clock"] == TOTAL_IMAGES
assert differences == 0, f"{differences} of {len(mirrored)} arrays differ"
print(f"{len(mirrored)} arrays, {differences} of them differ")
print("the chief said:")
for line in said("worker0"):
    if line.startswith(("devices", "in all", "Finished")):
        print("   ", line)

# %% [markdown]
# To the last bit. The shares are the same, each is computed by the same code
# on the same kind of processor, and two sums are added in the same order. On
# machines of different kinds this is not promised.
#
# On real machines, give the same command on each, and set `TF_CONFIG` before:
#
# ```
# export TF_CONFIG='{"cluster": {"worker": ["first:12345", "second:12345"]},
#                    "task": {"type": "worker", "index": 0}}'
# progan train my_pictures --resolution 64
# ```
#
# with index 1 on the second. The
# [guide to several machines](../docs/several_machines.md) has SLURM,
# Kubernetes, and what happens when a worker is lost. Exercise 3 tries that.
#
# ## 7. Everything that a run needs
#
# Runs of days get interrupted. What must be saved, so that a run goes on as if
# nothing had happened? Not only weights.
#
# **Question.** Write a list before you read on. There are six kinds of things
# below; two of them need no saving.

# %%


def my_state(gan):
    """What decides how the training of this stage goes on: name -> array."""
    state = {"clock": gan.clock.numpy()}
    for family, pairs in gan.families.items():  # G, D, the average of G
        for model in (pairs[-1].straight, pairs[-1].fade_in):
            for variable in model.variables:
                if not variable.path.endswith("/alpha"):
                    state[f"{family}/{variable.path}"] = variable.numpy()
    for family, optimizer in gan.optimizers.items():
        for variable in optimizer.variables:
            name = f"{family}_optimizer/{variable.path}"
            state[name] = variable.numpy()
    return state


def set_state(gan, state):
    """Put a state of `my_state` back, all of it or parts."""
    variables = {"clock": gan.clock}
    for family, pairs in gan.families.items():
        for model in (pairs[-1].straight, pairs[-1].fade_in):
            for variable in model.variables:
                variables[f"{family}/{variable.path}"] = variable
    for family, optimizer in gan.optimizers.items():
        for variable in optimizer.variables:
            variables[f"{family}_optimizer/{variable.path}"] = variable
    for name, array in state.items():
        variables[name].assign(array)


# %% [markdown]
# - **Weights of $G$ and $D$**: saved.
# - **The average of $G$**, which makes the pictures: saved.
# - **Adam's moments**, two numbers for each weight, and its count of steps:
#   saved.
# - **The clock**, images seen: saved.
# - **The place in the data**: not saved. Picture number $i$ of the stream is a
#   function of $i$ and the seed; `images.stream(..., start=clock)` goes on.
# - **Alpha and random numbers**: not saved. They follow from the clock
#   (section 4).
#
# **Check.** The library's checkpoint must hold the same arrays under the same
# names. (They are those of the GAN on one device, from section 5.)

# %% tags=["check"]
checkpoint.save(single, WORK / "mine.npz")
_, library = checkpoint.read(WORK / "mine.npz")
mine = my_state(single)
assert sorted(mine) == sorted(library), sorted({*mine} ^ {*library})
for name, array in library.items():
    np.testing.assert_array_equal(mine[name], array, err_msg=name)
sizes = {"weights": 0, "average": 0, "optimizers": 0}
for name, array in library.items():
    kind = "optimizers" if "_optimizer/" in name else "weights"
    sizes["average" if name.startswith("ema") else kind] += array.nbytes
for name, size in sizes.items():
    print(f"{name:10} {size / 1000:6.0f} KB")

# %% [markdown]
# ### What goes wrong: a save that forgets
#
# Many programs save the weights and nothing else. We take a training that is
# under way, save it, and let it go on: this is the undisturbed run. Then we go
# back to the saved state three times, and forget something twice.
#
# **Question.** Which does more harm: to forget Adam's moments, or to show the
# images from the beginning again?

# %%
AFTER = 5 if QUICK else 60
gan = new_gan()


@tf.function
def train_step(batch):
    return gan.train_step(batch)


def go_on(start):
    """Train for AFTER steps; return the generator's weights after each."""
    stream = images.stream(8, 16, start=start)
    path = []
    for batch in stream.take(AFTER):
        train_step(batch)
        path.append(generator_weights(gan))
    return np.array(path)


untrained = my_state(gan)
forgotten = {n: a for n, a in untrained.items() if "_optimizer/" in n}
go_on(start=0)
saved = my_state(gan)
undisturbed = go_on(start=gan.images_seen)
end = my_state(gan)

paths = {}
set_state(gan, saved)
paths["everything is there"] = go_on(start=gan.images_seen)
resumed_end = my_state(gan)
set_state(gan, {**saved, **forgotten})
paths["Adam starts anew"] = go_on(start=gan.images_seen)
set_state(gan, saved)
paths["images from the beginning"] = go_on(start=0)

# %% [markdown]
# **Check.** With everything there, the end is the same to the last bit; without
# the moments it is not.

# %% tags=["check"]
assert count_differences(end, resumed_end) == 0
np.testing.assert_array_equal(undisturbed, paths["everything is there"])
assert (undisturbed[-1] != paths["Adam starts anew"][-1]).any()
for name, path in paths.items():
    differences = np.abs(path - undisturbed).max(axis=1)
    print(
        f"{name:26} after 1 step {differences[0]:.5f}, "
        f"after {AFTER} {differences[-1]:.5f}"
    )

# %%
plt.figure(figsize=(6, 2.8))
for (name, path), colour, line in zip(
    paths.items(), (GREEN, ORANGE, BLUE), ("-", "--", "-."), strict=True
):
    difference = np.abs(path - undisturbed).max(axis=1)
    steps = np.arange(1, AFTER + 1)
    plt.plot(steps, difference, line, color=colour, label=name)
plt.xlabel("step after resuming")
plt.ylabel("largest difference\nfrom undisturbed")
plt.legend()
plt.show()

# %% [markdown]
# *Figure 4. Largest difference of a generator's weight from the undisturbed
# run, in the steps after resuming. With everything there it is 0 throughout.
# Where Adam starts anew, it grows to 0.3 within sixty steps; where the images
# come from the beginning again, it stays below 0.02.*
#
# To forget Adam does more harm. Its second moments say how large the gradients
# of each weight usually are. A fresh Adam does not know, and in its first step
# moves *every* weight by the whole learning rate, whatever its gradient. Other
# images do less: they are as good as the right ones. (After one step there is
# no difference at all: $G$ learns from $D$'s scores of made pictures, and only
# $D$ has seen the other images by then.) But it is another run.
#
# None of the three crashes, and none looks wrong. That is what makes it
# dangerous: a run that was interrupted ten times is then another experiment
# than one that was not, and nobody can say which settings made the difference.
# Only a comparison to the last bit finds such mistakes. "It goes on and the
# loss looks fine" does not.
#
# ## 8. Kill it
#
# Now for real. First a run that nobody disturbs. Then the same in a process of
# its own, which we kill without any warning as soon as there is a checkpoint of
# 480 images (`kill -9`, as when the power fails). Then the same command again.
#
# **Question.** What is the most work that can be lost?

# %%
train_here(fresh("undisturbed"))

folder = fresh("killed")
process = start_process(folder, "first_go")
reached = 0
while reached < 2 * TICK_IMAGES and process.poll() is None:
    time.sleep(0.02)
    found = [int(path.stem) for path in folder.glob("*/checkpoints/0*.npz")]
    reached = max(found, default=0)
process.kill()
code = process.wait()
print(f"killed after {reached:,} images or a little more, exit code {code}")
for path in sorted(find_run(folder).path.glob("[!.]*")):
    print("   ", path.name)

# %%
again = start_process(folder, "second_go")
wait_for(again, "second_go")
for line in said("second_go"):
    if line.startswith(("going on", "Finished")):
        print(line)

# %% [markdown]
# **Check.** Two checkpoints, bit by bit.

# %% tags=["check"]
assert code != 0, "It had come to its end before it was killed"
assert any(line.startswith("going on from") for line in said("second_go"))
state = final_state(WORK / "undisturbed")
differences = count_differences(state, final_state(folder))
assert differences == 0, f"{differences} of {len(state)} arrays differ"
print(f"{len(state)} arrays, {differences} of them differ")

# %% [markdown]
# The most that can be lost is the work since the last checkpoint: one *tick*,
# of which `progan train` makes about fifty in a run, or ten minutes where ticks
# are longer. A checkpoint is written under another name, and renamed when it is
# complete. So whenever the power fails, there is a whole one. It also carries a
# check sum, and `--keep-checkpoints` keeps more than the last two.
#
# ## 9. What to expect from GPUs
#
# Nothing in this section was measured.
#
# - `progan train` takes all GPUs of a machine by itself. Each gets its share of
#   the batch. If the batch does not grow with the number of GPUs, each of them
#   has little to do.
# - The gradients travel once per update: as many numbers as there are weights,
#   whatever the batch. So it pays most where a step computes much for each
#   weight: at high resolutions. At 4x4 it does not pay.
# - Memory is short at high resolutions: there, the authors' code has larger
#   batches where there are more GPUs, and raises the learning rate with them,
#   since larger batches give calmer gradients. These are its settings, as the
#   recipe has them:

# %%
recipe = pk.recipes.get("celeba_hq_1024")
sizes = (4, 16, 64, 256, 1024)
print("GPUs  batch at " + "".join(f"{size:>7}" for size in sizes), end="")
print("   learning rate at 4, 1024")
for count in (1, 2, 4, 8):
    stages = {s.resolution: s for s in recipe.for_devices(count).schedule(1024)}
    batches = "".join(f"{stages[size].batch_size:>7}" for size in sizes)
    rates = [f"{stages[size].learning_rate:g}" for size in (4, 1024)]
    print(f"{count:4}           {batches}   {', '.join(rates)}")

# %% [markdown]
# With 8 GPUs, a batch of 32 at 1024x1024 is 4 pictures for each: one whole
# group of minibatch standard deviation. That is no coincidence.
#
# ## Summary
#
# - Each replica computes the gradient of its share, all-reduce adds them up,
#   all take the same step.
# - Divide by the *global* batch. Adam hides the mistake; do not rely on it.
# - Layers that look across pictures need whole groups on each replica: deal a
#   batch like cards.
# - Random numbers are drawn for the whole batch, from seed and clock.
# - One device and two agree up to rounding, which grows; two mirrored devices
#   and two workers agree to the last bit.
# - To resume is to have weights, average, optimizers and the clock. Whether it
#   is right shows in a comparison to the last bit.
#
# ## Exercises
#
# Solutions are in
# [a notebook of their own](solutions/06_many_devices.ipynb).

# %% [markdown] tags=["exercise"]
# ### Exercise 1: who has whole groups?
#
# Deal 16 pictures to 2, 4 and 8 replicas. For which of them does each replica
# have whole groups of four? What would the layer do on the others?

# %% tags=["solution"]
for replicas in (2, 4, 8):
    shares = [np.arange(16)[r::replicas] for r in range(replicas)]
    held = [sorted({int(n) % 4 for n in share}) for share in shares]
    counts = [[sum(share % 4 == g) for g in range(4)] for share in shares]
    whole = all(count in (0, 4) for row in counts for count in row)
    print(f"{replicas} replicas: groups on each {held}, whole: {whole}")

# %% [markdown] tags=["solution"]
# With 2 and 4 replicas the groups stay whole. With 8, each replica has two
# pictures, half of a group. The layer then takes the largest group that it can
# make, which is two, and $D$ sees the deviation of
# pairs. That is noisier than that of four, and smaller on average, but it is
# the same for reals and fakes; training works, it is only no longer the
# training of one device. To keep that, take a batch of 32 or more: a multiple
# of 4 times the number of replicas.

# %% [markdown] tags=["exercise"]
# ### Exercise 2: five pictures for two replicas
#
# The last batch of a data set has five pictures. A strategy gives three to one
# replica and two to the other. Their losses are 1, 1, 1 and 4, 4. Which loss
# comes out if each replica takes its mean and both means are averaged? Write
# the loss that comes out right for any shares. How does our stream get around
# the question?

# %% tags=["solution"]
shares = [np.array([1.0, 1.0, 1.0]), np.array([4.0, 4.0])]


@tf.function
def both_ways(losses, counts):
    def on_replica(losses, count):
        replica = tf.distribute.get_replica_context()
        own = losses[:count]
        naive = replica.all_reduce("MEAN", tf.reduce_mean(own))
        total = replica.all_reduce("SUM", tf.reduce_sum(own))
        number = replica.all_reduce("SUM", tf.cast(count, "float64"))
        return naive, total / number

    return strategy.run(on_replica, args=(losses, counts))


def one_each(values):
    """Give each replica one of two values."""
    return strategy.experimental_distribute_values_from_function(
        lambda context: tf.constant(values[context.replica_id_in_sync_group])
    )


padded = [np.resize(share, 3) for share in shares]
naive, right = both_ways(one_each(padded), one_each([3, 2]))
print("mean of the means:", float(strategy.reduce("MEAN", naive, axis=None)))
print("sum over number:  ", float(strategy.reduce("MEAN", right, axis=None)))
print("mean of all five: ", np.concatenate(shares).mean())

# %% [markdown] tags=["solution"]
# The mean of the means counts a picture of the smaller share for more. What is
# right is the sum over all replicas, divided by the number over all replicas.
# Our stream never ends and its batches are all of one size, a multiple of the
# number of replicas: it refuses others. Then both are the same.

# %% [markdown] tags=["exercise"]
# ### Exercise 3: lose a worker
#
# Start two workers with `start_workers`, wait until the chief has written a
# checkpoint or two, and kill worker 1. What does the chief say, and how long
# does it take to notice? Start both again. Is the end the one of an undisturbed
# run? What would have to be different in your cluster for nobody to have to
# start them again?

# %% tags=["solution"]
folder = fresh("lost")
chief, follower = start_workers(folder)
reached = 0
while reached < 2 * TICK_IMAGES and chief.poll() is None:
    time.sleep(0.02)
    found = [int(path.stem) for path in folder.glob("*/checkpoints/0*.npz")]
    reached = max(found, default=0)
follower.kill()
follower.wait()
start = time.perf_counter()
code = chief.wait(timeout=300)
print(f"the chief ended {time.perf_counter() - start:.0f} s later, code {code}")
print(said("worker0")[-1])

for index, worker in enumerate(start_workers(folder)):
    wait_for(worker, f"worker{index}")
print([line for line in said("worker0") if line.startswith("going on")])
train_here(fresh("mirrored"), strategy)
state = final_state(WORK / "mirrored")
differences = count_differences(state, final_state(folder))
print(f"{len(state)} arrays, {differences} of them differ")

# %% [markdown] tags=["solution"]
# The chief cannot go on alone: every step needs the gradients of both. It
# notices when worker 1 does not come to the next all-reduce, names it, and ends
# with exit code 2. Started again, both take up the last checkpoint, and the end
# is bitwise that of a run that lost nobody.
#
# A cluster manager can do the starting: it starts a process again that ended
# with an exit code other than 0 (Kubernetes calls that `restartPolicy:
# OnFailure`). The command is the same each time, so nothing else is needed.
