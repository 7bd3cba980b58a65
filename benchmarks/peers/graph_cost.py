"""Multiplications of a TensorFlow graph."""

import math

import tensorflow as tf

_CONVOLUTIONS = ("Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter")


def count_multiplications(function, *signature):
    """Count those of convolutions and matrix products in one call.

    All three kinds of convolutions do `k^2 C_in C_out` for each pixel on the
    side that a forward pass would call its output.

    Args:
        function: Python function of tensors.
        *signature: `tf.TensorSpec` for each, of known shape.

    Returns:
        Integer; branches that are not always taken do not count.
    """
    graph = tf.function(function).get_concrete_function(*signature).graph
    return sum(map(_operation, _needed(graph)))


def _needed(graph):
    """The operations that run: results and side effects follow from them.

    The gradients of a tape hold others too, which TensorFlow leaves out.
    """
    found = set()
    waiting = [*(x.op for x in graph.outputs), *graph.control_outputs]
    while waiting:
        operation = waiting.pop()
        if operation not in found:
            found.add(operation)
            waiting += [x.op for x in operation.inputs]
            waiting += operation.control_inputs
    return found


def _operation(operation):
    if operation.type == "MatMul":
        left, right = (x.shape for x in operation.inputs)
        inner = left[0] if operation.get_attr("transpose_a") else left[1]
        return math.prod(operation.outputs[0].shape) * inner
    if operation.type not in _CONVOLUTIONS:
        return 0
    inputs, (output,) = operation.inputs, operation.outputs
    pixels = output if operation.type == "Conv2D" else inputs[2]
    kernel = output if operation.type == "Conv2DBackpropFilter" else inputs[1]
    return math.prod(pixels.shape[:3]) * math.prod(kernel.shape)
