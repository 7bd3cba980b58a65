"""What exported generators do, as TensorFlow functions."""

import keras
import tensorflow as tf


class Endpoints:
    """The functions of a GAN's exports; all take any number of images.

    A conditional GAN's take class indices besides: see `labels` below.

    Args:
        gan: `ProGAN`.

    Attributes:
        signature: List of the `tf.TensorSpec`s of what makes one image each:
            latents, and labels where there are classes.
    """

    def __init__(self, gan):
        self._gan = gan
        self._config = gan.config
        self.generator = gan.current_generator()
        self.signature = [self._spec("latents", (None, gan.config.latent_dim))]
        self.signature += self._labels((None,))

    def all(self):
        """Return {name: (function, its signature)} of a SavedModel."""
        found = {
            "serve": (self.checked_images, self.signature),
            "pictures": (self.pictures, self.signature),
            "sample": (self.sample, self._sample_signature()),
            "interpolate": (self.interpolate, self._interpolate_signature()),
        }
        for pair in self._smaller():
            found[f"pictures_{pair.resolution}x{pair.resolution}"] = (
                self._pictures_at(pair.straight),
                self.signature,
            )
        return found

    def variables(self):
        """Return the TensorFlow variables behind all of them, a list."""
        smaller = [pair.straight for pair in self._smaller()]
        generators = [self.generator, *smaller]
        found = {id(v): v.value for g in generators for v in g.variables}
        return list(found.values())

    def images(self, latents, labels=None):
        """Float32 images `[N, R, R, C]`, about [-1, 1].

        Args:
            latents: Float32 `[N, latent_dim]` from N(0, 1).
            labels: Class indices, int32 `[N]`; None without classes.
        """
        return self._generate(self.generator, latents, labels)

    def growth(self):
        """Return a function like `images`, of each resolution on the way.

        It returns a dict: "images_4x4" and so on, and "images".
        """
        outputs = {
            f"images_{pair.resolution}x{pair.resolution}": pair.straight.output
            for pair in self._smaller()
        }
        outputs["images"] = self.generator.output
        # One model: what they have in common is computed once.
        model = keras.Model(self.generator.input, outputs)
        return lambda *inputs: self._generate(model, *inputs)

    def checked_images(self, latents, labels=None):
        """The same, but an unknown class is an error."""
        return self.images(latents, self._checked(labels))

    def pictures(self, latents, labels=None):
        """The same as uint8 pictures in [0, 255]."""
        return to_pictures(self.checked_images(latents, labels))

    def sample(self, n, seed, labels=None):
        """N pictures of latents drawn here, the same ones for a seed.

        Args:
            n: Int32 scalar.
            seed: Int32 scalar.
            labels: Class indices, int32 `[n]`; None without classes.
        """
        latents = tf.random.stateless_normal(
            (n, self._config.latent_dim), (seed, 0), alg="philox"
        )
        return self.pictures(latents, labels)

    def interpolate(self, z0, z1, n, label=None):
        """N pictures from one latent vector to another, both included.

        Args:
            z0: Float32 `[latent_dim]`.
            z1: The same.
            n: Int32 scalar.
            label: Class index of all of them, int32 scalar; None without
                classes.
        """
        shares = tf.linspace(0.0, 1.0, n)[:, None]
        latents = slerp(z0[None], z1[None], shares)
        labels = None if label is None else tf.fill([n], label)
        return self.pictures(latents, labels)

    def _smaller(self):
        """The pairs of the resolutions that the generator grew through."""
        last = self.generator.output_shape[1]
        return [p for p in self._gan.ema_generators if p.resolution < last]

    def _pictures_at(self, generator):
        def pictures(latents, labels=None):
            labels = self._checked(labels)
            return to_pictures(self._generate(generator, latents, labels))

        return pictures

    def _generate(self, generator, latents, labels=None):
        if labels is None:
            return generator(latents)
        vectors = tf.one_hot(labels, self._config.num_classes)
        return generator([latents, vectors])

    def _checked(self, labels):
        """Return labels, or fail: an unknown class would be none at all."""
        if labels is None:
            return None
        last = self._config.num_classes - 1
        check = tf.debugging.Assert(
            tf.reduce_all((labels >= 0) & (labels <= last)),
            [f"Labels are 0 to {last}. Received:", labels],
        )
        with tf.control_dependencies([check]):
            return tf.identity(labels)

    def _sample_signature(self):
        scalars = [self._spec(name, (), tf.int32) for name in ("n", "seed")]
        return [*scalars, *self._labels((None,))]

    def _interpolate_signature(self):
        shape = (self._config.latent_dim,)
        ends = [self._spec(name, shape) for name in ("z0", "z1")]
        return [
            *ends,
            self._spec("n", (), tf.int32),
            *self._labels((), "label"),
        ]

    def _labels(self, shape, name="labels"):
        if not self._config.num_classes:
            return []
        return [self._spec(name, shape, tf.int32)]

    @staticmethod
    def _spec(name, shape, dtype=tf.float32):
        return tf.TensorSpec(shape, dtype, name)


def slerp(z0, z1, share):
    """Go from one vector to another along the great circle between them.

    Args:
        z0: Float32 `[N, D]`.
        z1: Float32 `[N, D]`.
        share: Float32 `[N, 1]`, how far: 0 for z0, 1 for z1.
    """
    lengths = tf.norm(z0, axis=-1, keepdims=True) * tf.norm(
        z1, axis=-1, keepdims=True
    )
    cosine = tf.reduce_sum(z0 * z1, axis=-1, keepdims=True) / lengths
    angle = tf.acos(tf.clip_by_value(cosine, -1.0, 1.0))
    straight = (1.0 - share) * z0 + share * z1
    curved = (
        tf.sin((1.0 - share) * angle) * z0 + tf.sin(share * angle) * z1
    ) / tf.sin(angle)
    # Along almost one line, or with a zero vector, there is no angle to speak
    # of.
    return tf.where(tf.sin(angle) > 1e-4, curved, straight)


def to_pictures(images):
    """Float images, about [-1, 1], to uint8 in [0, 255]."""
    scaled = (images + 1.0) * 127.5
    return tf.cast(tf.round(tf.clip_by_value(scaled, 0.0, 255.0)), tf.uint8)
