"""What the facts of an inspection mean, in plain words, and what to do.

The numbers of images are rules of thumb, from the paper's data sets and from
what GANs do with few images; nothing here is a law.
"""

BATCH = 16
FEW = 2_000
CELEBA_HQ = 30_000
_PAPER = "the paper's data sets (CelebA-HQ 30,000, CIFAR-10 50,000)"
# Below so many images, or so much rarer than others, a class is learnt badly.
_SMALL_CLASS = 100
_IMBALANCE = 10
_CLASSES_NAMED = 3
_SMALLEST_RESOLUTION = 4
_LOW = 32


def find_all(facts):
    """Draws conclusions, those that stop a training first.

    Args:
        facts: dict as described at `Inspection`, without "findings".

    Returns:
        List of dicts with "topic" (str), "text" (str, what is the case) and
        "advice" (str, what to do, or `None` if there is nothing to do).
    """
    return [
        {"topic": topic, "text": text, "advice": advice}
        for topic, find in _TOPICS.items()
        if topic == "broken" or facts["images"]["usable"]
        for text, advice in find(facts)
    ]


def _broken(facts):
    images, broken = facts["images"], len(facts["images"]["broken"])
    if not images["usable"]:
        yield (
            "There is no image that can be used, so nothing can be trained.",
            "Look at the reasons above; JPEG and PNG are the safest formats.",
        )
    elif broken:
        yield (
            f"{broken:,} of {images['found']:,} images cannot be used, and "
            "preparing stops at them.",
            "Repair or remove them, or leave them out with `--skip-broken`.",
        )


def _resolution(facts):
    found = facts["resolution"]
    every, most = found["supported"], found["supported_by_most"]
    chosen, enlarged = found["chosen"], found["enlarged"]
    if every is None and not found["asked"]:
        yield (
            f"Some images are less than {_SMALLEST_RESOLUTION} pixels wide or "
            "high, so no resolution suits all of them.",
            f"Remove them, or pass `--resolution {chosen}` to enlarge them.",
        )
    elif enlarged:
        lower = every or most
        others = f", or pass `--resolution {lower}`" if lower else ""
        yield (
            f"{_are(enlarged)} smaller than {chosen}x{chosen} and will be "
            "enlarged, which makes them blurred.",
            f"Remove {_them(enlarged)}{others}.",
        )
    elif not found["asked"] and most > chosen == every:
        yield (
            f"A few small images keep the resolution down: 95 % of all would "
            f"do for {most}x{most}.",
            f"Remove the smallest, or pass `--resolution {most}` to enlarge "
            "them.",
        )


def _amount(facts):
    count = facts["duplicates"]["distinct"]
    different = f"{count:,} different image{'s' * (count != 1)}"
    remedies = ["Collect more"]
    if not facts["mirror"]:  # else it is on already
        remedies.append(
            "flip half of them by `--mirror` if left and right do not matter"
        )
    if count < BATCH:
        yield (
            f"{different}: fewer than a batch of {BATCH}. A GAN can only "
            "learn them by heart.",
            "Collect some hundred at least, better some thousand. The embedded "
            "`emoji_portraits` are there to practise with.",
        )
    elif count < FEW:
        if facts["resolution"]["chosen"] > _LOW:
            remedies.append(f"stay low (`--resolution {_LOW}`)")
        yield (
            f"{different} are few. As a rule of thumb, below about {FEW:,} a "
            "GAN repeats the images it has seen rather than inventing new "
            "ones.",
            f"{', '.join(remedies)}, or start from trained weights (`--from`).",
        )
    elif count < CELEBA_HQ:
        yield (
            f"{different}: enough to begin with, though fewer than in "
            f"{_PAPER}. As a rule of thumb, more images give more variety, "
            "above all at high resolutions.",
            f"{', '.join(remedies)}, or look for memorised images among the "
            "results.",
        )
    else:
        yield f"{different}: as many as in {_PAPER}.", None


def _duplicates(facts):
    found = facts["duplicates"]
    exact, near = (
        sum(len(group) - 1 for group in found[kind])
        for kind in ("exact", "near")
    )
    if exact or near:
        yield (
            f"{exact:,} exact and {near:,} near copies of other images. What "
            "is there twice is learnt twice, and comes out more often.",
            "Unless that is meant, remove all but the first of each group "
            'listed under "duplicates" by `--json`.',
        )
    if found["in_several_classes"]:
        groups = found["in_several_classes"]
        yield (
            f"The same image is in several classes, {len(groups):,} "
            f"time{'s' * (len(groups) > 1)}, for instance "
            f"{' and '.join(groups[0][:2])}.",
            "Keep it where it belongs, and remove it elsewhere.",
        )


def _fit(facts):
    fit = facts["fit"]
    count = fit["over_a_third"]
    # Whoever asks for "celeba_128" wants what it cuts.
    if not count or fit["shape"] == "celeba_128":
        return
    yield {
        "crop": (
            f"{_have(count)} more than a third cut away.",
            "See the contact sheet; `--fit pad` keeps whole images.",
        ),
        "pad": (
            f"{_are(count)} more than a third background once padded, and "
            "the GAN learns the background too.",
            "`--fit crop` cuts to the centre instead.",
        ),
        "stretch": (
            f"{_are(count)} squeezed by more than a third.",
            "`--fit crop` and `--fit pad` keep proportions.",
        ),
    }[fit["shape"]]


def _classes(facts):
    labels = facts["labels"]
    field = labels["default_field"]
    if field in labels["unusable"]:
        yield (
            f"The labels {field!r} cannot be used. {labels['unusable'][field]}",
            "Training without `--conditional` needs none.",
        )
    counts = labels["fields"].get(field, {})
    largest = max(counts.values(), default=0)
    small = {
        name: count
        for name, count in sorted(counts.items(), key=lambda item: item[1])
        if count < _SMALL_CLASS or count * _IMBALANCE < largest
    }
    if small and len(counts) > 1:
        named = [f"{name} ({n:,})" for name, n in small.items()]
        more = len(named) - _CLASSES_NAMED
        if more > 0:
            named[_CLASSES_NAMED:] = [f"{more:,} more"]
        yield (
            f"{len(small):,} of {len(counts):,} classes are small (fewer than "
            f"{_SMALL_CLASS} images, or ten times rarer than the largest): "
            f"{', '.join(named)}. A conditional GAN learns them badly.",
            "Collect more of them, merge them, or leave them out.",
        )


def _grey(facts):
    count, channels = facts["files"]["grey"], facts["fit"]["channels"]
    if not count or channels == 1:
        return
    if count == facts["images"]["usable"]:
        yield (
            "All images are grey.",
            "`--channels 1` takes a third of the disk space.",
        )
    else:
        yield (
            f"{_are(count)} grey among coloured ones, and so will be some of "
            "what the GAN makes.",
            "Unless that is meant, remove the grey images, or make all grey "
            "with `--channels 1`.",
        )


def _transparent(facts):
    count = facts["files"]["transparent"]
    if count and facts["fit"]["channels"] != 4:
        yield (
            f"{_are(count)} transparent in places, which become "
            f"{facts['fit']['background']}.",
            "`--background` takes another colour; `--channels 4` keeps "
            "transparency.",
        )


def _several_frames(facts):
    count = facts["files"]["several_frames"]
    if count:
        yield (
            f"{_have(count)} several frames or pages, of which the first is "
            "used.",
            "Save the others as files of their own if you want them too.",
        )


def _are(count):
    return f"{count:,} image is" if count == 1 else f"{count:,} images are"


def _have(count):
    return f"{count:,} image has" if count == 1 else f"{count:,} images have"


def _them(count):
    return "it" if count == 1 else "them"


_TOPICS = {
    "broken": _broken,
    "resolution": _resolution,
    "amount": _amount,
    "duplicates": _duplicates,
    "fit": _fit,
    "classes": _classes,
    "grey": _grey,
    "transparent": _transparent,
    "several_frames": _several_frames,
}
