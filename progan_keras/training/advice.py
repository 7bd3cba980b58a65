"""What a run's records say may be going wrong, in plain language.

Pure functions over the records so far. Each rule looks for one illness and
returns what it sees and what usually helps, or None; `advise` says each once
per stage.

Thresholds are rules of thumb, and the sentences say so. Runs of the recipe
quickstart and of WGAN-GP that went well stay silent, and runs that were made
ill on purpose speak: a learning rate twenty times too high, a G that does not
learn, twenty images, no penalty, one far too strong. The numbers beside the
thresholds are from those runs.
"""

import functools
import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass

from progan_keras.training.history import History

EASY = 0.1  # D's loss by that of guessing: healthy 0.6, G stopped 0.01
FAR_APART = 0.5  # Wasserstein distance per pixel: healthy 0.25, G stopped 1.5
MEMORISED = 0.35  # like EASY: 20 images 0.2
EPOCHS = 200  # with D's loss as low as that
MANY_EPOCHS = 1000  # in any case
COLLAPSE = 0.3  # deviation of fakes by that of reals: healthy 0.4 to 1
ALIKE = 0.15  # MS-SSIM of fakes less that of reals: healthy up to 0.1
WEIGHTS_GROW = 2.0  # or shrink by as much: healthy 1.1
ACTIVATIONS_GROW = 10.0  # healthy up to 5
LOSSES_GROW = 10.0
LARGE_LOSS = 100.0  # healthy up to 5
FLAT = 0.05  # change of D's score where all pixels change by 1: healthy 10
OFF_GAMMA = 2.0  # D's gradient by gamma, or the inverse: healthy 1.2
FAR_AVERAGE = 0.1  # healthy 0.04

# D's last layer. What leaves it are scores, which may grow to any size; the
# losses tell when that is too large.
SCORES = "4x4_dense1"


@dataclass(frozen=True)
class Setting:
    """What a run is trained with, as far as advice depends on it.

    Attributes:
        num_images: Integer, images in the data set.
        learning_rate: Float, of the stage.
        d_loss: Function from a score of reals and a score of fakes to D's
            loss without penalty, all floats.
        gamma: Float, the norm that a penalty draws D's gradient to; None
            where there is no such penalty.
    """

    num_images: int
    learning_rate: float
    d_loss: Callable
    gamma: float | None = None

    @functools.cached_property
    def guessing(self):
        """D's loss where it gives all images the one score that suits best.

        Zero for Wasserstein's loss, which has no level to compare with.
        """
        return min(self.d_loss(c, c) for c in (-1.0, -0.5, 0.0, 0.5, 1.0))

    def ease(self, record):
        """D's loss at its mean scores, as a share of that of guessing."""
        if self.guessing <= 0.0:
            return math.inf
        return self.d_loss(record["d_real"], record["d_fake"]) / self.guessing


def advise(records, setting):
    """Return the warnings that are due at a tick.

    Args:
        records: List of dicts as `RunFolder.records` gives them, ending with
            the one of this tick.
        setting: `Setting`.

    Returns:
        List of strings, one per illness, none of which was said in this stage
        before.
    """
    history = History(records)
    warned = history.warned()
    warnings = []
    for name, rule in _RULES.items():
        sees = rule(history, setting)
        if sees and not any(text.startswith(name) for text in warned):
            warnings.append(f"{name}: {sees}")
        if sees and rule is _diverged:
            break  # nothing else can be compared
    return warnings


def _diverged(history, setting):
    """Numbers are no longer finite."""
    lost = next(history.not_finite(), None)
    if lost is None:
        return None
    name, value = lost
    return (
        f"{name} is {value}, and nothing comes back from that. Stop, and start "
        "again with a smaller learning_rate (it is "
        f"{setting.learning_rate:g}) or a larger batch_size."
    )


def _diverging(history, setting):
    """Losses, or what is in a layer, change by orders of magnitude."""
    sees = _growing_losses(history, setting) or _growing_layers(history)
    if sees is None:
        return None
    return (
        f"{sees}. Usual remedies: a smaller learning_rate (it is "
        f"{setting.learning_rate:g}), a larger batch_size, and a penalty on "
        "D's gradient where there is none. (A rule of thumb.)"
    )


def _growing_losses(history, setting):
    sizes = [max(abs(r["d_loss"]), abs(r["g_loss"])) for r in history.ticks]
    usual = statistics.median(sizes)
    large = LARGE_LOSS * (setting.gamma or 1.0)
    if sizes[-1] < max(large, LOSSES_GROW * usual):
        return None
    return (
        f"the losses are {history.now['d_loss']:.3g} (D) and "
        f"{history.now['g_loss']:.3g} (G), and used to be about {usual:.2g}"
    )


def _growing_layers(history):
    for kind, most in (
        ("weights", WEIGHTS_GROW),
        ("activations", ACTIVATIONS_GROW),
    ):
        for family, layer, old, new in history.growth(kind):
            if kind == "activations" and layer == SCORES:
                continue
            # What is small now may be small by chance; kernels are not.
            shrunk = kind == "weights" and new < old / most
            if new > old * most or shrunk:
                return (
                    f"the {kind} of the {family}'s layer {layer} went from "
                    f"{old:.3g} to {new:.3g} (root mean square) within a few "
                    "ticks"
                )
    return None


def _d_wins(history, setting):
    """D tells nearly all images apart, and G hardly learns by it."""
    now = history.now
    easy = history.last(setting.ease)
    apart = history.last(lambda r: _distance_per_pixel(r, setting))
    if easy and max(easy) < EASY:
        sees = f"its loss at these scores is {easy[-1]:.1%} of that of guessing"
    elif apart and min(apart) > FAR_APART:
        sees = (
            f"a distance of {apart[-1]:.2g} per pixel, as between images that "
            "have nothing in common"
        )
    else:
        return None
    first = history.stage[0]["g_loss"]
    rise = (
        f" G's loss rose from {first:.3g} to {now['g_loss']:.3g} in this stage."
        if now["g_loss"] > first
        else ""
    )
    return (
        f"it scores reals {now['d_real']:.3g} and fakes {now['d_fake']:.3g} on "
        f"average; {sees}.{rise} Usual remedies: a larger gradient_weight of "
        "the penalty, a smaller learning_rate (it is "
        f"{setting.learning_rate:g}), more images. (A rule of thumb.)"
    )


def _distance_per_pixel(record, setting):
    """The Wasserstein distance, by the length of a change of all pixels."""
    if setting.gamma is None:
        return 0.0
    gap = record["d_real"] - record["d_fake"]
    return gap / (setting.gamma * _length_of_all(record))


def _length_of_all(record):
    """How far an image is moved if each of its numbers changes by 1."""
    return 3**0.5 * record["resolution"]


def _collapse(history, setting):
    """The fakes are all alike."""
    ratios = history.last(lambda r: r["stdev_fake"] / r["stdev_real"])
    similarity = history.scores.get("ms_ssim", {})
    fakes, reals = similarity.get("value"), similarity.get("floor")
    if ratios and max(ratios) < COLLAPSE:
        sees = (
            "generated images differ from one another far less than real ones "
            f"do: minibatch standard deviation {history.now['stdev_fake']:.3g}"
            f" against {history.now['stdev_real']:.3g}"
        )
    elif None not in (fakes, reals) and fakes > reals + ALIKE:
        sees = (
            "generated images resemble one another far more than real ones "
            f"do: MS-SSIM {fakes:.2f} against {reals:.2f}"
        )
    else:
        return None
    return (
        f"{sees}. Look at the grid. Usual remedies: a larger gradient_weight "
        "of the penalty, a smaller learning_rate (it is "
        f"{setting.learning_rate:g}), a larger batch_size, and minibatch="
        '"stdev" if that was switched off. (A rule of thumb.)'
    )


def _gradient(history, setting):
    """D is flat, or far from as steep as its penalty wants it."""
    norms = history.last(lambda r: r["gradient_norm"])
    if not norms:
        return None
    rate = f"a smaller learning_rate (it is {setting.learning_rate:g})"
    if max(norms) * _length_of_all(history.now) < FLAT:
        return (
            f"its norm is {norms[-1]:.2g}: scores hardly depend on the image, "
            "and G has nothing to go by. Usual remedies: a smaller "
            f"gradient_weight of the penalty, {rate}. (A rule of thumb.)"
        )
    if setting.gamma is None:
        return None
    off = [abs(math.log(max(norm, 1e-9) / setting.gamma)) for norm in norms]
    # From below a large gamma takes long: its penalty, which is divided by
    # gamma^2, hardly draws.
    below = setting.gamma > 1 and norms[-1] < setting.gamma
    on_its_way = below or off[-1] < off[0]
    if on_its_way or min(off) < math.log(OFF_GAMMA):
        return None
    return (
        f"its norm is {norms[-1]:.3g} half-way between reals and fakes, where "
        f"the penalty draws it to {setting.gamma:g}. Usual remedies: a larger "
        f"gradient_weight, {rate}. (A rule of thumb.)"
    )


def _few_images(history, setting):
    """D has seen every image so often that it may know them by heart."""
    now = history.now
    epochs = 1000 * now["kimg"] / setting.num_images
    easy = history.last(setting.ease)
    memorised = bool(easy) and max(easy) < MEMORISED
    if epochs < (EPOCHS if memorised else MANY_EPOCHS):
        return None
    sign = (
        f" D tells them from fakes well (scores {now['d_real']:.3g} and "
        f"{now['d_fake']:.3g}), perhaps because it knows them by heart."
        if memorised
        else ""
    )
    return (
        f"each of the {setting.num_images:,} images was shown {epochs:,.0f} "
        f"times.{sign} From here on G may learn to copy them. Usual remedies: "
        "more images, mirror=True where that makes sense, starting from "
        "trained weights, fewer kimg. (A rule of thumb.)"
    )


def _slow_average(history, setting):
    """The average, which makes the pictures, is not where G is."""
    distances = history.last(lambda r: r["ema_distance"])
    if not distances or min(distances) < FAR_AVERAGE:
        return None
    return (
        "the average of G, which makes the pictures, differs from G by "
        f"{distances[-1]:.0%}. Either it forgets too slowly (take a smaller "
        "ema_half_life or ema_decay) or G moves too fast (a smaller "
        f"learning_rate; it is {setting.learning_rate:g}). (A rule of thumb.)"
    )


_RULES = {
    "Diverged": _diverged,
    "Diverging": _diverging,
    "D wins": _d_wins,
    "Mode collapse": _collapse,
    "D's gradient": _gradient,
    "Few images": _few_images,
    "Average behind": _slow_average,
}
