"""Well-known data sets of tensorflow-datasets: what they are, their terms.

Facts only, so that they can be listed without tensorflow-datasets. Any other
set of it with images can be loaded too; this is no list of what works.
"""

import dataclasses
from dataclasses import dataclass

_CELEBA_TERMS = "non-commercial research only"
_NO_NEW_TENSORFLOW = "here rather the published LMDB folder; see the README"


@dataclass(frozen=True)
class KnownSet:
    """What is known of a data set before it is downloaded.

    Attributes:
        name: str, as tensorflow-datasets spells it, with a configuration
            where the set has no useful default.
        what: str, what the images show, in a few words.
        images: int, number of images of the split "train".
        licence: str, the terms its authors or publishers state, or `None` if
            they state none.
        download: int, bytes to download, or `None` if nothing is downloaded.
        mirror: bool, whether horizontal flips suit the images.
        note: str, what else to know; may be empty.
    """

    name: str
    what: str
    images: int
    licence: str | None
    download: int | None
    mirror: bool
    note: str = ""


# Sizes are the sums of the files that tensorflow-datasets 4.9.10 registers.
_SETS = (
    KnownSet(
        "celeb_a",
        "faces of celebrities, 178x218",
        162_770,
        _CELEBA_TERMS,
        1_488_628_763,
        mirror=True,
        note='all 202,599 with split "all"; needs beautifulsoup4',
    ),
    KnownSet(
        "celeb_a_hq/1024",
        "faces of celebrities, 1024x1024; also /512, /256, ...",
        30_000,
        _CELEBA_TERMS,
        None,
        mirror=True,
        note="its archive is placed by hand",
    ),
    KnownSet(
        "cifar10",
        "animals and vehicles, 32x32",
        50_000,
        None,
        170_052_171,
        mirror=True,
        note="for research and teaching, with citation",
    ),
    KnownSet(
        "cifar100",
        "animals, plants, vehicles and things, 32x32",
        50_000,
        None,
        168_513_733,
        mirror=True,
        note="for research and teaching, with citation",
    ),
    KnownSet(
        "cats_vs_dogs",
        "photographs of cats and dogs",
        23_262,
        None,
        824_887_076,
        mirror=True,
    ),
    KnownSet(
        "fashion_mnist",
        "clothes, grey, 28x28",
        60_000,
        "MIT",
        30_878_645,
        mirror=False,
    ),
    KnownSet(
        "food101",
        "photographs of dishes",
        75_750,
        "scientific fair use; the photographers' own terms beyond",
        4_996_278_331,
        mirror=True,
    ),
    KnownSet(
        "kmnist",
        "Japanese characters, grey, 28x28",
        60_000,
        "CC BY-SA 4.0",
        21_240_888,
        mirror=False,
    ),
    KnownSet(
        "lfw",
        "faces from the news, 250x250",
        13_233,
        None,
        180_566_744,
        mirror=True,
        note="made for research on recognising faces",
    ),
    KnownSet(
        "lsun/bedroom",
        "bedrooms, at least 256 pixels high or wide",
        3_033_042,
        None,
        45_927_408_341,
        mirror=True,
        note=_NO_NEW_TENSORFLOW,
    ),
    KnownSet(
        "lsun/church_outdoor",
        "churches, at least 256 pixels high or wide",
        126_227,
        None,
        2_454_420_774,
        mirror=True,
        note=_NO_NEW_TENSORFLOW,
    ),
    KnownSet(
        "mnist",
        "handwritten digits, grey, 28x28",
        60_000,
        "CC BY-SA 3.0",
        11_594_722,
        mirror=False,
    ),
    KnownSet(
        "oxford_flowers102",
        "photographs of flowers",
        1_020,
        None,
        344_878_000,
        mirror=True,
        note='all 8,189 with split "all"; needs scipy',
    ),
    KnownSet(
        "oxford_iiit_pet",
        "photographs of cats and dogs",
        3_680,
        "CC BY-SA 4.0; the photographers' own terms beyond",
        811_092_049,
        mirror=True,
        note='all 7,349 with split "all"',
    ),
    KnownSet(
        "rock_paper_scissors",
        "rendered hands, 300x300",
        2_520,
        "CC BY 2.0",
        230_198_979,
        mirror=True,
    ),
    KnownSet(
        "stanford_dogs",
        "photographs of dogs",
        12_000,
        None,
        815_912_960,
        mirror=True,
        note="from ImageNet; needs scipy",
    ),
    KnownSet(
        "stl10",
        "animals and vehicles, 96x96",
        5_000,
        None,
        2_640_397_119,
        mirror=True,
        note='from ImageNet; 100,000 more with split "unlabelled"',
    ),
    KnownSet(
        "svhn_cropped",
        "house numbers, 32x32",
        73_257,
        "non-commercial use only",
        1_575_594_780,
        mirror=False,
        note="needs scipy",
    ),
    KnownSet(
        "tf_flowers",
        "photographs of flowers",
        3_670,
        "CC BY, by the photographers",
        228_813_984,
        mirror=True,
    ),
)

KNOWN = {known.name: known for known in _SETS}


def find_known(name):
    """Returns what is known of a data set, also of another configuration.

    Args:
        name: str, such as "cifar10" or "lsun/cat".

    Returns:
        `KnownSet`, or `None`. Of a configuration that is not listed, only
        what all of the set have in common: `images` and `download` are
        `None`.
    """
    if name in KNOWN:
        return KNOWN[name]
    for known in _SETS:
        if known.name.split("/")[0] == name.split("/")[0]:
            return dataclasses.replace(
                known, name=name, images=None, download=None
            )
    return None
