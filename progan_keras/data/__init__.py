"""Images in: from files, arrays or the embedded set to batches at any size.

    import progan_keras as pk

    images = pk.data.load("emoji_portraits")  # or "cifar10", a folder, ...
    images.at(8).shape                        # (2251, 8, 8, 3), on disk
    batches = images.stream(resolution=8, batch_size=16)  # a tf.data.Dataset
    images.class_names                        # ("face", "person")
    print(pk.data.inspect("my photos"))       # what is wrong, before training

The first `load` of a data set prepares it once (see `pyramid`), later ones
open it at once; `prepared` lists what is there and `clear` removes it.
Nothing here but `stream` and data sets of TensorFlow needs TensorFlow.
"""

from progan_keras.data.cache import clear, prepared
from progan_keras.data.inspection import Inspection, inspect
from progan_keras.data.load import load
from progan_keras.data.pyramid import ImagePyramid

__all__ = [
    "ImagePyramid",
    "Inspection",
    "clear",
    "inspect",
    "load",
    "prepared",
]
