"""Run a `.keras` file: needs Keras on any backend, and progan-keras."""

import sys

import keras
import numpy as np

import progan_keras.layers  # noqa: F401 (what the file is made of)

path, inputs, outputs = sys.argv[1:]
model = keras.models.load_model(path)
values = list(np.load(inputs, allow_pickle=False).values())
if len(values) > 1:  # latents and labels, which the model takes one-hot
    values[1] = np.eye(model.input_shape[1][1], dtype="float32")[values[1]]
images = model(values if len(values) > 1 else values[0])
np.save(outputs, keras.ops.convert_to_numpy(images))
