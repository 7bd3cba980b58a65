"""Run the generator of a web page's folder: needs onnxruntime and NumPy."""

import sys
from pathlib import Path

import numpy as np
import onnxruntime

folder, inputs, outputs = sys.argv[1:]
session = onnxruntime.InferenceSession(Path(folder, "generator.onnx"))
(images,) = session.run(["images"], dict(np.load(inputs, allow_pickle=False)))
np.save(outputs, images)
