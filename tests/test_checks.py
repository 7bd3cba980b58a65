import numpy as np
import pytest

from progan_keras.checks import check_integer


@pytest.mark.parametrize("value", [3, np.int32(3), np.uint8(3)])
def test_whole_numbers_pass_as_int(value):
    assert type(check_integer(value, "count", least=3)) is int


@pytest.mark.parametrize("value", [2, True, 3.0, "3", None, float("nan")])
def test_anything_else_is_refused_by_name(value):
    with pytest.raises(ValueError, match="count is a whole number.*count="):
        check_integer(value, "count", least=3)
