"""List the trained GANs that come with this project.

Their names stand for folders wherever a run is asked for: `progan generate
NAME`, `progan train MY_PICTURES --from NAME`.
"""

HELP = "list the trained GANs there are"


def add_arguments(parser):
    """Declare the options of `progan presets`."""
    parser.add_argument(
        "--json", action="store_true", help="print JSON, for programs"
    )


def run(options):
    """Print the list."""
    from progan_keras import zoo

    presets = zoo.presets()
    if options.json:
        import dataclasses
        import json

        found = {n: dataclasses.asdict(p) for n, p in presets.items()}
        print(json.dumps(found, indent=2))
        return
    for name, preset in presets.items():
        classes = f", {preset.num_classes} classes" * bool(preset.num_classes)
        side = preset.resolution
        print(f"{name}\n  {preset.title}, {side}x{side}{classes}")
        print(
            f"  {preset.data} (licence: {preset.licence}), {preset.kimg:g} kimg"
        )
        scores = [
            f"{metric} {_told(score)}"
            for metric, score in preset.scores.items()
        ]
        print(f"  {', '.join(scores)}")
        print(f"  {preset.folder or 'downloaded when first used'}\n")
    first = next(iter(presets))
    print(f"Try: progan generate {first} --seed 7")


def _told(score):
    """A value beside that of real images: "12.3 (reals 4.56)"."""
    floor = score["floor"]
    told = f"{score['value']:.3g}"
    return told if floor is None else f"{told} (reals {floor:.3g})"
