"""Training over all stages, into a run folder from which it resumes."""

import importlib

_MODULES = {
    "Plan": "plan",
    "RunFolder": "run_folder",
    "film_run": "film",
    "load_run": "runs",
    "train": "loop",
}

__all__ = sorted(_MODULES)


def __getattr__(name):
    """Import on first use: looking into a run needs no TensorFlow."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f"{__name__}.{_MODULES[name]}")
    return getattr(module, name)
