"""List the presets: for the package, and as the tables that people read.

    python saved_models/build.py          # after publishing one
    python saved_models/build.py --check  # only compare

Presets themselves are made by `progan publish`.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

from progan_keras.files import write_atomically
from progan_keras.zoo.card import CARD

FOLDER = Path(__file__).resolve().parent
LIST = FOLDER.parent / "progan_keras" / "zoo" / "presets.json"
TABLES = (FOLDER / "README.md", FOLDER.parent / "README.md")
START, END = "<!-- presets -->\n", "<!-- end of presets -->"
METRICS = ("swd", "kid_efficientnet_lite0", "ms_ssim")


def main(arguments=None):
    """Write or compare; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args(arguments)
    cards = {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.glob(f"*/{CARD}"))
    }
    expected = {LIST: listed(cards)}
    expected |= {path: with_table(path, cards) for path in TABLES}
    stale = [
        path
        for path, text in expected.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if options.check and stale:
        names = ", ".join(path.name for path in stale)
        print(
            f"error: {names} do not tell of the presets that are there. Run: "
            "python saved_models/build.py",
            file=sys.stderr,
        )
        return 2
    for path in stale:
        write_atomically(expected[path].encode(), path)
    print(f"{len(cards)} presets: {', '.join(cards)}")
    return 0


def listed(cards):
    """Return the package's list of presets, as JSON."""
    entries = {
        name: {
            "title": card["title"],
            "resolution": card["resolution"],
            "num_classes": len(card["class_names"]),
            "data": card["data"],
            "licence": card["licence"],
            "kimg": card["kimg"],
            "scores": {
                metric: {
                    key: card["scores"][metric][key]
                    for key in ("value", "floor", "count")
                }
                for metric in METRICS
            },
            "files": {
                file: hashlib.sha256(
                    (FOLDER / name / file).read_bytes()
                ).hexdigest()
                for file in ("preset.json", "weights.npz")
            },
        }
        for name, card in cards.items()
    }
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def with_table(path, cards):
    """Return a Markdown file with the table of now."""
    before, start, rest = path.read_text(encoding="utf-8").partition(START)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{path} has no line {START.strip()}, or no end of it")
    root = FOLDER.relative_to(path.parent).as_posix()
    rows = [
        "| preset | pictures | kimg, minutes on 2 cores | SWD (reals) | "
        "KID x 1000 | without growing |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for name, card in cards.items():
        scores, others = card["scores"], card["beside"].get("not growing")
        swd, kid = scores["swd"], scores["kid_efficientnet_lite0"]
        beside = "-"
        if others:
            told = others["scores"]
            beside = (
                f"{told['swd']['value']:.1f}, "
                f"{1000 * told['kid_efficientnet_lite0']['value']:.1f}"
            )
        side = card["resolution"]
        rows.append(
            f"| [{name}]({root}/{name}/README.md) | {card['title']}, "
            f"{side}x{side} | {card['kimg']:,g}, {card['minutes']:.0f} | "
            f"{swd['value']:.1f} ({swd['floor']:.1f}) | "
            f"{1000 * kid['value']:.1f} | {beside} |"
        )
    table = "\n".join(rows).replace("(./", "(") + "\n"
    return before + start + table + end + after


if __name__ == "__main__":
    sys.exit(main())
