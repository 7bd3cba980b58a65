import numpy as np
import pytest

from progan_keras.checks import check_integer, check_precision


@pytest.mark.parametrize("value", [3, np.int32(3), np.uint8(3)])
def test_whole_numbers_pass_as_int(value):
    assert type(check_integer(value, "count", least=3)) is int


@pytest.mark.parametrize("value", [2, True, 3.0, "3", None, float("nan")])
def test_anything_else_is_refused_by_name(value):
    with pytest.raises(ValueError, match="count is a whole number.*count="):
        check_integer(value, "count", least=3)


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_a_precision_passes_as_it_is(precision):
    assert check_precision(precision) == precision


@pytest.mark.parametrize("precision", ["float16", "half", "", None, 16, []])
def test_an_unknown_precision_is_refused(precision):
    with pytest.raises(ValueError) as error:
        check_precision(precision)
    assert str(error.value).endswith(f"precision={precision!r}")


def test_float16_is_for_one_device():
    with pytest.raises(ValueError, match="mixed_bfloat16.*2 devices$"):
        check_precision("mixed_float16", replicas=2)
    assert check_precision("mixed_bfloat16", replicas=2)
