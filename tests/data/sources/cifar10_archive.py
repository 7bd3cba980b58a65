"""CIFAR-10 in its official layout, for the real builder, without a network."""

import hashlib
import tarfile

import numpy as np

CLASSES = ("airplane", "automobile", "bird", "cat", "deer")
CLASSES += ("dog", "frog", "horse", "ship", "truck")
TRAIN_FILES = tuple(f"data_batch_{k}.bin" for k in range(1, 6))


def write_stand_in(parent, per_file=3):
    """Writes random images as the official files do, only fewer.

    Returns:
        `pathlib.Path` of the folder `cifar-10-batches-bin`.
    """
    folder = parent / "cifar-10-batches-bin"
    folder.mkdir()
    generator = np.random.default_rng(0)
    for number, name in enumerate((*TRAIN_FILES, "test_batch.bin")):
        rows = generator.integers(0, 256, (per_file, 3073), dtype=np.uint8)
        # The label comes first; every class occurs.
        rows[:, 0] = (number * per_file + np.arange(per_file)) % 10
        rows.tofile(folder / name)
    (folder / "batches.meta.txt").write_text("\n".join(CLASSES) + "\n\n")
    return folder


def read_batches(folder, files=TRAIN_FILES):
    """Returns uint8 images `[N, 32, 32, 3]` and labels `[N]` of the files."""
    rows = [np.fromfile(folder / f, np.uint8).reshape(-1, 3073) for f in files]
    rows = np.concatenate(rows)
    images = rows[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return images, rows[:, 0]


def original_places(source):
    """Returns where the images of a source are in the files of its split."""
    return [
        int(record.labels["id"].rpartition("_")[2])
        for record in source.records()
    ]


def place_archive(folder, data_dir):
    """Packs the folder to where a user would place the archive by hand."""
    path = data_dir / "downloads" / "manual" / "cifar-10-binary.tar.gz"
    path.parent.mkdir(parents=True)
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        archive.add(folder, folder.name)
    return path


def register(monkeypatch, path):
    """Makes the archive the one that tensorflow-datasets knows."""
    import tensorflow_datasets as tfds

    cls = tfds.image_classification.Cifar10
    ((url, info),) = cls.url_infos.items()
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    known = type(info)(path.stat().st_size, checksum, info.filename)
    monkeypatch.setattr(cls, "url_infos", {url: known})
