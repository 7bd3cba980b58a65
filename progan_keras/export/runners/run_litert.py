"""Run a LiteRT file: needs ai-edge-litert and NumPy."""

import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter

model, inputs, outputs = sys.argv[1:]
serve = Interpreter(model).get_signature_runner("serve")
np.save(outputs, serve(**np.load(inputs, allow_pickle=False))["images"])
