"""Run an ONNX file: needs onnxruntime and NumPy."""

import sys

import numpy as np
import onnxruntime

model, inputs, outputs = sys.argv[1:]
session = onnxruntime.InferenceSession(model)
(images,) = session.run(["images"], dict(np.load(inputs, allow_pickle=False)))
np.save(outputs, images)
