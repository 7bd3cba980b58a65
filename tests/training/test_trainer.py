"""Stages leave nothing behind."""

import gc
import weakref

import pytest
from conftest import tiny_gan

from progan_keras.schedule import Stage
from progan_keras.training.step import compile_step


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_the_graph_of_a_step_goes_with_its_stage(images, precision):
    """Else the memory of a run grows with every stage."""
    gan = tiny_gan(precision=precision)
    gan.compile(loss="non_saturating", update="simultaneous")
    gan.enter_stage(Stage(4, batch_size=4))
    batches = iter(images.stream(4, 4))
    step = compile_step(gan)
    step(batches)
    graph = weakref.ref(step.get_concrete_function(batches).graph)
    assert graph() is not None
    gan.enter_stage(Stage(8, fade_in=True, batch_size=4))
    del step
    gc.collect()
    assert graph() is None
