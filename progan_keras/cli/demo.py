"""Show what a trained generator makes, on a page in the browser.

The page is served on this machine only, until Ctrl-C. To give it to others,
`progan export --format web` writes it into a folder for any web server.
"""

from progan_keras.cli.shared import PRESET_HELP

HELP = "play with a generator in the browser"


def add_arguments(parser):
    """Declare the options of `progan demo`."""
    parser.add_argument("run", help=PRESET_HELP)
    parser.add_argument(
        "--port", type=int, help="0 for any (default: 8000, or the next free)"
    )
    parser.add_argument(
        "--no-open",
        action="store_true",
        help="only print the address, open no browser",
    )


def run(options):
    """Export into a temporary folder and serve it until Ctrl-C."""
    import signal
    import tempfile
    import webbrowser
    from pathlib import Path

    import progan_keras as pk
    from progan_keras.export.web_server import HOST, make_server

    gan = pk.ProGAN.from_preset(options.run)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "web")
        # First, as it may fail, and the export takes some seconds.
        with make_server(folder, options.port) as server:
            gan.export(folder, format="web")
            address = f"http://{HOST}:{server.server_port}/"
            print(f"{address}  (Ctrl-C ends it)", flush=True)
            if not options.no_open:
                webbrowser.open(address)
            # Being told to end is as good as Ctrl-C: the folder goes.
            before = signal.signal(signal.SIGTERM, signal.default_int_handler)
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                print()
            finally:
                signal.signal(signal.SIGTERM, before)
