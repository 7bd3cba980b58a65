"""Whatever is given to `progan train`: a plan, or one sentence."""

import contextlib
import io
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import progan_keras as pk
from progan_keras.cli.main import main
from progan_keras.training import plan

WORDS = st.text(
    st.characters(exclude_characters="\x00", exclude_categories=["Cs"]),
    max_size=12,
)
WHOLE = st.one_of(
    st.sampled_from([0, 1, 2, 4, 8, 16, 32, 64, 128]),
    st.integers(-100, 3000),
    st.integers(),
).map(str)
NUMBER = st.one_of(
    st.sampled_from(["0", "0.001", "1", "1.5", "20", "1e22", "1e-320"]),
    st.floats().map(repr),
    WHOLE,
)
ANYTHING = st.one_of(WHOLE, NUMBER, WORDS)
NAMES = {
    "recipe": sorted(pk.recipes.RECIPES),
    "loss": ["wgan_gp", "non_saturating", "hinge", "least_squares"],
    "loss-option": ["gamma=750", "drift=nan", "gradient_weight=-1", "x=1"],
    "update": ["alternating", "simultaneous"],
    "precision": ["float32", "mixed_bfloat16", "mixed_float16"],
    "conditional": ["acgan", "projection"],
    "from": ["", ".", "/", "missing"],
    "fit": ["crop", "pad"],
}
OPTIONS = {
    **dict.fromkeys(
        (
            *("resolution", "channels", "fmap-base", "fmap-max"),
            *("latent-dim", "attention", "batch-size", "seed", "devices"),
            *("freeze-below", "metrics-count"),
        ),
        WHOLE,
    ),
    **dict.fromkeys(
        (
            *("learning-rate", "stabilise-kimg", "fade-kimg", "total-kimg"),
            *("tick-kimg", "metrics-kimg"),
        ),
        NUMBER,
    ),
    **{name: st.sampled_from(known) for name, known in NAMES.items()},
}
FLAGS = ("mirror", "no-mirror", "conditional")


@st.composite
def command_lines(draw):
    """Options of `progan train`, mostly of their own kind."""
    names = draw(
        st.lists(st.sampled_from(list(OPTIONS)), max_size=6, unique=True)
    )
    arguments = []
    for name in names:
        usual = draw(st.integers(0, 9))
        value = draw(OPTIONS[name] if usual else ANYTHING)
        arguments.append(f"--{name}={value}")
    flags = st.lists(st.sampled_from(FLAGS), max_size=1)
    return arguments + [f"--{flag}" for flag in draw(flags)]


class Sizes(dict):
    """Stands for `ProGAN`: has no layers."""

    from_preset = pk.ProGAN.from_preset


def plan_of(gan, images, recipe, tick_kimg, replicas):
    """Stands for `Plan`: has no network to estimate."""
    del gan, images, tick_kimg
    recipe = recipe.for_devices(replicas)
    return recipe.schedule(recipe.resolution or 32)


@contextlib.contextmanager
def without_networks():
    """Plan without layers.

    To build them takes a second, and for large ones much memory; sizes are
    checked all the same.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "Plan", plan_of)
        patch.setattr(pk, "ProGAN", Sizes)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An empty folder, in which the commands are given."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("empty"))
        yield Path.cwd()


def assert_a_plan_or_a_sentence(arguments):
    """Run a command line; returns whether there was a plan."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(arguments)
        except SystemExit as end:
            code = end.code
    lines = err.getvalue().splitlines()
    assert code in (0, 2)
    if code == 2:
        assert lines[-1].startswith("progan")
        assert len(lines) == 1 or lines[0].startswith("usage: progan")
        assert lines[-1].strip()[-1] != ":"
    return code == 0


@settings(max_examples=150, derandomize=True, deadline=None, database=None)
@given(arguments=command_lines())
def test_any_options_give_a_plan_or_one_sentence(folder, arguments):
    with without_networks():
        assert_a_plan_or_a_sentence(["train", "--dry-run", *arguments])
    assert list(folder.iterdir()) == []


RECIPE = {
    "loss": "hinge",
    "batch_size": {"4": 64, "rest": 16},
    "stabilise_images": 1000,
    "learning_rate": 0.001,
    "network": {"latent_dim": 8, "architecture": {"minibatch": "stdev"}},
}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    WORDS,
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["4", "8", "rest", "x"]), st.integers()),
)


@settings(max_examples=100, derandomize=True, deadline=None, database=None)
@given(
    changes=st.dictionaries(
        st.sampled_from(sorted(pk.recipes.Recipe.__dataclass_fields__)) | WORDS,
        VALUES,
        max_size=2,
    )
)
@example(changes={"n_critic": 10**30})
@example(changes={"batch_size": {"4": 10**30}})
def test_any_recipe_file_gives_a_plan_or_one_sentence(
    folder, changes, tmp_path_factory
):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(RECIPE | changes))
    with without_networks():
        assert_a_plan_or_a_sentence(["train", "--dry-run", f"--recipe={path}"])
    assert list(folder.iterdir()) == []


SMALL = {
    "resolution": ["4", "8", "16"],
    "channels": ["1", "3", "4"],
    "batch-size": ["1", "7", "16", "1000000"],
    "devices": ["1", "2", "3"],
    "loss": NAMES["loss"],
    "update": NAMES["update"],
    "attention": ["4", "8", "32"],
    "total-kimg": ["1", "100", "1e12"],
    "tick-kimg": ["0.001", "1", "1e300"],
}


@settings(max_examples=6, derandomize=True, deadline=None, database=None)
@given(
    chosen=st.fixed_dictionaries(
        {"fmap-max": st.sampled_from(["4", "8"])},
        optional={
            name: st.sampled_from(values) for name, values in SMALL.items()
        },
    )
)
def test_plans_with_networks_are_plans_or_one_sentence(folder, chosen):
    arguments = [f"--{name}={value}" for name, value in chosen.items()]
    assert_a_plan_or_a_sentence(["train", "--dry-run", *arguments])
    assert list(folder.iterdir()) == []
