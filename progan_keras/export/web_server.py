"""A web server for a folder, on this machine and for it alone."""

import functools
import http.server
import sys

HOST = "127.0.0.1"
PORTS = range(8000, 8100)


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files quietly, always the ones that are there now."""

    # What the operating system believes of these is not always right.
    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".json": "application/json",
        ".onnx": "application/octet-stream",
        ".gz": "application/gzip",
    }

    def end_headers(self):
        # Another generator may be served from the same address next time.
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *args):
        """Say nothing."""


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """Pass over readers who left in the middle."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def make_server(folder, port=None):
    """Listen for requests from this machine.

    Args:
        folder: Path of what to serve.
        port: Integer, 0 to 65535, 0 for any that is free; None for the first
            free one of 8000 to 8099.

    Returns:
        `http.server.ThreadingHTTPServer`; `serve_forever` answers, and
        `server_port` is where.

    Raises:
        ValueError: for a number that is no port.
        OSError: if the port is taken, or may not be used.
    """
    if port is not None and not 0 <= port <= 65535:
        raise ValueError(f"A port is 0 to 65535. Received: port={port}")
    handler = functools.partial(_Handler, directory=str(folder))
    candidates = PORTS if port is None else [port]
    for candidate in candidates:
        try:
            return _Server((HOST, candidate), handler)
        except OSError as error:
            reason = error.strerror
    raise OSError(
        f"Cannot listen on port {candidates[-1]} ({reason}): choose another, "
        f"or 0 for any. Received: port={port}"
    )
