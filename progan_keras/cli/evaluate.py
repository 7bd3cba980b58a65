"""Measure a trained GAN, beside the same for real images.

Without DATA, a run is measured on the images that it was trained on, if they
are still prepared.
"""

import json
import sys
from pathlib import Path

from progan_keras.cli import data_options
from progan_keras.cli.shared import PRESET_HELP, show_log

HELP = "measure with SWD, MS-SSIM, KID and others"


def add_arguments(parser):
    """Declare the options of `progan evaluate`."""
    parser.add_argument("preset", help=PRESET_HELP)
    parser.add_argument(
        "data", nargs="?", help=f"real images: {data_options.DATA_HELP}"
    )
    data_options.add_arguments(parser)
    parser.add_argument(
        "--metrics",
        default="swd,ms_ssim",
        help="some of swd, ms_ssim, fid, kid, inception_score, "
        "precision_recall, duplicates, with commas (default: %(default)s)",
    )
    parser.add_argument(
        "--features",
        default="efficientnet_lite0",
        help="network for fid, kid, inception_score and precision_recall: "
        "efficientnet_lite0 or inception_v3 (default: %(default)s)",
    )
    parser.add_argument(
        "--count",
        type=int,
        help="images of each kind (default: half of the real ones, at most "
        "16,384)",
    )
    parser.add_argument(
        "--resolution",
        type=int,
        help="where to measure (default: the GAN's)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="default: %(default)s"
    )
    parser.add_argument(
        "--json", action="store_true", help="print JSON, for programs"
    )


def run(options):
    """Measure, print, and add a line to the run's records."""
    import progan_keras as pk
    from progan_keras.evaluation import measures, trained_on
    from progan_keras.training.scores import record_scores

    show_log(sys.stderr)
    metrics = [name for name in options.metrics.split(",") if name]
    measures.get(metrics)  # a wrong name is told at once
    gan = pk.ProGAN.from_preset(options.preset)
    run = _find_run(options.preset)
    if options.data:
        images = pk.data.load(
            options.data,
            resolution=gan.config.resolution,
            num_channels=gan.config.num_channels,
            **data_options.load_options(options),
        )
    elif run is not None:
        images = trained_on(run)
    else:
        raise ValueError(
            "A preset is measured against real images: name them after it. "
            f"Received: {options.preset} alone"
        )
    scores = pk.evaluate(
        gan,
        images,
        metrics=metrics,
        count=options.count,
        seed=options.seed,
        features=options.features,
        resolution=options.resolution,
    )
    if options.json:
        print(json.dumps(scores, indent=2))
    else:
        print(pk.evaluation.table(scores))
    if run is not None:
        record_scores(run, gan.images_seen / 1000, scores)


def _find_run(preset):
    """Return the run that a preset is, or None."""
    from progan_keras.training.runs import find_run

    path = Path(preset)
    if (path / "preset.json").exists() or not path.is_dir():
        return None
    return find_run(path)
