# %% [markdown]
# # Lesson 9: exporting and serving
#
# A generator that only runs beside its training code is of little use to
# others. In this lesson you
#
# 1. put a generator into a TensorFlow *SavedModel*, by hand;
# 2. run it in a fresh process that knows nothing of this package, and compare;
# 3. make three mistakes that are made all the time, and see what they look
#    like;
# 4. write ONNX, LiteRT and Keras files, and run each by its own runtime;
# 5. answer requests as a model server does, and look into a web page that
#    paints in the browser.
#
# **At the end** there is a table on your screen: five ways to ship the same
# generator, how large each is, how fast, and by how much its pictures differ.
#
# **You need** lesson 1. Reading and trying things takes about 40 minutes;
# running everything takes one to two minutes and 2 GB of memory. Nothing is
# trained: the generator is one of the package's presets.
#
# **The paper** is Karras et al., 2018,
# [arXiv 1710.10196](https://arxiv.org/abs/1710.10196); it says nothing about
# exporting, but its appendix A says which generator to export: the running
# average.

# %% tags=["setup"]
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# TensorFlow reads these when it is imported. They keep its messages off the
# screen, here and in the processes that this lesson starts.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import numpy as np
import tensorflow as tf

import progan_keras as pk

# In notebooks it also tells where it writes files, which we know.
tf.get_logger().setLevel("ERROR")

# With PROGAN_LESSON=quick less is measured.
QUICK = os.environ.get("PROGAN_LESSON") == "quick"

gan = pk.ProGAN.from_preset("emoji_portraits_32")
latent_dim = gan.config.latent_dim
latents = pk.latents.sample(16, latent_dim, seed=7)

# Everything is written here, and removed when Python ends.
temporary = tempfile.TemporaryDirectory()
folder = Path(temporary.name)
np.save(folder / "latents.npy", latents)


def show(rows, labels):
    """Lay rows of equally many pictures below each other, with their names."""
    return pk.image_grid(
        np.concatenate(rows),
        columns=len(rows[0]),
        scale=2,
        padding=3,
        row_names=labels,
    )


def run_apart(program, *arguments):
    """Run a Python program in a process of its own; return what it prints."""
    path = folder / "program.py"
    path.write_text(program)
    done = subprocess.run(
        [sys.executable, str(path), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return done.stdout.strip()


def megabytes(path):
    """Size of a file, or of all files in a folder."""
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


# %% [markdown]
# ## 1. What must be inside
#
# What does somebody need who wants pictures, and nothing else?
#
# **Question.** Which of these belong into the export: the discriminator, both
# optimizers, the generator as trained, its average, the fade-in models, alpha,
# the way from numbers to colours?
#
# - **The average's weights.** Training makes the generator jump about; its
#   running average makes the better pictures (appendix A). The training
#   generator is needed only to go on training.
# - **The way to bytes.** The network speaks floats, about -1 to 1; screens want
#   whole numbers from 0 to 255. If everybody writes these lines again, some
#   will write them wrong. So they go inside.
# - **A signature**: names, shapes and types of what goes in and comes out. The
#   number of pictures stays open.
#
# First the way to bytes:
#
# $$p = \mathrm{round}\bigl(127.5\,(\min(\max(x, -1), 1) + 1)\bigr)$$


# %% tags=["setup"]
def my_uint8(images):
    """Float images, about [-1, 1], to uint8 in [0, 255]."""
    clipped = tf.clip_by_value(images, -1.0, 1.0)
    return tf.cast(tf.round(127.5 * (clipped + 1.0)), tf.uint8)


# %% tags=["check"]
values = np.linspace(-1.5, 1.5, 1001).astype("float32").reshape(1, 1, -1, 1)
np.testing.assert_array_equal(my_uint8(values), pk.images.to_uint8(values))
print("to bytes: as in the library, from -1.5 to 1.5")

# %% [markdown]
# Now the module. A `tf.function` with an `input_signature` is traced once, for
# all inputs that fit; `None` leaves the number of latents open. What is traced
# is a graph: it needs none of the Python code that made it.

# %% tags=["setup"]
LATENTS = tf.TensorSpec((None, latent_dim), tf.float32, name="latents")


class Exported(tf.Module):
    """A generator, with all that it needs to run elsewhere."""

    def __init__(self, generator):
        super().__init__()
        self.generator = generator

    @tf.function(input_signature=[LATENTS])
    def images(self, latents):
        """Float images, about [-1, 1]."""
        return self.generator(latents)

    @tf.function(input_signature=[LATENTS])
    def pictures(self, latents):
        """The same as uint8 pictures."""
        return my_uint8(self.generator(latents))


# %%
module = Exported(gan.current_generator())
mine = folder / "mine"
tf.saved_model.save(
    module, str(mine), signatures={"serving_default": module.pictures}
)
for path in sorted(mine.rglob("*")):
    if path.is_file():
        kilobytes = path.stat().st_size / 1000
        print(f"{path.relative_to(folder)}: {kilobytes:,.0f} KB")

# %% [markdown]
# `saved_model.pb` holds the graphs, `variables` the weights.
#
# ## 2. Does it run elsewhere?
#
# "It works here" is no proof: here are all our classes. So we start a new
# Python that has TensorFlow and NumPy only, give it the path and some latents,
# and let it write down what it gets. `run_apart` does so for any program.

# %%
FRESH = """
import sys
import numpy as np
import tensorflow as tf

model_path, latents_path, result_path = sys.argv[1:]
latents = np.load(latents_path)
model = tf.saved_model.load(model_path)
images, pictures = model.images(latents), model.pictures(latents)
np.savez(result_path, images=images, pictures=pictures)
print("progan_keras" in sys.modules)
"""
printed = run_apart(FRESH, mine, folder / "latents.npy", folder / "mine.npz")
print("Was progan_keras imported?", printed)
result = np.load(folder / "mine.npz")

# %% [markdown]
# **Check.** Its images are those of `gan` up to 0.0001, and its pictures those
# of `gan.generate`. And it takes one latent as well as sixteen.

# %% tags=["check"]
expected = gan.generate(latents=latents)
floats = np.asarray(gan.current_generator()(latents))
apart = np.abs(result["images"] - floats).max()
print(f"images differ by {apart:.1e} at most")
assert printed == "False"
assert apart < 1e-4
assert result["pictures"].dtype == np.uint8
# A float on the edge between two bytes may fall to either side.
assert np.mean(result["pictures"] != expected) < 1e-3
assert module.pictures(latents[:1]).shape[0] == 1

# %% [markdown]
# ### The library's
#
# `gan.export` writes such a module with more in it.

# %%
library = gan.export(folder / "library", overwrite=True)
model = tf.saved_model.load(str(library))
for name, signature in sorted(model.signatures.items()):
    inputs = signature.structured_input_signature[1].values()
    (output,) = signature.structured_outputs.values()
    takes = ", ".join(f"{spec.name} {spec.shape}" for spec in inputs)
    print(f"{name:16} {takes:28} -> {output.dtype.name} {output.shape}")

# %% tags=["check"]
assert np.abs(model.serve(latents) - module.images(latents)).max() < 1e-4
np.testing.assert_array_equal(model.sample(3, 7), model.sample(3, 7))
way = model.interpolate(latents[0], latents[1], 5)
for one, other in (
    (model.pictures(latents), module.pictures(latents)),
    (way[::4], model.pictures(latents[:2])),
):
    # By other ways to the same floats, which may fall to either side.
    assert np.abs(np.subtract(one, other, dtype=int)).max() <= 1
print("the library's SavedModel makes the same pictures as yours")

# %% [markdown]
# `sample` draws its latents itself, by a random number generator that gives
# the same numbers for a seed on every machine. `interpolate` goes along the
# great circle of lesson 8. And `pictures_8x8`? The network has grown: the
# smaller generators are all in it, and cost a few numbers each.

# %%
sides = [size for size in gan.config.resolutions if size < 32]
growth = [
    pk.images.upscale_nearest(
        getattr(model, f"pictures_{side}x{side}")(latents[:8]), 32
    )
    for side in sides
]
show(
    [*growth, model.pictures(latents[:8])],
    [*(f"{side}x{side}" for side in sides), "32x32"],
)

# %% [markdown]
# *Figure 1. Eight latents by the endpoints of every resolution in one
# SavedModel, coarse at the top and 32x32 at the bottom. All rows show the same
# shapes; the colours of the upper three are garish.*
#
# Why are the colours of the small ones off? A layer that turns features into
# colours was last trained when its size was the last one; since then the layers
# below it have moved on (lesson 1, exercise 2).
#
# ## 3. What goes wrong: three exports that look fine
#
# Each of these can be saved and loaded, and makes pictures.
#
# **Question.** What do you expect to see, or not to see, for each?
#
# 1. Somebody exports `gan.generators`, not the average.
# 2. Somebody forgets to clip before the cast to bytes.
# 3. Somebody writes the batch size of 16 into the signature.


# %%
class Unclipped(tf.Module):
    """Goes to bytes without clipping."""

    def __init__(self, generator):
        super().__init__()
        self.generator = generator

    @tf.function(input_signature=[LATENTS])
    def pictures(self, latents):
        scaled = tf.round(127.5 * (self.generator(latents) + 1.0))
        return tf.cast(tf.cast(scaled, tf.int32), tf.uint8)


class Fixed(tf.Module):
    """Makes sixteen pictures, not more and not fewer."""

    def __init__(self, generator):
        super().__init__()
        self.generator = generator

    @tf.function(
        input_signature=[tf.TensorSpec((16, latent_dim), name="latents")]
    )
    def pictures(self, latents):
        return my_uint8(self.generator(latents))


wrong = {
    "training generator": Exported(gan.pair(32, "generator").straight),
    "not clipped": Unclipped(gan.current_generator()),
    "batch of 16": Fixed(gan.current_generator()),
}
found = {
    name: np.asarray(module.pictures(latents)) for name, module in wrong.items()
}
show(
    [expected[:8], *(pictures[:8] for pictures in found.values())],
    ["right", *wrong],
)

# %% [markdown]
# *Figure 2. Eight pictures of the right export above those of three wrong
# ones. The training generator paints the same portraits with other details;
# what was not clipped has black and coloured pixels where the ground should be
# white; the pictures of the fixed batch are right.*
#
# 1. The training generator paints much the same pictures, slightly other ones
#    at any moment of training. Without the right ones beside it the mistake
#    cannot be seen; somebody measures the export one day and wonders about the
#    score.
# 2. A value of 1.01 becomes 256, and a byte has no 256: it starts again at 0.
#    White turns black. (Here the cast goes by way of whole numbers, as many do.
#    What a direct cast from float to byte does with 256.0 is not defined: it
#    may be right for most numbers on your machine, and wrong on a phone.)
# 3. Sixteen pictures are fine. Who wants one gets an error.
#
# **Check.** All three can be found out by a test that compares with
# `gan.generate`, with another number of pictures than usual.

# %% tags=["check"]
for name, pictures in found.items():
    part = np.mean(np.any(pictures != expected, axis=-1))
    print(f"{name!r}: {part:.1%} of the pixels differ")
assert np.mean(found["training generator"] != expected) > 0.05
apart = np.abs(found["not clipped"].astype(int) - expected)
assert np.any(apart > 200)
try:
    wrong["batch of 16"].pictures(latents[:3])
except (TypeError, ValueError) as error:
    print(f"'batch of 16', asked for 3: {type(error).__name__}")
else:
    raise AssertionError("a batch of 3 was taken")

# %% [markdown]
# ## 4. Other runtimes
#
# A SavedModel needs TensorFlow: half a gigabyte to install, and seconds to
# start. Other runtimes are small, and run in other languages:
#
# - **ONNX** is a format that many frameworks read; *onnxruntime* runs it in
#   Python, C++, C#, Java and JavaScript.
# - **LiteRT**, formerly TensorFlow Lite, runs on phones and small computers.
# - **`.keras`** holds a Keras model for any backend of Keras. It is the only
#   one that still needs this package, for its layers; in return it can be
#   changed and trained.

# %%
shipped = {
    "mine": mine,
    "saved_model": library,
    "onnx": gan.export(folder / "generator.onnx", "onnx", overwrite=True),
    "litert": gan.export(folder / "generator.tflite", "litert", overwrite=True),
    "keras": gan.export(folder / "generator.keras", "keras", overwrite=True),
}
for name, path in shipped.items():
    print(f"{name:12} {megabytes(path):.1f} MB")

# %% [markdown]
# Each gets a program that loads it by its own runtime. The programs give
# floats; what they have in common, reading latents, measuring, writing down, is
# in `FRAME`.

# %% tags=["setup"]
FRAME = """
import statistics, sys, time
import numpy as np

path, latents_path, result_path, rounds = sys.argv[1:]
latents = np.load(latents_path)
started = time.perf_counter()
{loading}
images = np.asarray(paint(latents))
first = time.perf_counter() - started
times = []
for _ in range(int(rounds)):
    started = time.perf_counter()
    np.asarray(paint(latents))
    times.append(time.perf_counter() - started)
np.save(result_path, images)
print(first, statistics.median(times))
"""

ONNX = """
import onnxruntime
session = onnxruntime.InferenceSession(path)
def paint(latents):
    return session.run(["images"], {"latents": latents})[0]
"""

LITERT = """
from ai_edge_litert.interpreter import Interpreter
runner = Interpreter(path).get_signature_runner("serve")
def paint(latents):
    return runner(latents=latents)["images"]
"""

# %%
LOADING = {
    "mine": """
import tensorflow as tf
model = tf.saved_model.load(path)
paint = model.images
""",
    "saved_model": """
import tensorflow as tf
model = tf.saved_model.load(path)
paint = model.serve
""",
    "onnx": ONNX,
    "litert": LITERT,
    "keras": """
import keras
import progan_keras.layers
paint = keras.models.load_model(path)
""",
}
if QUICK:  # TensorFlow takes its time to start
    LOADING = {name: LOADING[name] for name in ("onnx", "litert")}
differences = {}
print("                MB   first picture   16 pictures   difference")
for name, loading in LOADING.items():
    written = folder / f"{name}.npy"
    program = FRAME.replace("{loading}", loading)
    printed = run_apart(
        program, shipped[name], folder / "latents.npy", written, 10
    )
    first, each = map(float, printed.split())
    differences[name] = np.abs(np.load(written) - floats).max()
    print(
        f"{name:12} {megabytes(shipped[name]):5.1f} {first:13.1f} s "
        f"{1000 * each:10.0f} ms   {differences[name]:10.1e}"
    )

# %% tags=["check"]
assert set(differences) == set(LOADING)
for name, apart in differences.items():
    assert apart < 1e-4, name
print("all of them make the generator's images, to 0.0001")

# %% [markdown]
# The column "first picture" counts from the import of the
# runtime to the first result; "16 pictures" is the median of ten calls. Your
# machine will have other figures. TensorFlow and Keras take long to start, the
# small runtimes do not.
#
# `progan export NAME --format onnx` does all of this, including the comparison
# in a process of its own, and prints the lines that use what it wrote.
#
# ## 5. Serving
#
# A model server loads SavedModels and answers requests over HTTP, so that
# clients need neither TensorFlow nor Python. The usual one is TensorFlow
# Serving. It looks for numbered folders, the versions of a model:
#
# ```sh
# progan export emoji_portraits_32 --output models/emoji/1
# docker run --rm --publish 127.0.0.1:8501:8501 --memory 1g \
#   --volume "$PWD/models/emoji:/models/emoji" --env MODEL_NAME=emoji \
#   tensorflow/serving
# ```
#
# A request is a POST to `http://localhost:8501/v1/models/emoji:predict`. Its
# body is JSON: a row for each picture, and the name of a signature (without
# one, it is `serving_default`). The reply has a row for each picture, too:
#
# ```json
# {"signature_name": "pictures", "instances": [[0.5, -1.0, ...], ...]}
# {"predictions": [[[[255, 255, 255], ...], ...], ...]}
# ```
#
# Docker is not everywhere, so we build the part between JSON and the signature
# ourselves. It is short.


# %%
def answer(model, body):
    """Answer a request by rows: JSON text to JSON text."""
    request = json.loads(body)
    name = request.get("signature_name", "serving_default")
    signature = model.signatures[name]
    ((argument, spec),) = signature.structured_input_signature[1].items()
    rows = tf.constant(request["instances"], spec.dtype)
    (output,) = signature(**{argument: rows}).values()
    return json.dumps({"predictions": output.numpy().tolist()})


# %% tags=["check"]
for count in (1, 16):
    body = json.dumps(
        {"signature_name": "pictures", "instances": latents[:count].tolist()}
    )
    reply = answer(model, body)
    received = np.array(json.loads(reply)["predictions"], "uint8")
    assert received.shape == (count, 32, 32, 3)
    assert np.mean(received != expected[:count]) < 1e-3
default = json.loads(
    answer(model, json.dumps({"instances": latents[:2].tolist()}))
)
images = np.array(default["predictions"])
assert np.abs(images - floats[:2]).max() < 1e-4
print("through JSON and back: the pictures of gan.generate")

# %% [markdown]
# **Question.** How many bytes does one picture of 32x32 need in this reply? It
# has 3,072 numbers.

# %%
picture = expected[:1]
one = answer(
    model,
    json.dumps(
        {"signature_name": "pictures", "instances": latents[:1].tolist()}
    ),
)
floating = answer(model, json.dumps({"instances": latents[:1].tolist()}))
path = pk.images.save_image(pk.image_grid(picture), folder / "one.png")
for name, size in (
    ("JSON, floats", len(floating)),
    ("JSON, bytes", len(one)),
    ("raw bytes", picture.size),
    ("PNG", path.stat().st_size),
):
    print(f"{name:13} {size:6,} bytes")

# %% [markdown]
# JSON spells every number in digits. That is one reason for the endpoint
# `pictures`. For large pictures one takes the server's other interface, gRPC,
# which sends raw bytes.
#
# [docs/serving.md](../docs/serving.md) has the whole guide: all signatures,
# requests by columns, batching, and what strangers may ask for. `sample` makes
# as many pictures as a client names; so a server belongs behind a program that
# says no.
#
# ## 6. No server at all: the browser
#
# `format="web"` writes a folder with a page, the generator as ONNX, and the
# runtime that executes it in the visitor's browser.

# %%
page = gan.export(folder / "page", format="web", overwrite=True)
for path in sorted(page.rglob("*")):
    if path.is_file():
        kilobytes = path.stat().st_size / 1000
        print(f"{str(path.relative_to(page)):36} {kilobytes:8,.0f} KB")

# %% [markdown]
# Any web server can hand it out, since it only hands out files; no picture and
# no latent leaves the visitor's computer. To look at it:
#
# ```sh
# progan demo emoji_portraits_32
# ```
#
# The page lets one make pictures, walk from one to another by a slider,
# truncate (lesson 8), watch the same picture at every resolution, and save it.
#
# ## Summary
#
# - An export holds the *average's* weights, the way to bytes and a signature
#   with an open batch size; not the discriminator, nor optimizers.
# - Proof is a fresh process without your code, compared to 0.0001, with another
#   number of pictures than usual.
# - Clip, then scale, then round, then cast.
# - One generator, many runtimes: TensorFlow, onnxruntime, LiteRT, Keras, a
#   model server, the browser.
#
# ## Exercises
#
# [Solutions](solutions/09_exporting.ipynb) are in a notebook of their own.

# %% [markdown] tags=["exercise"]
# ### Exercise 1: another endpoint
#
# Write a module with an endpoint that returns small pictures of 8x8, by
# `gan.pair(8).straight`, and another one that returns each picture at 8x8 *and*
# at 32x32 in a dict. Save it, load it, and compare with
# `gan.generate(latents=latents, resolution=8)`. How much larger is the file
# with both generators in it than with one?

# %% tags=["solution"]


class TwoSizes(tf.Module):
    def __init__(self):
        super().__init__()
        self.small, self.large = (gan.pair(r).straight for r in (8, 32))

    @tf.function(input_signature=[LATENTS])
    def pictures_8x8(self, latents):
        return my_uint8(self.small(latents))

    @tf.function(input_signature=[LATENTS])
    def both(self, latents):
        return {
            "small": my_uint8(self.small(latents)),
            "large": my_uint8(self.large(latents)),
        }


two = TwoSizes()
tf.saved_model.save(two, str(folder / "two"))
tf.saved_model.save(Exported(gan.current_generator()), str(folder / "one_size"))
loaded = tf.saved_model.load(str(folder / "two"))
both = loaded.both(latents)
for size, name in ((8, "small"), (32, "large")):
    right = gan.generate(latents=latents, resolution=size)
    assert np.mean(both[name].numpy() != right) < 1e-3
np.testing.assert_array_equal(loaded.pictures_8x8(latents), both["small"])
for name in ("one_size", "two"):
    weights = megabytes(folder / name / "variables")
    print(
        f"{name}: weights {weights:.2f} MB, all {megabytes(folder / name):.2f}"
    )

# %% [markdown] tags=["solution"]
# Two generators, and the weights take no more space than those of one. The 8x8
# generator is a part of the 32x32 one: they share their layers, and a shared
# weight is saved once. Only the layer that turns features of 8x8 into colours
# comes on top, too small to show here. What grows is the file of graphs.

# %% [markdown] tags=["exercise"]
# ### Exercise 2: truncation inside
#
# Give the export a second input, `truncation`, a scalar from 0 to 1, that does
# what `gan.generate(truncation=...)` does. The centre, `gan.centre`, and the
# great circle (lesson 8) must go inside, too. Check it in a fresh process.

# %% tags=["solution"]


class Truncated(tf.Module):
    def __init__(self, gan):
        super().__init__()
        self.generator = gan.current_generator()
        self.centre = tf.constant(gan.centre)

    @tf.function(input_signature=[LATENTS, tf.TensorSpec((), name="share")])
    def pictures(self, latents, share):
        lengths = tf.norm(latents, axis=1, keepdims=True)
        centre = self.centre[None]
        product = tf.reduce_sum(latents * centre, axis=1, keepdims=True)
        angle = tf.acos(product / (lengths * tf.norm(centre)))
        near = tf.sin((1.0 - share) * angle) / tf.sin(angle)
        far = tf.sin(share * angle) / tf.sin(angle)
        return my_uint8(self.generator(near * centre + far * latents))


tf.saved_model.save(Truncated(gan), str(folder / "truncated"))
PROGRAM = """
import sys
import numpy as np
import tensorflow as tf
model = tf.saved_model.load(sys.argv[1])
latents = np.load(sys.argv[2])
rows = [model.pictures(latents, share) for share in (0.5, 1.0)]
np.save(sys.argv[3], rows)
"""
run_apart(
    PROGRAM,
    folder / "truncated",
    folder / "latents.npy",
    folder / "truncated.npy",
)
rows = np.load(folder / "truncated.npy")
for row, truncation in zip(rows, (0.5, 1.0), strict=True):
    right = gan.generate(latents=latents, truncation=truncation)
    assert np.mean(row != right) < 1e-3
show([row[:8] for row in rows], ["0.5", "1"])

# %% [markdown] tags=["solution"]
# *Eight pictures from a fresh process, at truncation 0.5 above and 1 below. The
# upper ones are calmer and more alike: the yellow face has become a person.*
#
# A constant that is used in a `tf.function` is written into its graph; so the
# centre needs no variable. The scalar has its own entry in the signature. Had
# we called the function with Python numbers and no signature, TensorFlow would
# have traced it anew for each number, and the export would hold just those.
#
# The random latents are not exactly as long as the centre, so that half of the
# way is not quite half of the angle. `gan.generate` mixes them in the same way.
# The length of the mixture means nothing to the generator, its direction does:
# what matters is that both do the same.

# %% [markdown] tags=["exercise"]
# ### Exercise 3: half the size, or a quarter
#
# Weights can be stored in fewer bits. Convert a SavedModel with
# `tf.lite.TFLiteConverter` and `optimizations = [tf.lite.Optimize.DEFAULT]`:
# with `target_spec.supported_types = [tf.float16]` weights have 16 bits,
# without it 8. How large are the files, by how much do the pictures differ, and
# do you see it? Where would you stop?

# %% tags=["solution"]


class Serving(tf.Module):
    def __init__(self, generator):
        super().__init__()
        # The bare weights. Of a module that holds the Keras model itself, the
        # converter takes the weights for something that changes later, and
        # leaves them out of the file: its pictures are NaN.
        self.weights = [weight.value for weight in generator.variables]
        self.serve = tf.function(
            lambda latents: {"images": generator(latents)},
            input_signature=[LATENTS],
        )


serving = Serving(gan.current_generator())
tf.saved_model.save(
    serving, str(folder / "serving"), signatures={"serve": serving.serve}
)
rows, labels = [], []
for name, bits in (("32 bits", None), ("16 bits", tf.float16), ("8 bits", 8)):
    converter = tf.lite.TFLiteConverter.from_saved_model(
        str(folder / "serving"), signature_keys=["serve"]
    )
    if bits is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if bits is tf.float16:
        converter.target_spec.supported_types = [tf.float16]
    path = folder / f"{name}.tflite"
    path.write_bytes(converter.convert())
    run_apart(
        FRAME.replace("{loading}", LITERT),
        path,
        folder / "latents.npy",
        folder / "lite.npy",
        1,
    )
    images = np.load(folder / "lite.npy")
    apart = 127.5 * np.abs(
        images - np.asarray(gan.current_generator()(latents))
    )
    print(
        f"{name:8} {megabytes(path):.2f} MB, differs by {apart.mean():.2f} "
        f"levels on average, {apart.max():.0f} at most"
    )
    rows.append(images[:8])
    labels.append(name)
show(rows, labels)

# %% [markdown] tags=["solution"]
# *Eight pictures with weights of 32, 16 and 8 bits. The rows look the same at
# first sight.*
#
# Most of the file is weights, so that it shrinks nearly as their bits do. With
# 16 bits the difference is far below one level on average: rounding to bytes
# hides most of it. With 8 bits it is larger than one level, and dozens of them
# at some pixel. A grid of pictures that looks right is no proof here; where the
# pictures matter, measure the quantised generator as you would any other
# (lesson 7). We would stop at 16 bits, unless every kilobyte counts.
