"""What tests of metrics share."""

import numpy as np
import pytest


@pytest.fixture
def random():
    """A source of random numbers, at its start in every test."""
    return np.random.default_rng(0)
