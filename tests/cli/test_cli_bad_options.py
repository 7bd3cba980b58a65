"""Every mistake on the command line gets one sentence, and nothing else.

A table per command: what is given, and words of the sentence.
"""

import json
import shlex

import numpy as np
import pytest
from PIL import Image

import progan_keras as pk
from progan_keras.cli.main import main

TRAIN = {
    "--resolution=48": "resolution=48",
    "--resolution=2": "resolution=2",
    "--resolution=2048": "resolution=2048",
    "--resolution=-8": "resolution=-8",
    "--resolution=8.0": "invalid int value: '8.0'",
    "--resolution": "expected one argument",
    "--channels=2": "num_channels=2",
    "--fmap-base=0": "fmap_base=0",
    "--fmap-max=-1": "fmap_max=-1",
    "--fmap-max=many": "invalid int value",
    "--latent-dim=0": "latent_dim=0",
    "--attention=5": "resolution=5",
    "--attention=64 --resolution=8": "attention_resolution=64",
    "--conditional=both": "invalid choice: 'both'",
    "--conditional --labels=colour": "labels='colour'",
    "--labels=style": "--conditional",
    "--seed=-1": "seed=-1",
    "--seed=4294967296": "seed=4294967296",
    "--seed=x": "invalid int value",
    "--recipe=quick": "Did you mean 'quickstart'",
    "--recipe=missing.json": "no file with a recipe",
    "--recipe={folder}/recipe.json": "batch_size=0",
    "--recipe={folder}/deep.json": "nests too many",
    "--recipe=": "recipe=''",
    "--loss=wgan": "loss='wgan'",
    "--loss-option=gamma": "--loss-option gamma",
    "--loss-option=beta=3": "beta",
    "--loss-option=penalty_interval=10000000000000000000000": "whole number",
    "--fmap-max=1000000000 --fmap-base=1000000000": "million parameters",
    "--latent-dim=1000000000": "million parameters",
    "--batch-size=10000000000000000000000": "whole number",
    "--update=both": "update='both'",
    "--batch-size=0": "batch_size=0",
    "--batch-size=-16": "batch_size=-16",
    "--learning-rate=0": "learning_rate=0.0",
    "--learning-rate=nan": "learning_rate=nan",
    "--learning-rate=inf": "learning_rate=inf",
    "--stabilise-kimg=-1": "stabilise_images=-1000",
    "--stabilise-kimg=inf": "stabilise_images=inf",
    "--fade-kimg=nan": "fade_images=nan",
    "--total-kimg=0": "total_images=0",
    "--total-kimg=1": "give more in all",
    "--tick-kimg=0": "tick_kimg=0.0",
    "--tick-kimg=nan": "tick_kimg=nan",
    "--mirror --no-mirror": "not allowed with",
    "--devices=0": "devices",
    "--precision=float8": "precision='float8'",
    "--from={folder}": "Expected a run folder",
    "--from={preset} --channels=1": "--channels",
    "--from={preset} --freeze-below=16": "frozen_below=16",
    "--from={preset} --freeze-below=7": "resolution=7",
    "--from=missing": "'missing'",
    "--freeze-below=8": "--freeze-below 8",
    "missing": "'missing'",
    "{folder}/recipe.json": "recipe.json",
    "{folder}/empty": "no images",
    "{folder}/x.npz --fit=zoom": "fit='zoom'",
    "{folder}/x.npz --background=blau": "blau",
    "{folder}/x.npz --split=test": "split='test'",
    "{folder}/x.npz --data-dir=x": "data_dir='x'",
    "--colour=red": "unrecognized arguments",
    "a b": "unrecognized arguments",
}
# These are wrong only where something is trained.
REAL_TRAIN = {
    "{data} --metrics=swd2": "swd2",
    "{data} --metrics=swd --metrics-kimg=0": "metrics_kimg=0.0",
    "{data} --metrics=swd --metrics-count=1": "count=1",
    "{data} --metrics=kid --features=vgg": "'vgg'",
    "{data} --run-dir={folder}/recipe.json": "recipe.json",
    "{data} --from={runs} --run-dir={runs}": "another --run-dir",
}
GENERATE = {
    "": "the following arguments are required: run",
    "missing": "'missing'",
    "{folder}/recipe.json": "recipe.json",
    "{folder}/x.npz": "x.npz",
    "{run}": "has no checkpoint yet",
    "{preset} --count=0": "count=0",
    "{preset} --count=-1": "=-1",
    "{preset} --count=x": "invalid int value",
    "{preset} --seed=-1": "seed=-1",
    "{preset} --resolution=16": "resolution=16",
    "{preset} --resolution=5": "resolution=5",
    "{preset} --columns=0": "columns=0",
    "{preset} --columns=-3": "columns=-3",
    "{preset} --scale=0": "scale=0",
    "{preset} --scale=-2": "scale=-2",
    "{preset} --scale=1000000": "a smaller scale",
    "{preset} --truncation=1.5": "truncation=1.5",
    "{preset} --truncation=-1": "truncation=-1.0",
    "{preset} --truncation=nan": "truncation=nan",
    "{preset} --truncation=much": "invalid float value",
    "{preset} --columns=1000000000": "fewer columns",
    "{preset} --class=cat": "without classes",
    "{preset} --by-class": "without classes",
    "{classes} --class=bird": "bird",
    "{classes} --class=7": "7",
    "{classes} --by-class --columns=3": "--columns 3",
    "{classes} --by-class --count=0": "0",
    "{preset} --count=1 --output={folder}/x.npz/a.png": "a.png",
    "{preset} --count=1 --output=a.xyz": "a.xyz",
}
EVALUATE = {
    "": "the following arguments are required: preset",
    "missing": "'missing'",
    "{preset}": "real images",
    "{preset} missing": "'missing'",
    "{preset} {data} --metrics=": "metrics",
    "{preset} {data} --metrics=swd,foo": "foo",
    "{preset} {data} --metrics=kid --features=vgg": "vgg",
    "{large} {data} --count=1": "count=1",
    "{large} {data} --count=-5": "count=-5",
    "{large} {data} --count=1000000": "count=1000000",
    "{preset} {data} --resolution=4": "at least 16x16",
    "{preset} {data} --resolution=64": "resolution=64",
    "{preset} {data} --seed=-1": "seed=-1",
    "{preset} {data} --fit=zoom": "zoom",
    "{run}": "has no checkpoint yet",
}
TIMELAPSE = {
    "": "the following arguments are required: run",
    "missing": "'missing'",
    "{preset}": "Expected a run folder",
    "{run}": "no image grids yet",
    "{filmed} --scale=0": "scale=0",
    "{filmed} --scale=100000": "scale=100000",
    "{filmed} --duration=0": "duration=0",
    "{filmed} --duration=-5": "duration=-5",
    "{filmed} --output=film.txt": "film.txt",
    "{filmed} --output={folder}/x.npz/film.gif": "film.gif",
    "{filmed} --output={folder}/x.npz/film.mp4": "film.mp4",
}
WALK = {
    "": "the following arguments are required: run",
    "missing": "'missing'",
    "{run}": "has no checkpoint yet",
    "{preset} --frames=0": "frames=0",
    "{preset} --points=1": "points=1",
    "{preset} --count=0": "count=0",
    "{preset} --seed=-1": "seed=-1",
    "{preset} --class=cat --frames=1": "num_classes=0",
    "{preset} --columns=0 --frames=1": "columns=0",
    "{preset} --scale=0 --frames=1": "scale=0",
    "{preset} --duration=1 --frames=1": "duration=1",
    "{preset} --output=walk.avi": "walk.avi",
    "{preset} --truncation=2 --frames=1": "truncation=2",
    "{preset} --output={folder}/x.npz/walk.mp4 --frames=2": "walk.mp4",
}
PROJECT = {
    "": "the following arguments are required: run, PICTURE",
    "{preset}": "the following arguments are required: PICTURE",
    "missing {small}": "'missing'",
    "{run} {small}": "has no checkpoint yet",
    "{preset} missing.png": "'missing.png'",
    "{preset} {folder}": "expected an image file",
    "{preset} {folder}/recipe.json": "not an image",
    "{preset} {picture}": "pictures of 8x8 pixels",
    "{preset} {small} {picture}": "of 12x20",
    "{preset} {glass}": "in RGBA",
    "{preset} {picture} --fit=zoom": "invalid choice: 'zoom'",
    "{preset} {small} --class=cat": "without classes",
    "{classes} {small} --class=bird": "'bird'",
    "{preset} {small} --steps=0": "steps=0",
    "{preset} {small} --steps=many": "invalid int value",
    "{preset} {small} --starts=0": "starts=0",
    "{preset} {small} --seed=-1": "seed=-1",
    "{preset} {small} --steps=1 --scale=0": "scale=0",
    "{preset} {small} --steps=1 --output=a.xyz": "a.xyz",
    "{preset} {small} --save-latents=z.npy": "z.npy",
    "{preset} {small} --film=film.avi": "film.avi",
}
REPORT = {
    "": "the following arguments are required: run",
    "missing": "'missing'",
    "{preset}": "Expected a run folder",
    "{folder}/x.npz": "x.npz",
    "{run} --output={folder}/x.npz/page.html": "page.html",
}
EXPORT = {
    "": "the following arguments are required: run",
    "missing": "'missing'",
    "{preset} --format=pickle": "invalid choice: 'pickle'",
    "{preset} --output={folder}/empty": "empty",
    "{preset} --format=keras --output=x.h5": "x.h5",
    "{preset} --format=onnx --output=x.tflite": "x.tflite",
    "{preset} --format=litert --output=x": "ends in .tflite",
    "{run}": "has no checkpoint yet",
}
DEMO = {
    "": "the following arguments are required: run",
    "missing": "'missing'",
    "{run}": "has no checkpoint yet",
    "{preset} --no-open --port=x": "invalid int value",
    "{preset} --no-open --port=65536": "port=65536",
}
CONVERT = {
    "": "the following arguments are required: weights, output",
    "missing.pkl": "the following arguments are required: output",
    "missing.pkl out": "missing.pkl",
    "missing.bin out": "missing.bin",
    "missing out": "'missing'",
    "{folder}/x.npz out": "x.npz",
    "{folder}/bad.pkl out": "not a pickle",
    "{folder}/bad.bin out": "bad.bin",
    "{folder} out": "Received",
}
DATA = {
    "": "the following arguments are required: ACTION",
    "paint": "invalid choice: 'paint'",
    "inspect": "the following arguments are required: data",
    "inspect missing": "'missing'",
    "inspect {folder}/recipe.json": "recipe.json",
    "inspect {folder}/empty": "no images",
    "inspect {data} --resolution=5": "resolution=5",
    "inspect {data} --fit=zoom": "zoom",
    "inspect {data} --sheet=a.jpg": "--sheet a.jpg",
    "prepare": "the following arguments are required: data",
    "prepare missing": "'missing'",
    "prepare {data} --resolution=5": "resolution=5",
    "prepare {data} --channels=2": "num_channels=2",
    "prepare {data} --background=blau": "blau",
    "prepare {data} --cache-dir={folder}/x.npz": "x.npz",
    "prepare {folder}/broken.npz": "broken.npz",
    "list --all": "unrecognized arguments",
    "list names": "unrecognized arguments",
    "clear": "Say what to clear",
    "clear --all x": "and --all",
    "clear missing": "missing",
    "clear ../../{folder}": "Received",
    "clear /": "Received",
}
TABLES = {
    "train --dry-run": TRAIN,
    "train": REAL_TRAIN,
    "generate": GENERATE,
    "evaluate": EVALUATE,
    "timelapse": TIMELAPSE,
    "walk": WALK,
    "project": PROJECT,
    "report": REPORT,
    "export": EXPORT,
    "demo": DEMO,
    "convert": CONVERT,
    "data": DATA,
}
LINES = [
    (f"{command} {arguments}".strip(), words)
    for command, table in TABLES.items()
    for arguments, words in table.items()
]
# What commands say on standard error before they meet a mistake.
PROGRESS = ("Preparing ", "Prepared ")


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Good and bad files, by the names that the tables have for them."""
    folder = tmp_path_factory.mktemp("files")
    small = {"latent_dim": 4, "fmap_base": 8, "fmap_max": 4}
    pk.ProGAN(8, **small).save_preset(folder / "preset")
    pk.ProGAN(16, **small).save_preset(folder / "large")
    gan = pk.ProGAN(8, **small, num_classes=2)
    gan.class_names = ["cat", "dog"]
    gan.save_preset(folder / "classes")
    options = {"network": {"resolution": 8}, "data": {}, "training": {}}
    stages = pk.Schedule(8, stabilise_images=9, fade_images=9).to_dict()
    options["training"] = {
        "loss": "WassersteinGP()",
        "update": "alternating",
        "stages": stages,
    }
    for name in ("run", "filmed"):
        (folder / "runs" / f"00000-{name}" / "grids").mkdir(parents=True)
        path = folder / "runs" / f"00000-{name}" / "options.json"
        path.write_text(json.dumps(options))
    grid = folder / "runs" / "00000-filmed" / "grids" / "fakes-000001.png"
    Image.new("RGB", (80, 8)).save(grid)
    Image.new("RGB", (8, 8)).save(folder / "small.png")
    Image.new("RGB", (12, 20)).save(folder / "picture.png")
    Image.new("RGBA", (8, 8)).save(folder / "glass.png")
    (folder / "recipe.json").write_text('{"batch_size": 0}')
    (folder / "deep.json").write_text("[" * 10**5)
    (folder / "empty").mkdir()
    np.savez(folder / "x.npz", images=np.zeros((8, 8, 8, 3), np.uint8))
    (folder / "broken.npz").write_bytes(b"PK")
    (folder / "bad.pkl").write_bytes(b"\x80\x04nothing")
    (folder / "bad.bin").write_bytes(b"nothing")
    return {
        "folder": folder,
        "preset": folder / "preset",
        "classes": folder / "classes",
        "large": folder / "large",
        "runs": folder / "runs",
        "run": folder / "runs" / "00000-run",
        "filmed": folder / "runs" / "00000-filmed",
        "data": folder / "x.npz",
        "small": folder / "small.png",
        "picture": folder / "picture.png",
        "glass": folder / "glass.png",
    }


def contents(*folders):
    """Path -> bytes of all files, None for folders."""
    return {
        path: path.read_bytes() if path.is_file() else None
        for folder in folders
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize(("line", "words"), LINES, ids=[x for x, _ in LINES])
def test_a_mistake_gets_one_sentence(
    line, words, places, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROGAN_KERAS_CACHE", str(tmp_path / "cache"))
    before = contents(places["folder"])
    arguments = shlex.split(line.format(**places))
    try:
        code = main(arguments)
    except SystemExit as end:  # a mistake that argparse sees
        code = end.code
    printed = capsys.readouterr()
    assert code == 2
    *before_it, last = [
        line
        for line in printed.err.splitlines()
        if not line.startswith(PROGRESS)
    ]
    assert words in last
    assert last.startswith("progan")
    assert "Traceback" not in printed.err
    if before_it:  # argparse's own, several lines
        assert before_it[0].startswith("usage: progan")
        assert ": error: " in last
    assert contents(places["folder"]) == before
    # Images may have been prepared by then.
    assert {path.name for path in tmp_path.iterdir()} <= {"cache"}
