"""A run's numbers as curves of TensorBoard.

    tensorboard --logdir runs

shows them. They are written by TensorFlow alone; the package `tensorboard` is
needed only to look at them. The horizontal axis is images seen.
"""

import numbers

import tensorflow as tf

from progan_keras.files import as_os_error, cannot_write

# What they are drawn over, and what does not change.
_LEFT_OUT = {"tick", "kimg", "seed", "count", "floor_count"}


class Events:
    """Writes records into event files, from the first record on.

    Args:
        folder: `pathlib.Path` of the folder for event files.
    """

    def __init__(self, folder):
        self._folder = folder
        self._writer = None

    def write(self, record, images_seen):
        """Write all numbers of a record, and its warnings as text.

        Args:
            record: Dict, perhaps of dicts: of a tick or of an evaluation. The
                keys on the way to a number, joined by slashes, name its
                curve.
            images_seen: Integer, the clock.
        """
        try:
            self._write(record, images_seen)
        except tf.errors.OpError as error:
            raise cannot_write(self._folder, as_os_error(error)) from error

    def _write(self, record, images_seen):
        if self._writer is None:
            self._writer = tf.summary.create_file_writer(str(self._folder))
        with self._writer.as_default(step=images_seen):
            for name, value in _numbers(record):
                tf.summary.write(
                    name, tf.constant(value, "float32"), metadata=_SCALAR
                )
            if record.get("warnings"):
                text = tf.constant("\n\n".join(record["warnings"]))
                tf.summary.write("warnings", text, metadata=_TEXT)
        self._writer.flush()


def _numbers(record, path=()):
    """Yield (name of the curve, number) from dicts in dicts."""
    for key, value in record.items():
        if isinstance(value, dict):
            yield from _numbers(value, (*path, key))
        elif isinstance(value, numbers.Real) and key not in _LEFT_OUT:
            yield "/".join((*path, key)), value


def _metadata(plugin, data_class):
    """What tells TensorBoard how to show a value."""
    kind = tf.compat.v1.SummaryMetadata
    return kind(
        plugin_data=kind.PluginData(plugin_name=plugin), data_class=data_class
    )


# `tf.summary.scalar` and `tf.summary.text` write the same, but only where the
# package `tensorboard` is installed.
_SCALAR = _metadata("scalars", "DATA_CLASS_SCALAR")
_TEXT = _metadata("text", "DATA_CLASS_TENSOR")
