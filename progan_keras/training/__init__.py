"""Training over all stages, into a run folder from which it resumes."""

from progan_keras.training.loop import train
from progan_keras.training.run_folder import RunFolder, load_run

__all__ = ["RunFolder", "load_run", "train"]
