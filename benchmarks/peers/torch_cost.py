"""Multiplications of a step in PyTorch."""

from torch.utils.flop_counter import FlopCounterMode


def count_multiplications(run):
    """Count those of convolutions and matrix products in `run(1)`."""
    with FlopCounterMode(display=False) as counter:
        run(1)
    return counter.get_total_flops() // 2
