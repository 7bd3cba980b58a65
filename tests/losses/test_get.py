"""Losses by name, with options, and those of one's own."""

import textwrap

import numpy as np
import pytest
from discriminators import FAKES, REALS, WEIGHTS, linear, penalty

import progan_keras as pk
from progan_keras import losses

KINDS = {
    "hinge": losses.Hinge,
    "least_squares": losses.LeastSquares,
    "non_saturating": losses.NonSaturating,
    "relativistic_average": losses.RelativisticAverage,
    "wgan_gp": losses.WassersteinGP,
}


@pytest.mark.parametrize("name", KINDS)
def test_a_loss_is_known_by_name_and_made_again_from_its_config(name):
    loss = losses.get(name, gradient_weight=3.0)
    assert type(loss) is KINDS[name]
    assert loss.gradient_weight == 3.0
    again = losses.get(name, **loss.get_config())
    assert again.get_config() == loss.get_config()


def test_a_loss_that_is_one_stays_the_same():
    loss = losses.WassersteinGP(gamma=750.0)
    assert losses.get(loss) is loss


def test_defaults_are_the_papers():
    assert losses.get("wgan_gp").get_config() == {
        "gradient_weight": 10.0,
        "gamma": 1.0,
        "drift": 0.001,
        "penalty_interval": 1,
    }


@pytest.mark.parametrize("loss", ["cosine", None, 3, losses.Hinge, [1]])
def test_anything_else_is_refused_with_the_names_there_are(loss):
    with pytest.raises(ValueError) as error:
        losses.get(loss)
    for part in (*map(repr, KINDS), f"loss={loss!r}"):
        assert part in str(error.value)
    assert "Did you mean" not in str(error.value)


@pytest.mark.parametrize(
    ("loss", "meant"),
    [
        ("wgan", "wgan_gp"),
        ("WGAN-GP", "wgan_gp"),
        ("non-saturating", "non_saturating"),
        ("least squares", "least_squares"),
        ("relativistic", "relativistic_average"),
        ("hinge_loss", "hinge"),
    ],
)
def test_a_misspelled_name_is_told_the_nearest(loss, meant):
    with pytest.raises(ValueError, match=f"Did you mean '{meant}'?"):
        losses.get(loss)


@pytest.mark.parametrize(
    ("loss", "options", "parts"),
    [
        ("wgan_gp", {"lambda": 1.0}, ["'gamma'", "'drift'", "['lambda']"]),
        ("hinge", {"gamma": 1.0}, ["'gradient_weight'", "['gamma']"]),
        ("hinge", {"self": 1.0}, ["'penalty_interval'", "['self']"]),
        (losses.Hinge(), {"drift": 1.0}, ["Hinge(", "{'drift': 1.0}"]),
    ],
)
def test_options_that_a_loss_does_not_have_are_refused(loss, options, parts):
    with pytest.raises(ValueError) as error:
        losses.get(loss, **options)
    for part in parts:
        assert part in str(error.value)


def test_the_documentations_own_loss_works_as_it_is_printed():
    """The indented lines of the package's docstring, run."""
    lines = losses.__doc__.splitlines()[1:]
    code = [line for line in lines if line.startswith("    ") or not line]
    assert "class" in "".join(code)
    names = {}
    exec(textwrap.dedent("\n".join(code)), names)

    loss = names["loss"]
    assert isinstance(loss, pk.losses.Loss)
    assert losses.get(loss) is loss
    real, fake = linear(WEIGHTS)(REALS), linear(WEIGHTS)(FAKES)
    d_loss = np.log1p(np.exp(fake)) + np.log1p(np.exp(-real.numpy()))
    np.testing.assert_allclose(loss.discriminator_loss(real, fake), d_loss)
    g_loss = -np.log1p(np.exp(fake))
    np.testing.assert_allclose(loss.generator_loss(fake, None), g_loss)
    ours = penalty(loss, linear(WEIGHTS))
    np.testing.assert_allclose(ours, [(WEIGHTS**2).sum()] * 3, rtol=1e-9)
