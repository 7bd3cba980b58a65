"""The catalogue agrees with what tensorflow-datasets itself registers."""

import subprocess
import sys

import pytest
import tensorflow_datasets as tfds

from progan_keras.data.sources.tfds.catalogue import KNOWN, find_known
from progan_keras.data.sources.tfds.features import find_features


@pytest.mark.parametrize("name", KNOWN)
def test_every_known_set_exists_and_has_its_download_size(name, tmp_path):
    builder = tfds.builder(name, data_dir=tmp_path)
    find_features(builder.info.features, name)
    sizes = {url: info.size for url, info in (builder.url_infos or {}).items()}
    if name.startswith("lsun/"):  # one list for all configurations
        sizes = {u: s for u, s in sizes.items() if f"/{name[5:]}_" in u}
    assert (sum(sizes.values()) or None) == KNOWN[name].download


def test_only_sets_where_flips_do_no_harm_are_mirrored():
    still = {name for name, known in KNOWN.items() if not known.mirror}
    assert still == {"fashion_mnist", "kmnist", "mnist", "svhn_cropped"}


def test_terms_also_hold_for_other_configurations():
    known = find_known("celeb_a_hq/256")
    assert known.licence == "non-commercial research only"
    assert known.mirror
    assert (known.name, known.images) == ("celeb_a_hq/256", None)
    assert find_known("lsun/cat").mirror
    assert find_known("imdb_reviews") is None


def test_the_catalogue_needs_no_other_package():
    code = (
        "import sys; import progan_keras.data.sources.tfds.catalogue; "
        "import progan_keras.data.sources.tfds.tfds_source; "
        "import progan_keras.data.sources.dataset_source; "
        "assert not {'tensorflow', 'tensorflow_datasets'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
