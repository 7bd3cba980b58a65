"""Between JSON and a signature, as TensorFlow Serving goes.

By its documentation, https://www.tensorflow.org/tfx/serving/api_rest, in so
far as the guide makes use of it.
"""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import tensorflow as tf


def predict(model, request):
    """Answer a request, both decoded JSON; ValueError for a bad one."""
    signature = model.signatures[
        request.get("signature_name", "serving_default")
    ]
    _, specs = signature.structured_input_signature
    if ("instances" in request) == ("inputs" in request):
        raise ValueError("Either rows (instances) or columns (inputs).")
    by_rows = "instances" in request
    columns = (
        _columns(request["instances"], specs) if by_rows else request["inputs"]
    )
    if not isinstance(columns, dict):
        (name,) = specs
        columns = {name: columns}
    if columns.keys() != specs.keys():
        raise ValueError(f"Inputs are {set(specs)}.")
    tensors = {
        name: _tensor(value, specs[name]) for name, value in columns.items()
    }
    outputs = signature(**tensors)
    values = {name: value.numpy().tolist() for name, value in outputs.items()}
    if len(values) == 1:
        (values,) = values.values()
    return {"predictions" if by_rows else "outputs": values}


def _columns(rows, specs):
    """The rows of each input, one behind the other."""
    if isinstance(rows[0], dict):
        if any(row.keys() != specs.keys() for row in rows):
            raise ValueError(f"Every row has {set(specs)}.")
        return {name: [row[name] for row in rows] for name in specs}
    (name,) = specs  # rows without names belong to the only input
    return {name: rows}


def _tensor(value, spec):
    """A tensor of the type that the signature wants, and its shape."""
    array = np.array(value)
    if spec.dtype.is_integer and array.dtype.kind != "i":
        raise ValueError(f"{value} is not of type {spec.dtype.name}.")
    if not spec.shape.is_compatible_with(array.shape):
        raise ValueError(f"A shape of {array.shape}, not {spec.shape}.")
    return tf.constant(array, spec.dtype)


@contextlib.contextmanager
def serving(models):
    """Serve {name: loaded SavedModel} on a free port, which it returns."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):  # noqa: N802 (a name that http.server looks for)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            name = self.path.removeprefix("/v1/models/")
            model = models[name.removesuffix(":predict")]
            try:
                status, reply = 200, predict(model, json.loads(body))
            except (ValueError, tf.errors.OpError) as error:
                status, reply = 400, {"error": str(error)}
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(reply).encode())

        def log_message(self, *arguments):
            """Be silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
