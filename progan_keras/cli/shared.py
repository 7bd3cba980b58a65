"""What several commands say alike."""

import logging
import sys

PRESET_HELP = (
    "a run folder or a folder that holds runs (the newest), the name of a "
    "preset (see `progan presets`) or its folder, a .pkl of the paper's "
    "authors or a .bin of pro_gan_pth"
)


def show_log(stream=None):
    """Show what the package logs, and not what TensorFlow chats.

    Args:
        stream: Where to; standard output if None.
    """
    log = logging.getLogger("progan_keras")
    log.setLevel(logging.INFO)
    log.handlers = [logging.StreamHandler(stream or sys.stdout)]
    logging.getLogger("tensorflow").setLevel(logging.WARNING)
