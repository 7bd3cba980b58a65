"""Images in: from files, arrays or the embedded set to batches at any size.

    import progan_keras as pk

    images = pk.data.load("emoji_portraits")     # or a folder, .npz, array
    images.at(8).shape                           # (2251, 8, 8, 3), on disk
    batches = images.stream(resolution=8, batch_size=16)   # a tf.data.Dataset
    images.class_names                           # ("face", "person")

The first `load` of a data set prepares it once (see `pyramid`), later ones
open it at once. Nothing here but `stream` needs TensorFlow.
"""

from progan_keras.data.load import load
from progan_keras.data.pyramid import ImagePyramid

__all__ = ["ImagePyramid", "load"]
