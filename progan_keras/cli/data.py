"""Look at images, prepare them, and see or clear what is prepared.

progan data inspect my_photos        what is wrong, before training
progan data prepare my_photos        what `progan train` would do first
progan data list                     what is prepared, what has a name
progan data clear my_photos          remove prepared images
"""

import argparse
import dataclasses
import json
import shlex
import sys
import textwrap
from pathlib import Path

from progan_keras.cli import data_options
from progan_keras.cli.shared import show_log

HELP = "inspect, prepare, list or clear images"


def add_arguments(parser):
    """Declare `progan data` and what follows it."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--debug",
        action="store_true",
        default=argparse.SUPPRESS,
        help="show the traceback of an error",
    )
    actions = parser.add_subparsers(
        dest="action", metavar="ACTION", required=True
    )
    for name, (help_text, declare, _) in _ACTIONS.items():
        declare(actions.add_parser(name, parents=[shared], help=help_text))


def run(options):
    """Do what was asked for."""
    _, _, action = _ACTIONS[options.action]
    return action(options)


def _add_images(parser):
    parser.add_argument("data", help=data_options.DATA_HELP)
    parser.add_argument(
        "--resolution",
        type=int,
        help="power of two from 4 to 1024 (default: the largest that needs no "
        "enlarging, at most 128)",
    )
    data_options.add_arguments(parser)


def _add_inspect(parser):
    _add_images(parser)
    parser.add_argument(
        "--sheet",
        metavar="PNG",
        help="also draw a contact sheet, and write it to this file",
    )
    _add_json(parser)


def _inspect(options):
    """Print the report; write the contact sheet."""
    import progan_keras as pk
    from progan_keras.files import atomic_path

    show_log(sys.stderr)
    report = pk.data.inspect(
        options.data,
        resolution=options.resolution,
        **data_options.load_options(options),
    )
    print(report.to_json() if options.json else report)
    if options.sheet:
        with atomic_path(_png(options.sheet)) as path:
            report.contact_sheet().save(path)
        if not options.json:
            print(f"\nContact sheet: {options.sheet}")


def _png(path):
    if Path(path).suffix.lower() != ".png":
        raise ValueError(
            "The contact sheet is a PNG: give a file name that ends in .png. "
            f"Received: --sheet {path}"
        )
    return path


def _add_prepare(parser):
    _add_images(parser)
    data_options.add_skip_broken(parser)
    _add_cache(parser)
    parser.add_argument(
        "--channels",
        type=int,
        help="1 (grey), 3 (RGB) or 4 (RGBA) (default: 3, or an array's own)",
    )


def _prepare(options):
    """Prepare images as `progan train` would."""
    import progan_keras as pk

    show_log()
    images = pk.data.load(
        options.data,
        resolution=options.resolution,
        num_channels=options.channels,
        cache_dir=options.cache_dir,
        # A data set is prepared also if nobody can be trained on its labels.
        labels=False,
        **data_options.load_options(options),
    )
    labels = ", ".join(images.label_fields) or "none"
    print(
        f"{images.name}: {len(images):,} images, 4x4 to {images.resolution}x"
        f"{images.resolution}, labels: {labels}\n  in {images.folder}"
    )
    if images.skipped:
        print(
            f"  {len(images.skipped):,} left out, listed in "
            f"{images.folder / 'pyramid.json'}"
        )
    print(f"Try next:\n  progan train {shlex.quote(options.data)}")


def _add_list(parser):
    _add_cache(parser)
    _add_json(parser)


def _list(options):
    """Print what is prepared, and the names there are."""
    import progan_keras as pk
    from progan_keras.data.cache import cache_folder
    from progan_keras.data.sources.tfds.catalogue import KNOWN

    there = pk.data.prepared(options.cache_dir)
    if options.json:
        known = [dataclasses.asdict(entry) for entry in KNOWN.values()]
        listed = {"prepared": list(map(_as_dict, there)), "known": known}
        print(json.dumps(listed, indent=2))
        return
    total = _megabytes(sum(found.num_bytes for found in there))
    cache = cache_folder(options.cache_dir)
    print(f"Prepared in {cache}: {len(there)} data sets, {total}")
    for found in there:
        print(f"\n  {found.folder.name}  {_megabytes(found.num_bytes)}")
        print(_indent(_describe(found)))
    print(
        "\nKnown names, downloaded when first used. Other data sets of "
        "tensorflow-datasets\nwith images work too."
    )
    for entry in KNOWN.values():
        size = "placed by hand"
        if entry.download is not None:
            size = _megabytes(entry.download)
        print(f"\n  {entry.name}  {entry.images:,} images, {size}")
        facts = [entry.what, _licence(entry.licence), entry.note]
        print(_indent("; ".join(filter(None, facts))))


def _describe(found):
    """Say what a prepared data set is."""
    images = found.pyramid
    if images is None:
        return f"damaged: {found.damage}"
    return (
        f"{len(images):,} images, 4x4 to {images.resolution}x"
        f"{images.resolution}, channels: {images.num_channels}; "
        f"{_licence(images.licence)}; from {images.source}"
    )


def _licence(licence):
    return f"licence: {licence or 'not stated'}"


def _as_dict(found):
    """Return what `_describe` says, for programs."""
    images = found.pyramid
    facts = {
        "folder": str(found.folder),
        "bytes": found.num_bytes,
        "damage": found.damage,
    }
    if images is not None:
        facts |= {
            "name": images.name,
            "images": len(images),
            "resolution": images.resolution,
            "channels": images.num_channels,
            "licence": images.licence,
            "source": images.source,
        }
    return facts


def _indent(text):
    """Fold a line to 80 columns, below the name that it belongs to."""
    return textwrap.fill(
        text, 80, initial_indent=" " * 6, subsequent_indent=" " * 6
    )


def _add_clear(parser):
    _add_cache(parser)
    parser.add_argument(
        "names",
        nargs="*",
        help="data sets or folders, as `progan data list` names them",
    )
    parser.add_argument(
        "--all", action="store_true", help="everything that is prepared"
    )


def _clear(options):
    """Remove prepared images."""
    import progan_keras as pk

    if bool(options.names) == options.all:
        raise ValueError(
            "Say what to clear: names as `progan data list` shows them, or "
            f"--all. Received: {' '.join(options.names) or 'no names'}"
            f"{' and --all' if options.all else ''}"
        )
    removed = pk.data.clear(options.names or None, options.cache_dir)
    for found in removed:
        print(f"Removed {found.folder} ({_megabytes(found.num_bytes)})")
    total = sum(found.num_bytes for found in removed)
    print(f"{len(removed)} removed, {_megabytes(total)} freed.")


def _add_cache(parser):
    parser.add_argument(
        "--cache-dir",
        metavar="FOLDER",
        help="of prepared images (default: $PROGAN_KERAS_CACHE, or "
        "progan_keras in the user's cache folder)",
    )


def _add_json(parser):
    parser.add_argument(
        "--json", action="store_true", help="print JSON, for programs"
    )


def _megabytes(num_bytes):
    return f"{num_bytes / 1e6:,.1f} MB"


_ACTIONS = {
    "inspect": ("what is wrong, before training", _add_inspect, _inspect),
    "prepare": ("what training does first", _add_prepare, _prepare),
    "list": ("what is prepared, what has a name", _add_list, _list),
    "clear": ("remove prepared images", _add_clear, _clear),
}
