"""The command `progan`.

Nothing here, nor at the top of a command's file, imports TensorFlow: help and
mistyped options are answered at once.
"""

import argparse
import contextlib
import os
import signal
import sys
import traceback
import warnings

from progan_keras.cli import (
    convert,
    data,
    evaluate,
    export,
    generate,
    presets,
    publish,
    report,
    timelapse,
    train,
    walk,
)
from progan_keras.version import __version__

COMMANDS = {
    "train": train,
    "generate": generate,
    "evaluate": evaluate,
    "timelapse": timelapse,
    "walk": walk,
    "report": report,
    "export": export,
    "presets": presets,
    "publish": publish,
    "convert": convert,
    "data": data,
}

# What a sentence can tell; all others are mistakes of this program.
ERRORS = (ValueError, OSError, MemoryError, FloatingPointError)


def main(arguments=None):
    """Run the command line.

    Args:
        arguments: List of strings; None for those of the process.

    Returns:
        Exit code: 0, 2 after what a sentence can tell, such as a mistake of
        the user or a full disk, 130 after Ctrl-C.

    Raises:
        SystemExit: with 143 after SIGTERM while training; by `argparse`.
    """
    options = _parser().parse_args(arguments)
    # TensorFlow's start-up messages help nobody here; set it to 0 for them.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Else it takes all memory of all GPUs, whatever it needs.
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    try:
        with _plain_warnings(options.command):
            return COMMANDS[options.command].run(options) or 0
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 128 + signal.SIGINT
    except BrokenPipeError:  # whoever read along, such as `head`, has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ERRORS as error:
        if options.debug:
            traceback.print_exc()
        words = str(error) or "There is not enough memory."
        print(f"progan {options.command}: {words}", file=sys.stderr)
        return 2


@contextlib.contextmanager
def _plain_warnings(command):
    """Show warnings as sentences, without the line of code they come from."""
    usual = warnings.formatwarning
    warnings.formatwarning = lambda message, *_, **__: (
        f"progan {command}: {message}\n"
    )
    try:
        yield
    finally:
        warnings.formatwarning = usual


def _parser():
    parser = argparse.ArgumentParser(
        prog="progan",
        description="Progressive Growing of GANs: train, look, export.",
        epilog="`progan train` with nothing else trains on the embedded "
        "emoji portraits.",
    )
    parser.add_argument(
        "--version", action="version", version=f"progan_keras {__version__}"
    )
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--debug", action="store_true", help="show the traceback of an error"
    )
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True
    )
    for name, command in COMMANDS.items():
        command.add_arguments(
            commands.add_parser(
                name,
                parents=[shared],
                help=command.HELP,
                description=command.__doc__,
                formatter_class=argparse.RawDescriptionHelpFormatter,
            )
        )
    return parser
