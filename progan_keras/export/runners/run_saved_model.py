"""Run a SavedModel: needs TensorFlow and NumPy."""

import sys

import numpy as np
import tensorflow as tf

path, inputs, outputs = sys.argv[1:]
model = tf.saved_model.load(path)
np.save(outputs, model.serve(*np.load(inputs, allow_pickle=False).values()))
