"""What a run is: everything needed to do it again."""

import dataclasses

import keras
import tensorflow as tf

from progan_keras.version import __version__


def run_options(plan):
    """Return everything needed to do a run again, for its `options.json`.

    Args:
        plan: `Plan` with images.

    Returns:
        Dict for JSON, see `schemas.RUN_OPTIONS`.
    """
    images = plan.images
    data = {
        "name": images.name,
        "source": images.source,
        "licence": images.licence,
        "fingerprint": images.fingerprint,
        "images": len(images),
    }
    if plan.gan.config.num_classes:
        data["class_names"] = images.class_names
    return {
        "progan_keras": __version__,
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "network": dataclasses.asdict(plan.gan.config),
        "data": data,
        "training": plan.to_dict(),
        "load": images.load_arguments(),
        "tick_images": plan.tick_images,
        "devices": plan.replicas,
        "notice": plan.gan.notice,
    }


def remarks(run, options, left):
    """Yield what the user should know of a run that is taken up.

    Args:
        run: `RunFolder`.
        options: Dict, those of now.
        left: Sentence on how the last process left, or None.
    """
    if not run.checkpoints:
        return
    if left:
        yield f"the run was not ended properly, {left}"
    for name in ("devices", "progan_keras", "keras", "tensorflow"):
        before, now = run.options.get(name), options[name]
        if before != now:
            yield (
                f"begun with {name} {before}, now {now}: the result will not "
                "be the same to the last bit"
            )
