"""What can go wrong in the middle of a training, each with its own name.

They are kinds of Python's own errors, so that the command line tells them in
a sentence.
"""


class NonFiniteError(FloatingPointError):
    """NaN or infinity where numbers are needed: the training diverged."""


class DeviceMemoryError(MemoryError):
    """The device has too little memory for a step."""


class RunLockedError(OSError):
    """Another process is training this run."""


class RunFolderLostError(OSError):
    """The run folder disappeared while it was trained."""


class RunReplacedError(OSError):
    """Another run lies where the run was: nothing may be written there."""
