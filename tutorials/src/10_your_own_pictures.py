# %% [markdown]
# # Lesson 10: your own pictures
#
# Until now the pictures came ready-made: square, clean, all of one size. Your
# own do not. In this lesson you
#
# 1. get a folder like one from a telephone: pictures of all sizes, some lying
#    on their side, one broken, some there twice;
# 2. inspect it before anything is trained;
# 3. make squares of the pictures by hand, in three ways, and see which one
#    spoils what;
# 4. clean, prepare, and ask for the cost before you pay it;
# 5. start from a trained GAN instead of from nothing, with the sub-folders as
#    classes;
# 6. find out whether a GAN has invented pictures or learned yours by heart;
# 7. read how CelebA, LSUN and others are used, and under which terms.
#
# **At the end** there are pictures on your screen made from a folder of your
# own, one row per class, and beside them the training pictures that they are
# nearest to.
#
# **You need** lesson 1. Section 6 prints a distance that lesson 7 explains; two
# sentences on it are enough here. Reading and trying things takes 45 minutes;
# running everything takes three to five minutes and 2 GB of memory. No GPU, no
# network.
#
# **The paper** is Karras, Aila, Laine and Lehtinen, *Progressive Growing of
# GANs for Improved Quality, Stability, and Variation*, ICLR 2018,
# [arXiv 1710.10196](https://arxiv.org/abs/1710.10196): section 6 and appendices
# C, F and G (how CelebA-HQ was made, nearest neighbours, LSUN).

# %% tags=["setup"]
import contextlib
import io
import json
import os
import shlex
import shutil
import warnings
from pathlib import Path

# TensorFlow reads this when it is imported. It keeps its messages off the
# screen, but for one about oneDNN, which makes it fast.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

import progan_keras as pk
from progan_keras.cli.main import main
from progan_keras.data.fit import Fit

QUICK = os.environ.get("PROGAN_LESSON") == "quick"
plt.rcParams["figure.dpi"] = 80
plt.rcParams["image.interpolation"] = "nearest"
# Blue, orange, green: told apart by all kinds of eyes, and in grey print.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
SIDE = 16  # what we train at

# All that this lesson writes goes here; what an earlier go left is removed.
WORK = Path("lesson10")
shutil.rmtree(WORK, ignore_errors=True)
WORK.mkdir()
os.environ["PROGAN_KERAS_CACHE"] = str(WORK / "cache")


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


def progan(command):
    """Run a command of `progan` here; return what it printed."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        main(shlex.split(command))
    return said.getvalue().rstrip()


# %% [markdown]
# ## 1. A folder
#
# We need a folder with faults that we know. The functions below make one from
# the embedded portraits: those in one of the two styles, *Fluent*, as files in
# two sub-folders. The portraits of the other style, *Noto*, will be the "large
# public data set" that somebody has trained a GAN on already.
#
# If you have a folder of your own, read on with ours once, and then again with
# yours.

# %% tags=["setup"]
portraits = pk.data.load("emoji_portraits", labels="style")
is_fluent = portraits.labels == portraits.class_names.index("fluent")
is_face = pk.data.load("emoji_portraits", labels="category").labels == 0
NUM_PEOPLE = 60 if QUICK else 300
own_faces = np.flatnonzero(is_fluent & is_face)
# People come in five skin tones, one after the other: take them mixed.
order = np.random.default_rng(0).permutation(
    np.flatnonzero(is_fluent & ~is_face)
)
own_people, unseen = np.split(order, [NUM_PEOPLE])
tiles = portraits.at(64)


def as_photograph(tile, number):
    """Lay a portrait on white: mostly square, sometimes tall or wide."""
    side = (64, 96, 128)[number % 3]
    portrait = Image.fromarray(tile).resize((side, side))
    if number % 5 == 0:  # tall, the person at the top
        photograph = Image.new("RGB", (side, side * 3 // 2), "white")
        photograph.paste(portrait, (0, 0))
        return photograph
    if number % 5 == 1:  # wide, the person on the right
        photograph = Image.new("RGB", (side * 3 // 2, side), "white")
        photograph.paste(portrait, (side // 2, 0))
        return photograph
    return portrait


def write_folder(folder):
    """Write faces and people, some oddities, and files that are no images."""
    shutil.rmtree(folder, ignore_errors=True)  # of an earlier go
    for kind, chosen in (("faces", own_faces), ("people", own_people)):
        (folder / kind).mkdir(parents=True)
        for number, tile in enumerate(tiles[chosen]):
            suffix = "png" if number % 4 == 0 else "jpg"
            path = folder / kind / f"{number:04d}.{suffix}"
            as_photograph(tile, number).save(path, quality=95)
    write_oddities(folder)


def write_oddities(folder):
    """Add what is found in real folders."""
    face, person = tiles[own_faces[20]], tiles[own_people[2]]
    # A telephone that was held sideways: it stores the picture lying, and a
    # note which side is up.
    note = Image.Exif()
    note[0x0112] = 6
    lying = as_photograph(tiles[unseen[0]], 0).rotate(90, expand=True)
    lying.save(folder / "people/telephone.jpg", exif=note, quality=95)
    five = np.concatenate(tiles[unseen[1:6]], axis=1)
    Image.fromarray(five).save(folder / "people/panorama.png")
    whole = (folder / "people/0002.jpg").read_bytes()
    (folder / "people/broken.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "people/0002 copy.jpg").write_bytes(whole)
    (folder / "faces/a mistake.jpg").write_bytes(whole)
    Image.fromarray(face).resize((20, 20)).save(folder / "faces/tiny.png")
    Image.fromarray(face).convert("L").save(folder / "faces/old.png")
    cut_out = Image.fromarray(person).convert("RGBA")
    cut_out.putalpha(ImageOps.invert(cut_out.convert("L")).point(_solid))
    cut_out.save(folder / "people/cut out.png")
    (folder / "faces/notes.txt").write_text("Ask Anna for more faces.\n")


def _solid(darkness):
    """White becomes transparent, all else solid."""
    return 255 if darkness > 8 else 0


FOLDER = WORK / "my_pictures"
write_folder(FOLDER)


def image_names(folder):
    """The names of all pictures in a folder, in the library's order."""
    files = [*folder.rglob("*.jpg"), *folder.rglob("*.png")]
    return sorted(file.relative_to(folder).as_posix() for file in files)


def opened(path):
    """Read a file as an upright RGB picture."""
    with Image.open(path) as picture:
        return ImageOps.exif_transpose(picture).convert("RGB")


def load_anyway(folder, **options):
    """Prepare a folder at SIDE without its broken files."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # we look at `images.skipped`
        return pk.data.load(folder, SIDE, skip_broken=True, **options)


# %%
for kind in sorted(FOLDER.iterdir()):
    names = sorted(path.name for path in kind.iterdir())
    print(f"{kind.name}: {len(names)} files, such as {', '.join(names[-6:])}")

examples = ["faces/0001.jpg", "people/0000.png", "people/telephone.jpg"]
examples += ["people/panorama.png", "faces/tiny.png", "people/cut out.png"]
figure, axes = plt.subplots(1, 6, figsize=(9, 2))
for axis, name in zip(axes, examples, strict=True):
    with Image.open(FOLDER / name) as picture:
        axis.imshow(picture)
        size = "x".join(map(str, picture.size))
    axis.set_title(f"{Path(name).stem}\n{size}", fontsize=9)
    axis.set_facecolor("lightgrey")
    axis.set(xticks=[], yticks=[])
figure.tight_layout()
plt.show()

# %% [markdown]
# *Figure 1. Six files of the folder as they are stored: a wide face, a tall
# person, one that lies on its side, five persons in a row, a face of 20x20
# pixels, and a person whose background is transparent (shown grey).*
#
# ## 2. Look before you train
#
# A GAN learns whatever is there: faults, too. And it takes hours until you see
# them in its pictures. Looking takes seconds.
#
# **Question.** What would you want to know about a folder of 400 pictures,
# before you train on it? Write down five things, then run the cell. On the
# command line this is `progan data inspect my_pictures --sheet sheet.png`.

# %%
report = pk.data.inspect(FOLDER, resolution=SIDE)
print(report)

# %%
report.contact_sheet().quantize(256)  # fewer colours: a smaller notebook

# %% [markdown]
# *Figure 2. The contact sheet: faces and people as training would see them, at
# 16x16 pixels; then the pictures of which cropping takes most, with what is cut
# away in pale colours; the smallest ones; and pairs that are the same or look
# alike.*
#
# Read the end of the report first: it says what to do. Then look at the sheet
# with the eyes of somebody who will get thousands of pictures like these.
#
# Preparing refuses broken files rather than passing them over. A file that
# could not be read is often the first of many.

# %%
try:
    pk.data.load(FOLDER, resolution=SIDE)
except ValueError as error:
    print(error)

# %% [markdown]
# ## 3. Three ways to a square
#
# The networks take squares. What is not square has to lose something, or to
# get something:
#
# - **crop**: the largest square in the middle is kept;
# - **pad**: the whole picture is kept, and the rest is filled;
# - **stretch**: the whole picture is kept, and squeezed.
#
# **Question.** Which of them suits portraits? Streets? Handwriting? Tiles with
# a pattern?


# %%
def my_square(picture, fit, background="white", side=SIDE):
    """Make of a PIL picture an array of side x side pixels."""
    width, height = picture.size
    if fit == "crop":
        cut = min(width, height)
        left, top = (width - cut) // 2, (height - cut) // 2
        picture = picture.crop((left, top, left + cut, top + cut))
    if fit == "pad":
        scale = side / max(width, height)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = picture.resize(size, Image.Resampling.BOX)
        picture = Image.new("RGB", (side, side), background)
        place = (side - size[0]) // 2, (side - size[1]) // 2
        picture.paste(small, place)
    # BOX averages areas, as the paper's authors did.
    return np.asarray(picture.resize((side, side), Image.Resampling.BOX))


# %% [markdown]
# `opened`, above, turns pictures upright by the note of the telephone. Whoever
# forgets that trains on people who lie on their side.
#
# **Check.** On all pictures that can be read and have no transparent parts, the
# library must make the same squares, but for rounding.

# %% tags=["check"]
readable = [n for n in image_names(FOLDER) if n != "people/broken.jpg"]
for fit in ("crop", "pad", "stretch"):
    images = load_anyway(FOLDER, fit=fit)
    for name, square in zip(readable, images.at(SIDE), strict=True):
        if name == "people/cut out.png":
            continue  # parts of it are transparent
        mine = my_square(opened(FOLDER / name), fit).astype(int)
        assert np.abs(mine - square).max() <= 2, (fit, name)
    print(f"{fit}: {len(images)} squares as in the library")
print("left out:", images.skipped)

# %% [markdown]
# ### What goes wrong: bars, beheadings, broad faces
#
# **Question.** Below are five pictures, each made square in four ways. Which of
# the twenty would you not want a GAN to learn from?

# %%
chosen = ["people/0000.png", "people/0015.jpg", "faces/0001.jpg"]
chosen += ["people/telephone.jpg", "people/panorama.png"]
ways = {
    "crop": ("crop", "white"),
    "pad\nwhite": ("pad", "white"),
    "pad\nblack": ("pad", "black"),
    "stretch": ("stretch", "white"),
}
show(
    [
        np.stack([my_square(opened(FOLDER / n), *way, side=48) for n in chosen])
        for way in ways.values()
    ],
    list(ways),
)

# %% [markdown]
# *Figure 3. Two tall persons, a wide face, the picture of the telephone and the
# panorama, as squares: cropped, padded with white, padded with black, and
# stretched. Cropping cuts off the tops of heads and a nose, and leaves one
# person of five. On white, nobody sees the padding; black bars stand out.
# Stretching makes tall pictures broad, wide ones narrow, and five persons thin
# as sticks.*
#
# - **Cropping** is right where the middle matters and the edges do not:
#   streets, tiles, most photographs. Here it cuts tops of heads off, since
#   people stand at the top of their pictures.
# - **Padding** is right where pictures have a plain ground (portraits like
#   these, handwriting on paper), *in the colour of this ground*. Black bars
#   are the sharpest edges in the whole data set. $G$ will paint them first and
#   best.
# - **Stretching** is right for hardly anything with a known shape. A GAN that
#   has seen half of the faces too broad makes faces of all breadths.
#
# A GAN has no opinion about what is a fault. Section 6 trains one on the bars.
#
# And one more way of spoiling pictures: flipping half of them doubles the data,
# which is welcome where there are few. Left and right must not matter, then.

# %%
letters = Image.new("L", (64, 64), "white")
font = ImageFont.load_default(18)
ImageDraw.Draw(letters).text((7, 8), "R2D7\nOPEN", "black", font, spacing=4)
letters = np.asarray(letters)[None, ..., None].repeat(3, axis=3)
face = tiles[own_faces[:1]]
pairs = [np.concatenate([p, p[:, :, ::-1]]) for p in (face, letters)]
figure, axes = plt.subplots(1, 2, figsize=(5, 1.6))
for axis, pair in zip(axes, pairs, strict=True):
    axis.imshow(pk.image_grid(pair, 2, padding=3, background=200))
    axis.axis("off")
plt.show()

# %% [markdown]
# *Figure 4. A face and its mirror image, which is as good a face; letters and
# figures and their mirror image, which nobody can read.*
#
# So `progan` flips pictures of a folder only if you ask for it (`--mirror`). We
# ask for it, since these are faces and people.
#
# ## 4. Clean and prepare
#
# Nobody but you may change your pictures: the library only reads them. So we
# copy what is good.
#
# **Question.** The report has a group of three files with the same pixels, in
# two classes. All but the first of a group are superfluous, one might think.
# Which file would stay?


# %%
def copy_good(folder, target, report, mistakes):
    """Copy all but broken files, mistakes, and copies of other files."""
    facts = report.facts
    left_out = {broken["name"] for broken in facts["images"]["broken"]}
    left_out |= set(mistakes)
    for group in facts["duplicates"]["exact"]:
        good = [name for name in group if name not in mistakes]
        left_out |= set(good[1:])
    for name in image_names(folder):
        if name not in left_out:
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(folder / name, path)
    return left_out


CLEAN = WORK / "clean"
shutil.rmtree(CLEAN, ignore_errors=True)  # of an earlier go
mistakes = ["faces/a mistake.jpg", "people/panorama.png"]
before = image_names(FOLDER)
for name in sorted(copy_good(FOLDER, CLEAN, report, mistakes)):
    print("left out:", name)

# %% [markdown]
# The first of the three is `faces/a mistake.jpg`: the one that is wrong. A
# program can find copies; which of them is in the right place, you must say.
# (The panorama goes, too: padded, five persons are five specks.)
#
# **Check.** The clean folder has nothing broken, nothing twice, and no image in
# two classes; the folder of the originals is as it was.

# %% tags=["check"]
facts = pk.data.inspect(CLEAN, resolution=SIDE, fit="pad").facts
assert not facts["images"]["broken"]
assert not facts["duplicates"]["exact"]
assert not facts["duplicates"]["in_several_classes"]
assert image_names(FOLDER) == before
twins = {"people/0002.jpg", "people/0002 copy.jpg"}
assert len(twins & set(image_names(CLEAN))) == 1
print(facts["images"]["usable"], "pictures,", facts["labels"]["fields"])

# %%
images = pk.data.load(CLEAN, SIDE, fit="pad", mirror=True)
print(images)
show([images.class_examples(8)[:8], images.class_examples(8)[8:]], ["", ""])

# %% [markdown]
# *Figure 5. Above, eight faces, below, eight people, as the GAN will see them:
# 16x16 pixels, tall and wide pictures padded with white.*
#
# ## 5. What will it cost?
#
# Before a training comes its plan: `--dry-run` prints it and stops. Two
# commands: our folder at 16x16; and the paper's CelebA recipe at 128x128, for
# which no images are needed to make a plan.
#
# **Question.** How many times as long does the second one take? Guess the power
# of ten.

# %%
print(progan(f"train {CLEAN} --resolution 16 --fit pad --mirror --dry-run"))

# %%
if not QUICK:
    print(progan("train --recipe celeba_128 --dry-run"))

# %% [markdown]
# The minutes are an estimate for the machine that built this page, from a
# quarter of a second of measured convolutions. The first plan is one for a
# break. The second one would take tens of thousands of times as long: it is for
# GPUs.
#
# Which resolution, which recipe?
#
# | what you have | begin with |
# |---|---|
# | some hundred pictures | 32x32, `quickstart`, start from trained weights |
# | some thousand | 64x64, `quickstart`, a night on a processor |
# | tens of thousands, a GPU | 128x128, `celeba_128` |
# | tens of thousands at 1024x1024, eight GPUs | `celeba_hq_1024` |
#
# The rule behind it: begin lower than you would like. Whatever is wrong with
# the pictures shows at 32x32 after minutes.
#
# ## 6. Start from trained weights
#
# Some hundred pictures are few. But much of what there is to learn about them
# is not special to them: that there is one thing in the middle, that grounds
# are plain, that edges are smooth. Somebody else's GAN has learned that
# already.
#
# In place of somebody else, we train a GAN on the other style of portraits for
# a minute. (A folder of the project's `saved_models` with a `preset.json` would
# do as well.) Its classes are faces and people, too.
#
# Classes are new since lesson 1. With `num_classes=2` the generator takes a
# second input beside the latent: the class, as a vector with a 1 at its place
# and 0 elsewhere. The discriminator tells, besides its score, which class it
# sees. Such a GAN is called *conditional*: you can ask it for a class. The
# paper trained without classes; its authors' code can do it in this way.

# %% tags=["setup"]
KIMG_PUBLIC, KIMG_OWN = (0.32, 0.16) if QUICK else (24, 8)
KIMG_BARS, KIMG_FEW = (0.16, 0.16) if QUICK else (16, 96)


def grow(gan, images, kimg, start_resolution):
    """Train up to SIDE with so many thousands of images."""
    gan.class_names = images.class_names
    gan.compile(
        loss="non_saturating",
        update="simultaneous",
        ema_half_life=4000,
        # Made pictures are of each class as often as real ones are.
        class_frequencies=images.class_frequencies,
    )
    unit = round(1000 * kimg / 8)
    schedule = pk.Schedule(
        SIDE,
        stabilise_images=unit,
        fade_images=unit,
        total_images=8 * unit,  # half of them to stabilise SIDE
        batch_size=16,
        learning_rate=0.002,
        # In quick mode nothing grows: each stage takes time to compile.
        start_resolution=SIDE if QUICK else start_resolution,
    )
    for stage in schedule:
        gan.enter_stage(stage)
        gan.fit(
            images.stream(
                stage.resolution, 16, start=gan.images_seen, with_labels=True
            ),
            steps_per_epoch=stage.steps_from(gan.images_seen),
            epochs=1,
            shuffle=False,  # the stream is shuffled already
            verbose=0,
        )
    return gan


def new_gan():
    """An untrained GAN of the size that we use throughout."""
    return pk.ProGAN(resolution=SIDE, fmap_max=32, num_classes=2, seed=1)


# %%
noto = ~is_fluent
public = pk.data.load(
    portraits.at(SIDE)[noto],
    labels=np.where(is_face, "faces", "people")[noto],
    mirror=True,
)
somebody = grow(new_gan(), public, KIMG_PUBLIC, start_resolution=4)
somebody.save_preset(WORK / "noto_16")
pictures = somebody.generate_by_class(columns=8, seed=3)
show([pictures[:8], pictures[8:]], somebody.class_names)

# %% [markdown]
# *Figure 6. What the other GAN makes after its short training on Noto
# portraits: a row of faces, most of them yellow blobs, and a row of people,
# some of them heads with hair on shoulders.*
#
# To start from trained weights is to copy them, nothing more. But all of them.
#
# **Question.** There are three families of networks: generators,
# discriminators, and the average of the generators. If one of them were
# forgotten, which would you miss in the pictures at once?


# %%
def my_transfer(old, new):
    """Copy the weights of all three families from one GAN to another."""
    for family, pairs in new.families.items():
        known = {
            variable.path: variable
            for variable in old.families[family][-1].straight.variables
        }
        for variable in pairs[-1].straight.variables:
            variable.assign(known[variable.path])


# %% [markdown]
# **Check.** After it, the new GAN makes the pictures of the old one, and its
# discriminator gives the same scores. `branch` is the library's way, on the
# command line `--from`.

# %% tags=["check"]
loaded = pk.ProGAN.from_preset(WORK / "noto_16")
mine, library = new_gan(), loaded.branch()
mine.class_names = library.class_names
my_transfer(loaded, mine)
real = images.at(SIDE)[:8].astype("float32") / 127.5 - 1.0
for family in ("generator", "discriminator", "ema_generator"):
    inputs = real
    if family != "discriminator":
        latents = pk.latents.sample(8, mine.config.latent_dim, seed=1)
        inputs = [latents, np.eye(2, dtype="float32")[[0, 1] * 4]]
    outputs = [
        g.pair(SIDE, family).straight(inputs) for g in (mine, library, loaded)
    ]
    for output in outputs[1:]:
        for a, b in zip(outputs[0], output, strict=True):
            np.testing.assert_array_equal(a, b)
np.testing.assert_array_equal(mine.generate(8), somebody.generate(8))
assert library.start_resolution == SIDE and library.images_seen == 0
print("the same scores and the same pictures as the GAN it comes from")

# %% [markdown]
# The average is what makes the pictures: without its weights they are noise.
# Generators or discriminators that were forgotten would show only later, in
# training that starts anew while the pictures still look fine.
#
# Now to our own pictures. Once from nothing, growing from 4x4; once from the
# other GAN, at 16x16 from the start, since it has grown already. Both see the
# same number of our pictures. The command line would be
#
# ```
# progan train clean --fit pad --mirror --from noto_16
# ```
#
# Below the pictures a number is printed for each: the *sliced Wasserstein
# distance* (lesson 7; section 5 of the paper). It tells how much the small
# patches of two sets of pictures differ, and smaller is better. What two sets
# of real pictures have is the best to hope for.
#
# **Question.** Which pictures will be better? By how much, in this distance?

# %%
scratch = grow(new_gan(), images, KIMG_OWN, start_resolution=4)
own = grow(library, images, KIMG_OWN, start_resolution=SIDE)

rows, labels = [], []
for name, gan in (("nothing", scratch), ("trained", own)):
    pictures = gan.generate_by_class(columns=8, seed=3)
    for number, kind in enumerate(gan.class_names):
        rows.append(pictures[8 * number : 8 * number + 8])
        labels.append(f"from {name}\n{kind}")
show(rows, labels)

count = len(images) // 2
real = images.at(SIDE)[np.random.default_rng(1).permutation(len(images))]
floor = pk.metrics.sliced_wasserstein(real[:count], real[count : 2 * count])
print(f"{count} images of each kind, sliced Wasserstein distance:")
print(f"   real against other real images  {floor['mean']:6.1f}")
for name, gan in (("from nothing", scratch), ("from trained weights", own)):
    wanted = np.random.default_rng(2).choice(images.labels, count)
    made = gan.generate(count, seed=4, labels=wanted)
    distance = pk.metrics.sliced_wasserstein(real[:count], made)
    print(f"   {name:31} {distance['mean']:6.1f}")

# %% [markdown]
# *Figure 7. After the same number of our pictures. Above, faces and people of
# the GAN that started from nothing: brown and grey blobs, the two classes
# nearly alike. Below, of the one that started from trained weights: yellow and
# mostly round faces, and people with dark or fair hair.*
#
# Nobody would take any of them for real after so short a training. But the
# second GAN has come much further: its distance is about half of the other's.
# Compare its columns with those of figure 6. The same latents make related
# pictures, since it goes on from there.
#
# ### The bars, learned
#
# What does a GAN make of black bars? The same start, but the pictures are
# padded with black. We take the tall ones only, each of which has bars, and
# train for twice as long.

# %%
barred = pk.data.load(CLEAN, SIDE, fit="pad", background="black")
pixels = barred.at(SIDE)
left, top = pixels[:, :, 0], pixels[:, 0, SIDE // 2]  # black, and not black
tall = np.flatnonzero((left == 0).all(axis=(1, 2)) & (top > 0).any(axis=1))
barred = pk.data.load(
    pixels[tall],
    labels=[barred.class_names[k] for k in barred.labels[tall]],
    mirror=True,
)
bars = grow(loaded.branch(), barred, KIMG_BARS, start_resolution=SIDE)
pictures = bars.generate_by_class(columns=8, seed=3)
show([barred.class_examples(8)[8:], pictures[8:]], ["real", "made"])

# %% [markdown]
# *Figure 8. People padded with black. Above, real ones as it sees them, with a
# black bar on each side; below, what the GAN makes of it: sharp black bars, and
# between them blurred figures.*
#
# The bars are perfect, the people are not. That is the order in which a GAN
# learns: what is the same in all pictures comes first.
#
# ## 7. Invented, or learned by heart?
#
# With few pictures, $D$ can know each of them. Then $G$ has no other way to
# please it than to make these very pictures. That is called *memorisation*, and
# no loss curve shows it. To see it happen, we train on sixteen of the tall
# pictures, for twelve times as long as on all of them.

# %%
few_numbers = np.concatenate(
    [np.flatnonzero(images.labels == kind)[5:45:5] for kind in (0, 1)]
)
few = pk.data.load(
    images.at(SIDE)[few_numbers],
    labels=[images.class_names[k] for k in images.labels[few_numbers]],
)
by_heart = grow(loaded.branch(), few, KIMG_FEW, start_resolution=SIDE)

# %% [markdown]
# How does one measure that a picture is a copy? Its distance to the nearest
# training picture says little: a pale picture is near to everything. Better is
# a ratio:
#
# $$\mathrm{ratio} = \frac{\mathrm{distance\ to\ the\ nearest}}
#   {\mathrm{mean\ distance\ to\ the\ 2nd,\ 3rd,\ 4th\ and\ 5th}}$$
#
# **Question.** What is it for a copy? And for a picture that is as far from the
# nearest as from the others?


# %%
def my_ratios(samples, training):
    """Distance to the nearest over the mean of the next four, each sample."""
    ratios = []
    for sample in samples:
        squares = np.square(training.astype("float64") - sample)
        distances = np.sort(np.sqrt(squares.sum(axis=(1, 2, 3))))
        ratios.append(distances[0] / distances[1:5].mean())
    return ratios


# %% [markdown]
# It is 0 for an exact copy, and 1 where the nearest is no nearer than the
# others. How small may it be by chance? New people tell, whom neither GAN has
# seen. They must be prepared like the training pictures: people who fill the
# square would differ from our sixteen by their size alone.

# %%


def new_people(every):
    """Unseen people of all shapes (every=1) or all of them tall (5)."""
    photographs = [
        as_photograph(tile, every * number)
        for number, tile in enumerate(tiles[unseen[6:]])
    ]
    return np.stack([my_square(picture, "pad") for picture in photographs])


cases = {
    "16": (by_heart, few, new_people(5)),
    "all": (own, images, new_people(1)),
}

# %% [markdown]
# **Check.** The library has this ratio, too. It counts a made picture as a copy
# if it is below all but `percentile` of a hundred new ones. So with 10, one in
# ten counts as a copy by chance.

# %% tags=["check"]
vectors = pk.metrics.pixel_vectors
for name, (gan, training, new) in cases.items():
    made, pixels = gan.generate(64, seed=6, labels="people"), training.at(SIDE)
    found = pk.metrics.duplicate_rate(
        vectors(made), vectors(pixels), held_out=vectors(new), percentile=10
    )
    np.testing.assert_allclose(
        my_ratios(made, pixels), found["ratios"], rtol=1e-6
    )
    print(
        f"trained on {name:3}: median ratio of new people "
        f"{np.median(my_ratios(new, pixels)):.2f}, of made ones "
        f"{np.median(found['ratios']):.2f}, copies {found['value']:.0%}"
    )

# %%
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2))
for axis, (name, (gan, training, _)) in zip(axes, cases.items(), strict=True):
    made = gan.generate(4, seed=6, labels="people")
    pixels = np.ascontiguousarray(training.at(SIDE))
    nearest = pk.metrics.nearest_neighbours(vectors(made), vectors(pixels), 4)
    axis.imshow(
        pk.metrics.neighbour_grid(made, pixels, nearest.indices, scale=3)
    )
    axis.set_title(f"trained on {name}: made | nearest")
    axis.axis("off")
figure.tight_layout()
plt.show()

# %% [markdown]
# *Figure 9. Made people, each with its four nearest training pictures at the
# right, nearest first. In the left half, of the GAN that was trained on sixteen
# pictures: each looks like its nearest one, but blurred. In the right half, of
# the one that was trained on all: none looks like its nearest ones.*
#
# The GAN with sixteen pictures has learned them by heart: most of what it makes
# counts as a copy, where one in ten would by chance. The GAN with all of them
# has copied nothing. Its ratios are even higher than those of new people: its
# pictures are so blurred that all training pictures are equally far. (New
# people have low ratios at times because they come in five skin tones, and a
# GAN may have seen the same person in another one.)
#
# There is a second sign, and it needs no made pictures.
#
# **Question.** Which pictures does $D$ score highest: those that it was trained
# on, new ones, or made ones?

# %%
for name, (gan, training, new) in cases.items():
    judge = gan.pair(SIDE, "discriminator").straight
    scores = {}
    for kind, batch in (
        ("trained on", training.at(SIDE)[training.labels == 1][:64]),
        ("new", new[:64]),
        ("made", gan.generate(64, seed=6, labels="people")),
    ):
        score, class_scores = judge(batch.astype("float32") / 127.5 - 1.0)
        scores[kind] = float(np.mean(score))
    told = ", ".join(f"{kind} {score:.1f}" for kind, score in scores.items())
    print(f"trained on {name:3}: mean score of people: {told}")

# %% [markdown]
# $D$ with sixteen pictures scores these far above new ones, which it takes for
# worse than made ones. It judges by memory. $D$ with all pictures makes hardly
# a difference between those that it was trained on and new ones.
#
# What helps against memorisation, in this order: more pictures; `--mirror`
# where left and right do not matter; a start from trained weights, perhaps with
# `--freeze-below`, and then a short training; a lower resolution. With fewer
# than some thousand pictures, look at nearest neighbours before you show
# anybody what your GAN "invented". If the pictures show people who never agreed
# to it, memorisation is not only a fault but a harm.
#
# ## 8. CelebA, LSUN and others
#
# Well-known data sets have names. They are downloaded by tensorflow-datasets
# when they are first used, after saying how much, under which terms, and where
# to; nothing is downloaded in this lesson. `progan data list` shows what is
# known of them:

# %%
known = json.loads(progan("data list --json"))["known"]
wanted = ("celeb_a", "celeb_a_hq/1024", "lfw", "cifar10", "lsun/church_outdoor")
for entry in known:
    if entry["name"] in wanted:
        size = "placed by hand"
        if entry["download"]:
            size = f"{entry['download'] / 1e9:.1f} GB"
        print(f"{entry['name']}: {entry['images']:,} images, {size}")
        print(f"    {entry['what']}")
        print(f"    licence: {entry['licence'] or 'not stated'}")
        print(f"    {entry['note']}")

# %% [markdown]
# ```
# progan train celeb_a --fit celeba_128 --recipe celeba_128
# progan train celeb_a --fit celeba_128 --resolution 64 \
#     --conditional --labels Smiling
# progan train lfw --resolution 64
# progan train cifar10 --recipe cifar10
# progan train bedroom_train_lmdb --recipe lsun_256
# ```
#
# - `--fit celeba_128` cuts the square that the paper's authors took from the
#   aligned photographs, of 128 pixels around the eyes and the mouth. It refuses
#   pictures of any other size than 178x218.
# - LSUN is published as archives with a database (LMDB). Unpack one, name its
#   folder, and install the package `lmdb`.
# - *Not stated* does not mean *free*. Ask the authors before you publish
#   pictures or weights. Faces of CelebA are for non-commercial research only,
#   and so are weights that were trained on them, cautious people say.
#
# The squares of CelebA are a setting like any other. This is what it does to a
# picture of that size:

# %%
photograph = Image.new("RGB", (178, 218), "white")
portrait = Image.fromarray(tiles[own_people[3]]).resize((178, 178))
photograph.paste(portrait, (0, 40))
draw = ImageDraw.Draw(photograph)
draw.rectangle((25, 57, 152, 184), outline="black", width=2)
square = Fit(128, shape="celeba_128")(photograph)
figure, axes = plt.subplots(1, 2, figsize=(4, 2.2))
axes[0].imshow(photograph)
axes[0].set_title("178x218")
axes[1].imshow(square)
axes[1].set_title("128x128")
for axis in axes:
    axis.set(xticks=[], yticks=[])
plt.show()

# %% [markdown]
# *Figure 10. A portrait on a sheet of CelebA's size with the square of the
# paper's authors drawn in, and the square that `celeba_128` cuts out.*
#
# ## Summary
#
# - Inspect first: broken files, copies, wrong classes, small ones, pictures
#   that lie on their side. Faults are learned like everything else.
# - Make squares so that nothing is added that stands out and nothing is lost
#   that matters. Pad in the colour of the ground.
# - Mirror only where left and right do not matter.
# - Ask for the plan before you train, and begin at a low resolution.
# - To start from trained weights is to copy all three families of networks.
# - With few pictures, compare with the nearest ones: a GAN may know them by
#   heart.
# - Every data set has terms. Read them.
#
# ## Exercises
#
# Solutions are in
# [a notebook of their own](solutions/10_your_own_pictures.ipynb).

# %% [markdown] tags=["exercise"]
# ### Exercise 1: what would be lost?
#
# Inspect the folder with `fit="crop"`, `"pad"` and `"stretch"` in turn. Which
# share of the pictures is cut away, filled or squeezed, on average and at
# worst? The figures are in `report.facts["fit"]`. Do they tell you which fit to
# take?

# %% tags=["solution"]
for fit in ("crop", "pad", "stretch"):
    found = pk.data.inspect(FOLDER, resolution=SIDE, fit=fit).facts["fit"]
    print(
        f"{fit:8} on average {found['mean']:.0%}, at worst "
        f"{found['worst']['share']:.0%} ({found['worst']['name']}), "
        f"more than a third: {found['over_a_third']}"
    )

# %% [markdown] tags=["solution"]
# All figures are the same, by definition: each counts 1 minus the short side
# over the long one. So they cannot decide: they say how much is lost, not what.
# A third of a tall picture is cut away, and the top half of that is hair. A
# third is filled, and nobody sees it. Figures tell you which pictures to look
# at; then look.

# %% [markdown] tags=["exercise"]
# ### Exercise 2: a crop of your own
#
# People stand at the top of their pictures. Write a crop that keeps the *top*
# square of tall pictures and the middle of wide ones, save the squares into a
# new folder, and load that. Is it better than padding?

# %% tags=["solution"]


def top_square(picture):
    """The largest square: at the top, in the middle across."""
    cut = min(picture.size)
    left = (picture.width - cut) // 2
    return picture.crop((left, 0, left + cut, cut))


target = WORK / "top"
for name in image_names(FOLDER):
    if name in ("people/broken.jpg", "people/panorama.png"):
        continue
    path = (target / name).with_suffix(".png")  # no second loss by JPEG
    path.parent.mkdir(parents=True, exist_ok=True)
    top_square(opened(FOLDER / name)).save(path)
top = load_anyway(target, mirror=True)
padded = load_anyway(FOLDER, fit="pad", mirror=True)
show(
    [padded.class_examples(8)[8:], top.class_examples(8)[8:]],
    ["padded", "top"],
)

# %% [markdown] tags=["solution"]
# For tall pictures it is: the person fills the square, as in the square
# pictures, so that all people have one size. In wide ones the person stands at
# the right, and the middle cuts an arm off; these would need padding, or a
# person who looks. A data set with one size and place for everything is
# learned fastest. That is why the authors of the paper went to so much trouble
# with CelebA-HQ (appendix C): they turned and cut every face so that the eyes
# lie in the same places.

# %% [markdown] tags=["exercise"]
# ### Exercise 3: how many are enough?
#
# Train on 8, 64 and 512 portraits for the same time, from nothing, and draw the
# median ratio of section 7 against the number of pictures. Which number of
# pictures would you call enough? What else would you change if you had one
# night?

# %% tags=["solution"]
mixed = np.random.default_rng(3).permutation(np.flatnonzero(is_fluent))
held_out = pk.metrics.pixel_vectors(portraits.at(SIDE)[mixed[512:]])
medians = []
for number in (8, 64, 512):
    chosen = mixed[:number]
    some = pk.data.load(
        portraits.at(SIDE)[chosen],
        labels=np.resize(["one", "other"], number),  # means nothing here
    )
    gan = grow(new_gan(), some, 2 * KIMG_OWN, start_resolution=SIDE)
    found = pk.metrics.duplicate_rate(
        pk.metrics.pixel_vectors(gan.generate(128, seed=1)),
        pk.metrics.pixel_vectors(some.at(SIDE)),
        held_out=held_out,
    )
    medians.append(np.median(found["ratios"]))
    copied = f"{found['value']:.0%} copies"
    print(f"{number:4} pictures: ratio {medians[-1]:.2f}, {copied}")
plt.figure(figsize=(5, 2.6))
plt.semilogx((8, 64, 512), medians, "o-", color=BLUE)
plt.ylim(0, 1.05)
plt.xlabel("training pictures")
plt.ylabel("median ratio")
plt.show()

# %% [markdown] tags=["solution"]
# The fewer pictures, the lower the ratio: that is the beginning of
# memorisation. Nothing counts as a copy yet, not even with eight pictures. The
# training is short, and a blurred picture is near to nothing. So the number of
# pictures is half of the answer. The other half is how long they are shown: in
# section 7 the ratio for sixteen pictures fell much lower. With one night, one
# would measure this every hour, on pictures that were held back from the start.
# `progan train --metrics` does so for other measures; `progan evaluate
# --metrics duplicates` for this one.
