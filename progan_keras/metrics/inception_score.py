"""Inception score: are pictures clear, and of many classes?

The exponential of the mean Kullback-Leibler divergence of what a classifier
says of a picture, p(y|x), from what it says of all of them, p(y):

    exp(mean_x sum_y p(y|x) (log p(y|x) - log p(y)))

It is 1 if the classifier says the same of every picture, and the number of
classes at most. From Salimans et al., *Improved Techniques for Training GANs*
(2016), section 4, over 50,000 pictures in 10 parts. What to know about it:

- Real pictures are never looked at: pictures of one shape per class would
  have a high score. It says little where the classes are not the pictures'.
- Few pictures per part make it too small.
- Figures on different classifiers have nothing to do with each other.
"""

import math

import numpy as np

from progan_keras.checks import check_integer
from progan_keras.metrics.vectors import check_vectors


def inception_score(predictions, from_logits=False, num_splits=10, seed=0):
    """Exponential of how much predictions tell, in the mean over parts.

    Args:
        predictions: Array `[N, classes]`, a classifier's probabilities, or
            its logits.
        from_logits: Boolean, which of both.
        num_splits: Integer, parts that the pictures are shuffled into.
        seed: Integer, at least 0, of the shuffling: a generator's pictures
            may come class by class.

    Returns:
        Dictionary: "value", float in [1, classes], mean over the parts;
        "error", float, its standard error; "std", float, the standard
        deviation over parts, which papers print; "num_splits", "count" and
        "seed".

    Raises:
        ValueError: If there are fewer pictures than parts, or these are no
            probabilities.
    """
    num_splits = check_integer(num_splits, "num_splits", least=1)
    seed = check_integer(seed, "seed", least=0)
    predictions = check_vectors(predictions, "predictions", least=num_splits)
    if not from_logits:
        _check_probabilities(predictions)
    order = np.random.default_rng(seed).permutation(len(predictions))
    scores = [
        _score(predictions[part].astype(np.float64), from_logits)
        for part in np.array_split(order, num_splits)
    ]
    deviation = float(np.std(scores))
    return {
        "value": float(np.mean(scores)),
        "error": deviation / math.sqrt(max(1, num_splits - 1)),
        "std": deviation,
        "num_splits": num_splits,
        "count": len(predictions),
        "seed": seed,
    }


def _score(predictions, from_logits):
    if from_logits:
        logits = predictions - predictions.max(axis=1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        probabilities = np.exp(logs)
    else:
        probabilities = predictions
        logs = _log(probabilities)
    marginal = _log(probabilities.mean(axis=0))
    divergences = (probabilities * (logs - marginal)).sum(axis=1)
    return float(np.exp(divergences.mean()))


def _log(probabilities):
    """Logarithm, and 0 where it is multiplied by a probability of 0."""
    return np.log(np.where(probabilities > 0, probabilities, 1))


def _check_probabilities(predictions):
    sums = predictions.sum(axis=1, dtype=np.float64)
    off = (predictions < 0).any(axis=1) | (np.abs(sums - 1) > 1e-3)
    if off.any():
        row = off.argmax()
        raise ValueError(
            "The probabilities of a picture's classes are 0 or more and add "
            "up to 1; for logits, say from_logits=True. "
            f"Received: predictions[{row}] with a smallest of "
            f"{predictions[row].min():.4g} and a sum of {sums[row]:.4g}"
        )
