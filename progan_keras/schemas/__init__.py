"""What JSON files hold: one schema for each, and one way to read them."""

from progan_keras.schemas.check import Problem, check, parse, problem, read
from progan_keras.schemas.documents import (
    CHECKPOINT,
    OWNER,
    PRESET,
    PYRAMID,
    RECORD,
    RUN_OPTIONS,
    SCORES,
    STAGE,
)
from progan_keras.schemas.network import NETWORK
from progan_keras.schemas.recipe import RECIPE, REST

__all__ = [
    "CHECKPOINT",
    "NETWORK",
    "OWNER",
    "PRESET",
    "PYRAMID",
    "Problem",
    "RECIPE",
    "RECORD",
    "REST",
    "RUN_OPTIONS",
    "SCORES",
    "STAGE",
    "check",
    "parse",
    "problem",
    "read",
]
