"""Data sets of tensorflow-datasets by name, without any download."""

import contextlib
import difflib
import io
import logging
import os
import re
import sys
from pathlib import Path

from progan_keras import schemas
from progan_keras.data.sources.tfds.catalogue import find_known

# What robots and players met, one episode after the other. Their builders
# ask a cloud storage as soon as they are made.
_EPISODES = (
    "tensorflow_datasets.robotics.",
    "tensorflow_datasets.rl_unplugged.",
)

# What `pip` calls packages that are imported by another name.
_PIP_NAMES = {
    "PIL_Image": "pillow",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "skimage": "scikit-image",
}


def open_builder(name, data_dir=None):
    """Finds a data set by its name; quick, and never by a network.

    Args:
        name: str as tensorflow-datasets spells it: `"cifar10"`,
            `"celeb_a_hq/1024"`, `"mnist:3.0.1"`.
        data_dir: path of the folder of its data sets; `None` takes the
            environment variable `TFDS_DATA_DIR`, else
            `tensorflow_datasets` in the user's folder.

    Returns:
        `tfds.core.DatasetBuilder`.

    Raises:
        FileNotFoundError: if there is no data set of this name.
        ValueError: if there is no such configuration or version, or a package
            is missing.
    """
    try:
        import tensorflow_datasets as tfds
    except ImportError as error:
        raise ValueError(
            "This is no file or folder, and to look among the data sets of "
            f"tensorflow-datasets, a package is missing ({error}): `pip "
            "install tensorflow-datasets importlib_resources`. "
            f"Received: source={name!r}"
        ) from error
    base, options = _parse(name)
    if data_dir is not None:
        data_dir = os.path.expanduser(data_dir)
    cls = None  # perhaps there are only files, made by the user's own code
    with quiet(), naming_packages(name):
        with contextlib.suppress(tfds.core.DatasetNotFoundError):
            cls = tfds.builder_cls(base)
        if cls and cls.__module__.startswith(_EPISODES):
            raise no_images(name)
        check_features(base, data_dir or tfds.core.constants.DATA_DIR, name)
        try:
            return tfds.builder(name, data_dir=data_dir)
        except tfds.core.DatasetNotFoundError as error:
            raise _not_found(base, name) from error
        except ImportError:
            raise
        except Exception as error:
            raise _not_opened(cls, options, name, error) from error


def check_features(base, data_dir, name):
    """Refuses prepared files that would have other code imported.

    Beside the images, a file says by the names of Python classes how to
    decode them. tensorflow-datasets imports whatever module is named there.

    Args:
        base: str, the data set's name without configuration and version.
        data_dir: path of the folder of all data sets.
        name: str, as the user gave it.

    Raises:
        ValueError: if a class is not one of tensorflow-datasets.
    """
    for path in sorted(Path(data_dir, base).glob("**/features.json")):
        for found in _class_names(schemas.parse(path)):
            if not found.startswith("tensorflow_datasets."):
                raise ValueError(
                    f"{path} wants other code to be imported than that of "
                    "tensorflow-datasets. Load such a data set with its own "
                    "library, and pass a tf.data.Dataset. Received: "
                    f"source={name!r}, pythonClassName={found[:100]!r}"
                )


def _class_names(document):
    """Yields all class names in what a features.json holds."""
    if isinstance(document, list):
        for inner in document:
            yield from _class_names(inner)
    if isinstance(document, dict):
        for key, value in document.items():
            # The format allows either spelling.
            spelled = ("pythonClassName", "python_class_name", "type")
            if key in spelled and isinstance(value, str):
                yield value
            else:
                yield from _class_names(value)


@contextlib.contextmanager
def naming_packages(name):
    """Turns an import that fails into what to install for a data set."""
    try:
        yield
    except ImportError as error:
        raise missing_package(error.name or one_line(error), name) from error


@contextlib.contextmanager
def quiet():
    """Keeps tensorflow-datasets from chatting, but for its progress bars.

    They are shown where standard error is a terminal.
    """
    from tensorflow_datasets.core.utils import tqdm_utils

    absl, handlers = logging.getLogger("absl"), logging.root.handlers[:]
    level, bars = absl.level, tqdm_utils._active
    absl.setLevel(logging.ERROR)
    tqdm_utils.display_progress_bar(bars and sys.stderr.isatty())
    try:
        # It prints even where another program reads the standard output.
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        absl.setLevel(level)
        # What it logs first installs one, which would repeat our messages.
        logging.root.handlers[:] = handlers
        tqdm_utils.display_progress_bar(bars)


def is_prepared(builder):
    """Returns whether a data set is there, ready to be read."""
    with quiet():
        return builder.is_prepared()


def set_name(builder):
    """Returns the name of a data set with its configuration."""
    return builder.info.full_name.rpartition("/")[0]


def licence(builder):
    """Returns the terms of a data set, or `None` if nobody states them."""
    known = find_known(set_name(builder))
    stated = builder.info.redistribution_info.license
    return (known and known.licence) or stated or None


def missing_package(package, name):
    """Returns the error that a data set needs a package.

    Args:
        package: str, what is imported.
        name: str, the data set.
    """
    pip_name = _PIP_NAMES.get(package, package.replace("_", "-"))
    hint = ""
    if package == "tensorflow_io":
        hint = (
            " Its releases up to 0.37 work with TensorFlow 2.16 and older "
            "alone. Rather download and unpack the category's archive as LSUN "
            "publishes it, and load the folder that holds its data.mdb."
        )
    return ValueError(
        "tensorflow-datasets cannot prepare this data set without the package "
        f"{package}: `pip install {pip_name}`.{hint} "
        f"Received: source={name!r}"
    )


def no_images(name):
    """Returns the error that a data set holds something else."""
    return ValueError(
        "There are no images in this data set of tensorflow-datasets. Those "
        'with images have an image feature, as "cifar10" has; `progan data '
        f"list` shows some. Received: source={name!r}"
    )


def one_line(error):
    """Returns an error's message in one line, without a long middle."""
    text = re.sub('^Failed to construct dataset .*}": ', "", str(error))
    text = " ".join(text.split()) or type(error).__name__
    return text if len(text) < 300 else f"{text[:140]} ... {text[-140:]}"


def _parse(name):
    """Returns the name without, and a dict with configuration and version."""
    from tensorflow_datasets.core.naming import parse_builder_name_kwargs

    try:
        parsed, options = parse_builder_name_kwargs(name)
    except ValueError as error:
        raise ValueError(
            "A data set of tensorflow-datasets is called by its name, its "
            'configuration and its version as in "cifar10", '
            '"celeb_a_hq/1024" or "mnist:3.0.1". '
            f"Received: source={name!r}"
        ) from error
    if parsed.namespace:
        raise ValueError(
            "Data sets of the community are not loaded by name. Load it with "
            "its own library, and pass a tf.data.Dataset. "
            f"Received: source={name!r}"
        )
    return parsed.name, options


def _not_found(base, name):
    import tensorflow_datasets as tfds

    # The list of the community would be asked from a server.
    names = tfds.list_builders(with_community_datasets=False)
    names += os.listdir()
    nearest = difflib.get_close_matches(base, names, n=3)
    hint = f" Did you mean {' or '.join(map(repr, nearest))}?" * bool(nearest)
    return FileNotFoundError(
        "There is no file or folder of this name, and no data set of "
        f"tensorflow-datasets.{hint} Received: source={name!r}"
    )


def _not_opened(cls, options, name, error):
    """Returns an error that says what of the name is wrong."""
    config, version = options.get("config"), options.get("version")
    configs = list(cls.builder_configs) if cls else []
    if config and cls and config not in configs:
        nearest = difflib.get_close_matches(config, configs, n=5, cutoff=0.3)
        known = ", ".join(nearest or configs[:5])
        if len(configs) > 5:
            known = f"{len(configs)}, such as {known}"
        return ValueError(
            "This data set of tensorflow-datasets has no such configuration. "
            f"It has {known or 'none'}. Received: source={name!r}"
        )
    if version and isinstance(error, AssertionError):
        newest = (
            cls.VERSION or cls.builder_configs[config or configs[0]].version
        )
        return ValueError(
            "This data set of tensorflow-datasets has no such version. Leave "
            f"it out to have the newest, {newest}. Received: source={name!r}"
        )
    return ValueError(
        "tensorflow-datasets cannot open this data set "
        f"({one_line(error)}). Received: source={name!r}"
    )
