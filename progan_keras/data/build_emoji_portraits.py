"""Builds the embedded data set from two npm packages.

    python -m progan_keras.data.build_emoji_portraits [--packages DIR]

Without `--packages`, the packages are fetched by `npm pack`. The result is
the same to the byte each time it is built with the same version of libwebp,
and the same to the pixel with any.
"""

import argparse
import base64
import hashlib
import io
import json
import math
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from progan_keras.data.emoji_portraits import (
    EMBEDDED_FOLDER,
    LABELS_FILE,
    RESOLUTION,
    SHEET_FILE,
)

# Package -> (file that `npm pack` writes, SHA-512 as npm's registry lists it).
NOTO_PACKAGE = "emoji-datasource-google@16.0.0"
FLUENT_PACKAGE = "@lobehub/fluent-emoji-3d@1.1.0"
PACKAGES = {
    NOTO_PACKAGE: (
        "emoji-datasource-google-16.0.0.tgz",
        "ZRexfzs7MVoLnmzZmNsO4TKhnAJp5D++Vm6PpUpH/jEQQlemp3l88CjZ+DoZ2faM9R4Q"
        "xZkOPJCoT8DlPhfQ3A==",
    ),
    FLUENT_PACKAGE: (
        "lobehub-fluent-emoji-3d-1.1.0.tgz",
        "Wlq2lVStTnr8BDpIJ0pEnTKO4LuDxxqTEhTvRtD1DLRF0me7ogeRQjKoehDHXuVJ2Qae"
        "cgl5wRBv60lUAG3h7g==",
    ),
}
METADATA_LICENSE_FILE = "LICENSE-emoji-data.txt"

# 48 columns make the sheet nearly square, so that viewers can show it, and far
# from WebP's limit of 16,383 pixels.
COLUMNS = 48

_PEOPLE = {"person", "person-role", "person-gesture", "person-fantasy"}
_ANIMAL_FACES = {"cat-face", "monkey-face"}


def main(arguments=None):
    """Runs the script."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--packages", type=Path, help="where they are already")
    parser.add_argument("--output", type=Path, default=EMBEDDED_FOLDER)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.packages or fetch_packages(Path(temporary))
        for file_name, sha512 in PACKAGES.values():
            verify(folder / file_name, sha512)
        build(
            folder / PACKAGES[NOTO_PACKAGE][0],
            folder / PACKAGES[FLUENT_PACKAGE][0],
            options.output,
        )


def fetch_packages(folder):
    """Downloads the packages into `folder` with npm and returns it."""
    for package in PACKAGES:
        command = ["npm", "pack", "--silent", package]
        try:
            subprocess.run(command, cwd=folder, check=True)
        except FileNotFoundError as error:
            raise FileNotFoundError(
                "The program npm is needed to fetch the packages. Install "
                "Node.js, or fetch them elsewhere and pass --packages."
            ) from error
    return folder


def verify(path, sha512):
    """Checks a package against its pinned hash.

    Raises:
        ValueError: if it is another file.
    """
    digest = hashlib.sha512(path.read_bytes()).digest()
    found = base64.b64encode(digest).decode()
    if found != sha512:
        raise ValueError(
            f"{path.name} is not the file this script was written for. "
            f"Expected SHA-512 {sha512}. Received: {found}"
        )


def build(noto_package, fluent_package, output):
    """Writes the sheet, the labels and the metadata's licence.

    Args:
        noto_package: path of the `emoji-datasource-google` tarball.
        fluent_package: path of the `@lobehub/fluent-emoji-3d` tarball.
        output: path of the folder to write to.

    Returns:
        Number of images.
    """
    noto = read_members(noto_package, "package/img/google/64/", ".png")
    fluent = read_members(fluent_package, "package/assets/", ".webp")
    with tarfile.open(noto_package) as package:
        emoji = json.load(package.extractfile("package/emoji.json"))
        notice = package.extractfile("package/LICENSE").read()
    portraits = select_portraits(emoji)
    labels, tiles = [], []
    for style, pictures in (("noto", noto), ("fluent", fluent)):
        for portrait in portraits:
            picture = pictures.get(portrait["code_points"])
            if picture is not None:
                labels.append({"style": style, **portrait})
                tiles.append(tile_on_white(picture))
    sheet = io.BytesIO()
    Image.fromarray(make_sheet(np.stack(tiles))).save(
        sheet, "webp", lossless=True, quality=100, method=6
    )
    lines = ",\n".join(json.dumps(label) for label in labels)
    output.mkdir(parents=True, exist_ok=True)
    _replace(output / SHEET_FILE, sheet.getvalue())
    _replace(output / LABELS_FILE, f"[\n{lines}\n]\n".encode())
    _replace(output / METADATA_LICENSE_FILE, notice)
    return len(tiles)


def read_members(package, prefix, suffix):
    """Reads the pictures of a tarball.

    Args:
        package: path of a `.tgz` file.
        prefix: str, folder in the tarball, with a slash at the end.
        suffix: str, ending of the file names.

    Returns:
        Dict from code points to the bytes of the file. Of two files that
        differ in U+FE0F only, the first in the order of names is taken.
    """
    pictures = {}
    with tarfile.open(package) as archive:
        for member in sorted(archive.getmembers(), key=lambda m: m.name):
            name = member.name
            if name.startswith(prefix) and name.endswith(suffix):
                points = join_code_points(name[len(prefix) : -len(suffix)])
                content = archive.extractfile(member).read()
                pictures.setdefault(points, content)
    return pictures


def join_code_points(text):
    """Returns code points in lower case without U+FE0F.

    That one asks for a coloured picture rather than a letter; the packages
    disagree on where to write it.

    Args:
        text: str, hexadecimal code points joined by "-".

    Returns:
        str of the same kind.
    """
    return "-".join(p for p in text.lower().split("-") if p != "fe0f")


def select_portraits(emoji):
    """Chooses people and faces, in all skin tones.

    Args:
        emoji: list of dicts, the contents of `emoji.json`.

    Returns:
        List of dicts with "code_points", "category" ("person" or "face"),
        "subcategory" and "short_name", sorted by code points.
    """
    portraits = []
    for entry in emoji:
        group = entry["subcategory"]
        is_face = group.startswith("face-") or group in _ANIMAL_FACES
        if not is_face and group not in _PEOPLE:
            continue
        variations = entry.get("skin_variations", {}).values()
        portraits += [
            {
                "code_points": join_code_points(variation["unified"]),
                "category": "face" if is_face else "person",
                "subcategory": group,
                "short_name": entry["short_name"],
            }
            for variation in (entry, *variations)
        ]
    return sorted(portraits, key=lambda p: p["code_points"])


def tile_on_white(data):
    """Decodes a picture, lays it on white and reduces it by box averaging.

    All in whole numbers and rounded once, so that the result is the same on
    every machine. A picture that is not square is centred on white first.

    Args:
        data: bytes of an image file.

    Returns:
        uint8 array `[64, 64, 3]`.
    """
    with Image.open(io.BytesIO(data)) as image:
        rgba = np.asarray(image.convert("RGBA")).astype(np.int64)
    alpha = rgba[..., 3:]
    # 255 times the colour on white, which is premultiplied alpha plus white.
    colours = rgba[..., :3] * alpha + 255 * (255 - alpha)
    height, width = colours.shape[:2]
    side = max(height, width)
    square = np.full((side, side, 3), 255 * 255)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = colours
    # Repeat pixels until the side is a multiple of 64: 256 stays as it is.
    square = square.repeat(RESOLUTION // math.gcd(side, RESOLUTION), 0)
    square = square.repeat(RESOLUTION // math.gcd(side, RESOLUTION), 1)
    block = len(square) // RESOLUTION
    sums = square.reshape(RESOLUTION, block, RESOLUTION, block, 3).sum((1, 3))
    divisor = 255 * block * block
    return ((2 * sums + divisor) // (2 * divisor)).astype(np.uint8)


def make_sheet(tiles):
    """Lays tiles out row by row; the inverse of `cut_tiles`.

    Args:
        tiles: uint8 array `[N, 64, 64, 3]`.

    Returns:
        uint8 array `[rows * 64, COLUMNS * 64, 3]`, white where tiles end.
    """
    side = RESOLUTION
    rows = -(-len(tiles) // COLUMNS)
    grid = np.full((rows * COLUMNS, side, side, 3), 255, np.uint8)
    grid[: len(tiles)] = tiles
    grid = grid.reshape(rows, COLUMNS, side, side, 3).swapaxes(1, 2)
    return grid.reshape(rows * side, COLUMNS * side, 3)


def _replace(path, content):
    """Writes a file so that it is the old or the new one, never half."""
    temporary = path.with_suffix(".partial")
    temporary.write_bytes(content)
    os.replace(temporary, path)


if __name__ == "__main__":
    main()
