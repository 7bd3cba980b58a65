"""Make a preset of a run, for others.

It is measured, and written with exports, a grid, a time-lapse and a card. Read
the card, write into it what you see in the pictures, and share the folder.
"""

from pathlib import Path

from progan_keras.cli.shared import show_log

HELP = "make a preset with a model card of a run"


def add_arguments(parser):
    """Declare the options of `progan publish`."""
    parser.add_argument(
        "run", help="a run folder, or a folder that holds runs (the newest)"
    )
    parser.add_argument("folder", help="to write; its name is the preset's")
    parser.add_argument(
        "--title", required=True, help="what the pictures show"
    )
    parser.add_argument(
        "--notes",
        metavar="FILE",
        help="Markdown for the card: how the pictures look, what fails, what "
        "they are good for",
    )
    parser.add_argument(
        "--licence",
        help="terms of the images that it was trained on (default: those "
        "recorded, if any)",
    )
    parser.add_argument(
        "--beside",
        metavar="WORDS=RUN",
        action="append",
        default=[],
        help="another run to measure beside it, such as 'not growing=runs/"
        "00001-cats-64'; may be given several times",
    )
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="replace what was published there before",
    )


def run(options):
    """Publish, and say what it weighs."""
    beside = dict(_pair(text) for text in options.beside)
    notes = ""
    if options.notes:
        notes = Path(options.notes).read_text(encoding="utf-8")

    from progan_keras import zoo

    show_log()
    folder = zoo.publish(
        options.run,
        options.folder,
        options.title,
        notes,
        options.licence,
        beside,
        overwrite=options.overwrite,
    )
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{size:.1f} MB in {folder}; its card is {folder / 'README.md'}")


def _pair(text):
    words, sign, run = text.partition("=")
    if not (words and sign and run):
        raise ValueError(
            "--beside is given as words, an equals sign and a run. "
            f"Received: --beside {text}"
        )
    return words, run
