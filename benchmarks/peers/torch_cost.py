"""Multiplications of a step in PyTorch."""

from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry


class _Counter(TorchDispatchMode):
    """Adds up the operations of everything that runs.

    `FlopCounterMode` does too, but not where gradients are differentiated.
    """

    def __init__(self):
        super().__init__()
        self.operations = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        formula = flop_registry.get(func._overloadpacket)
        if formula is not None:
            self.operations += formula(*args, **kwargs, out_val=result)
        return result


def count_multiplications(run):
    """Count those of convolutions and matrix products in `run(1)`."""
    with _Counter() as counter:
        run(1)
    return counter.operations // 2  # a multiplication and an addition
