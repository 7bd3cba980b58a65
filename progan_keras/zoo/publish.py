"""From a run to a preset for others: networks, exports, pictures, a card."""

import dataclasses
import json
import logging
import os
from pathlib import Path

from progan_keras.evaluation import evaluate, trained_on
from progan_keras.export import export
from progan_keras.figures.history import History
from progan_keras.files import atomic_path
from progan_keras.images import image_grid, save_image
from progan_keras.networks.cost import count_parameters
from progan_keras.report import facts
from progan_keras.report.reproduce import training_call
from progan_keras.training.film import film_run
from progan_keras.training.runs import load_run
from progan_keras.zoo.card import CARD, card_text
from progan_keras.zoo.preset import DESCRIPTION, save_preset

METRICS = ("swd", "ms_ssim", "kid", "fid", "precision_recall", "duplicates")
SEED = 7  # of the grid
_LOG = logging.getLogger("progan_keras")


def publish(
    run,
    path,
    title,
    notes="",
    licence=None,
    beside=None,
    images=None,
    overwrite=False,
):
    """Write a preset with everything that others need to judge and use it.

    The folder holds `preset.json` and `weights.npz`, which
    `ProGAN.from_preset` reads: all networks, to generate or to go on from;
    `generator.keras` and `saved_model/`, the average generator alone; the
    run's `options.json`; `grid.png`, uncurated pictures of a fixed seed;
    `timelapse.gif`; `card.json`, all facts and scores, and `README.md`, the
    same for people.

    Args:
        run: Path of a run folder, or of a folder that holds runs (the newest).
        path: Folder to write; its name becomes that of the preset.
        title: String, what the pictures show, in some words.
        notes: String in Markdown, what you saw: how the pictures look, what
            fails, what they are good for.
        licence: String, terms of the images; None for those recorded.
        beside: Dict from words such as "not growing" to paths of runs, which
            are measured for comparison.
        images: `ImagePyramid` to measure against; None for the ones that the
            run was trained on, if they are still prepared.
        overwrite: Whether to replace what was published there before.

    Returns:
        `pathlib.Path` of the folder, complete or not at all.

    Raises:
        FileExistsError: if something else is there, or `overwrite` is false.
        ValueError: if there is no trained run, or its images are gone.
        OSError: if it cannot be written.
    """
    path = Path(path).expanduser()
    if path.exists() and not (overwrite and (path / CARD).exists()):
        raise FileExistsError(
            f"{path} exists already; choose another name, or overwrite it "
            "(overwrite=True, or --overwrite) if it was published before."
        )
    history = History(run)
    gan = load_run(history.run.path)
    images = trained_on(history.run) if images is None else images
    others = {
        words: _measured(History(other), images)
        for words, other in (beside or {}).items()
    }
    card = {**_facts(title, licence, history, gan), **_measured(history, images, gan)}
    card["beside"] = others
    with atomic_path(path) as temporary:
        save_preset(gan, temporary)
        export(gan, temporary / "generator.keras", "keras")
        export(gan, temporary / "saved_model", "saved_model")
        film_run(history.run.path, temporary / "timelapse.gif", scale=1)
        save_image(grid(gan), temporary / "grid.png")
        _write_json(_options(history.run), temporary / "options.json")
        _write_json(card, temporary / CARD)
        text = card_text(path.name, card, notes)
        (temporary / "README.md").write_text(text, encoding="utf-8")
    return path


def _measured(history, images, gan=None):
    """How long a run was trained, and what its average is worth."""
    _LOG.info("measuring %s", history.name)
    scores = evaluate(gan or load_run(history.run.path), images, METRICS)
    return {
        "kimg": history.kimg,
        "minutes": round(facts.training_seconds(history) / 60, 1),
        "scores": scores,
    }


def _facts(title, licence, history, gan):
    options = history.run.options
    last = {
        family: pairs[-1].straight for family, pairs in gan.families.items()
    }
    return {
        "title": title,
        "resolution": gan.config.resolution,
        "class_names": list(gan.class_names),
        "data": options["data"]["name"],
        "images": options["data"]["images"],
        "licence": licence or facts.licence(options["data"]),
        "notice": gan.notice,
        "hardware": _hardware(),
        "versions": {
            name: options[name]
            for name in ("progan_keras", "keras", "tensorflow")
        },
        "parameters": {
            family: count_parameters(last[family])
            for family in ("generator", "discriminator")
        },
        "latent_dim": gan.config.latent_dim,
        "stages": [dataclasses.asdict(stage) for stage in history.stages],
        "program": training_call(options),
    }


def _hardware():
    """The machine that publishes, in some words."""
    import tensorflow as tf

    gpus = len(tf.config.list_physical_devices("GPU"))
    told = f"{gpus} GPUs" if gpus else "no GPU"
    return f"{os.cpu_count()} CPU cores, {told}"


def _options(run):
    """Those of a run, without the folders of this machine."""
    data = run.options["data"]
    source = facts.without_path(data.get("source") or "")
    return {**run.options, "data": {**data, "source": source}}


def grid(gan):
    """Return uncurated pictures: 64, or eight of each class in a row.

    Args:
        gan: `ProGAN`.
    """
    if not gan.config.num_classes:
        return image_grid(gan.generate(64, seed=SEED), 8, scale=2)
    pictures = gan.generate_by_class(8, seed=SEED)
    return image_grid(pictures, 8, scale=2, row_names=gan.class_names)


def _write_json(document, path):
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")
