"""Every block of code in the README and the guides is run.

Python as it stands there, commands by the function behind `progan`, page by
page from top to bottom, in a folder that has what the reader is supposed to
have. Budgets are small: a training run has four steps of one stage, networks
have eight feature maps; texts of `SMALLER` are replaced where they mean hours,
and options are added by `FEWER`. `docs/serving.md` has tests of its own, in
`tests/export`.
"""

import dataclasses
import shlex
import shutil

import numpy as np
import pytest
import tensorflow_datasets as tfds
from markdown_pages import (
    COURSE,
    GUIDES,
    README,
    ROOT,
    blocks,
    name_of,
    read,
    run_python,
)
from PIL import Image

import progan_keras as pk
from progan_keras.cli.main import main
from progan_keras.networks.config import SIZES

SERVING = ROOT / "docs" / "serving.md"
MACHINES = ROOT / "docs" / "several_machines.md"
PAGES = [README, COURSE, *GUIDES]
RUN_HERE = [page for page in PAGES if page not in (SERVING, MACHINES)]
# The packages and weights of others, and environments: see `test_commands.py`.
NOT_RUN = ("pip", "fidelity", "make", "python3", ".venv/bin/python", "sbatch")
NOT_RUN += (".venv/bin/jupyter",)
SMALLER = {
    "8_000": "32",  # images of a stage
    "--count 50000": "--count 20",
    "--total-kimg 60": "--total-kimg 0.06",
    '"ms_ssim"], seed=0': '"ms_ssim"], seed=0, count=64',
    "[:512], gan.generate(512)": "[:64], gan.generate(64)",
}
FEWER = {
    "project": ["--steps=2", "--starts=1"],
    "evaluate": ["--count=32"],
    "demo": ["--port=0", "--no-open"],
    "walk": ["--frames=6"],
}


def test_there_is_no_kind_of_block_that_is_not_looked_at():
    kinds = {kind for page in PAGES for kind, _, _ in blocks(page)}
    # Text shows what is printed, written or put somewhere else.
    assert kinds <= {"python", "sh", "json", "toml", "text", ""}
    bare = {name_of(p) for p in PAGES for kind, *_ in blocks(p) if not kind}
    assert bare == {"docs/serving.md"}  # a file of TensorFlow Serving


def test_every_replaced_text_stands_in_some_block():
    text = "".join(read(page) for page in RUN_HERE)
    for long in SMALLER:
        assert long in text, long


@pytest.fixture(scope="module")
def patch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def place(tmp_path_factory, patch):
    """A folder with pictures, weights of others, and small budgets."""
    folder = tmp_path_factory.mktemp("place")
    cache = tmp_path_factory.getbasetemp() / "cache"
    patch.setenv("PROGAN_KERAS_CACHE", str(cache))
    numbers = np.random.default_rng(0)
    for number in range(16):
        kind = folder / "my_photos" / ("cats", "dogs")[number % 2]
        kind.mkdir(parents=True, exist_ok=True)
        pixels = numbers.integers(0, 256, (64, 80, 3), np.uint8)
        Image.fromarray(pixels).save(kind / f"{number}.png")
    for name in ("face.png", "me.jpg"):
        Image.fromarray(pixels).save(folder / name)
    weights = ROOT / "tests" / "parity"
    for name in ("weights.pkl", "network-final.pkl"):
        shutil.copy(weights / "official_rgb32.pkl", folder / name)
    shutil.copy(weights / "pro_gan_pth_rgb16.bin", folder / "model.bin")
    recipe = pk.recipes.get("quickstart")
    small = dataclasses.replace(recipe, growing=False, total_images=64)
    patch.setitem(pk.recipes.RECIPES, "quickstart", small)
    for side in (16, 32, 64):
        patch.setitem(SIZES, side, (128, 8, 64))
    patch.chdir(folder)
    gan = pk.ProGAN(32, fmap_max=16, latent_dim=64)  # unlike the pages' own
    images = pk.data.load("emoji_portraits", resolution=32)
    pk.train(gan, images, run_dir="runs", verbose=False)
    gan.save_preset("demo")
    return folder


@pytest.fixture(scope="module")
def no_waiting(patch):
    """What would wait for a reader, and what would ask a network, does not."""

    def interrupt(server):
        raise KeyboardInterrupt

    patch.setattr("http.server.ThreadingHTTPServer.serve_forever", interrupt)
    # CelebA and others, as if they were there: a few random examples.
    patch.setattr(tfds.core.DatasetBuilder, "is_prepared", lambda self: True)
    with tfds.testing.mock_data(num_examples=24):
        yield


def commands(text):
    """Return the commands of a block, without comments, as lists of words."""
    lines = text.replace("\\\n", " ").splitlines()
    return [
        words
        for words in (shlex.split(x, comments=True) for x in lines)
        if words
    ]


def run_command(words):
    """Run a command of this project, with its budget."""
    if words[0] in NOT_RUN:
        return
    assert words[0] == "progan", words
    assert main([*words[1:], *FEWER.get(words[1], [])]) == 0, words


def run_block(kind, text, folder):
    for long, short in SMALLER.items():
        text = text.replace(long, short)
    if kind == "python":
        run_python(text, folder)
    elif kind == "json":  # a recipe
        (folder / "mine.json").write_text(text)
        assert main(["train", "--recipe=mine.json", "--dry-run"]) == 0
    elif kind == "sh":
        for words in commands(text):
            run_command(words)


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN_HERE, ids=name_of)
def test_all_blocks_of_a_page_run(page, place, no_waiting):
    for kind, text, line in blocks(page):
        try:
            run_block(kind, text, place)
        except (Exception, SystemExit) as error:
            raise AssertionError(f"{name_of(page)}, line {line}") from error
