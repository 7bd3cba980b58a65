"""Builds `web/onnxruntime`: what runs exported pages, with its licences.

    python -m progan_keras.export.build_web_runtime [--packages DIR]

Without `--packages`, the two packages that it is made from are fetched: ONNX
Runtime Web by npm, and by pip ONNX Runtime of the same version, which has the
licences that the other one leaves out. Nothing in them is changed; the
WebAssembly is packed by gzip, the same to the byte with the same zlib.
"""

import argparse
import gzip
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from progan_keras.data.build_emoji_portraits import verify
from progan_keras.files import write_atomically

FOLDER = Path(__file__).parent / "web" / "onnxruntime"
# The last one with WebAssembly for one thread. Later ones ask for memory that
# threads can share, of which some phones have little to give.
VERSION = "1.18.0"
SCRIPTS = f"onnxruntime-web-{VERSION}.tgz"
LICENCES = (
    f"onnxruntime-{VERSION}-cp311-cp311-"
    "manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl"
)
# File of a package -> SHA-512.
PACKAGES = {
    SCRIPTS: "o1UKj4ABIj1gmG7ae0RKJ3/GT+3yoF0RRpfDfeoe0huzRW4FDRLfbkDETmdFAvnJ"
    "EXuYDE0YT+hhkia0352StQ==",
    LICENCES: "vQ7gXh9kyCsnF4XhIWSRRwErqI/6Z7k2lTyzr7bnQnPGQT1lCtS+uetFboY8trLD"
    "tTF832RRxiaJv+6kF2f6+g==",
}
SCRIPT, WASM = "ort.wasm-core.min.js", "ort-wasm-simd.wasm"


def main(arguments=None):
    """Runs the script."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--packages", type=Path, help="where they are already")
    parser.add_argument("--output", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.packages or fetch_packages(Path(temporary))
        for name, sha512 in PACKAGES.items():
            verify(folder / name, sha512)
        build(folder, options.output)


def fetch_packages(folder):
    """Downloads the packages into `folder` and returns it."""
    for command in (
        ["npm", "pack", "--silent", f"onnxruntime-web@{VERSION}"],
        [
            *(sys.executable, "-m", "pip", "download", "--no-deps"),
            *("--only-binary=:all:", "--python-version=3.11"),
            *("--platform=manylinux_2_27_x86_64", f"onnxruntime=={VERSION}"),
        ],
    ):
        subprocess.run(command, cwd=folder, check=True)
    return folder


def build(packages, output):
    """Writes the script, the WebAssembly and the licences.

    Args:
        packages: path of the folder with both packages.
        output: path of the folder to write to.
    """
    with tarfile.open(packages / SCRIPTS) as package:
        script, wasm = (
            package.extractfile(f"package/dist/{name}").read()
            for name in (SCRIPT, WASM)
        )
    with zipfile.ZipFile(packages / LICENCES) as package:
        licence, notices = (
            package.read(f"onnxruntime/{name}")
            for name in ("LICENSE", "ThirdPartyNotices.txt")
        )
    for name, data in {
        SCRIPT: script,
        f"{WASM}.gz": gzip.compress(wasm, 9, mtime=0),
        "LICENSE.txt": licence,
        "ThirdPartyNotices.txt": notices,
    }.items():
        write_atomically(data, output / name)


if __name__ == "__main__":
    main()
