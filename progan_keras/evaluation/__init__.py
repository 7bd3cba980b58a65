"""How good a GAN is, in numbers that can be compared.

    import progan_keras as pk

    scores = pk.evaluate(gan, images, metrics=["swd", "ms_ssim", "kid"])
    print(pk.evaluation.table(scores))

`measures` lists what can be measured; `evaluate` measures it beside the same
for real images, whose features are kept for the next time.
"""

from progan_keras.evaluation.evaluate import evaluate
from progan_keras.evaluation.measures import MEASURES
from progan_keras.evaluation.table import table
from progan_keras.evaluation.trained_on import trained_on

__all__ = ["MEASURES", "evaluate", "table", "trained_on"]
