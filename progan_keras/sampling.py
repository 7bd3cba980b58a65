"""Pictures from a trained generator, of any class."""

import keras
import numpy as np

from progan_keras import classes
from progan_keras import latents as latent_space
from progan_keras.centre import find_centre
from progan_keras.checks import check_integer
from progan_keras.images import to_uint8


class Sampling:
    """What a GAN does with the average of its generator.

    A part of `GrowingGAN`, which has the networks and the stage.
    """

    _centre = None

    def call(self, latents):
        """Return the generator's average on `latents`, as float images.

        A conditional GAN takes `[latents, labels]`, the labels one-hot.
        """
        return self.current_generator()(latents)

    def current_generator(self, resolution=None):
        """The average to generate with: of the stage, or the straight one."""
        if resolution is not None:
            return self.pair(resolution).straight
        if self.stage is None:
            return self.ema_generators[-1].straight
        return self.pair(self.stage.resolution).model(self.stage.fade_in)

    def generate(
        self,
        count=None,
        seed=0,
        latents=None,
        labels=None,
        resolution=None,
        batch_size=64,
        truncation=1.0,
    ):
        """Make pictures with the generator's average.

        Args:
            count: Integer, how many (16 if latents are not given either).
            seed: Integer; the same seed gives the same pictures.
            latents: Float array `[N, latent_dim]` in place of count and seed.
            labels: Index or name of a class, or one for each picture, or a
                float matrix `[N, num_classes]`; None to go round the classes.
            resolution: Integer, which straight generator; None for the stage
                in training, or the last resolution where there is none.
            batch_size: Integer, how many to make at once.
            truncation: Float in [0, 1]: where to go on the way from `centre`
                to each of the latents. Less than 1 makes pictures better on
                average, and less varied; at 0 all are the same.

        Returns:
            uint8 array `[N, resolution, resolution, num_channels]`.

        Raises:
            ValueError: for latents, labels, a resolution or a truncation that
                do not fit.
        """
        if latents is None:
            latents = latent_space.sample(
                16 if count is None else count, self.config.latent_dim, seed
            )
        elif count is not None and count != len(latents):
            raise ValueError(
                "Give count or latents, not both. Received: "
                f"count={count}, {len(latents)} latents"
            )
        latents = latent_space.check(latents, self.config.latent_dim)
        inputs = [self._truncated(latents, truncation)]
        if self.config.num_classes:
            inputs.append(
                classes.one_hot(labels, self.class_names, len(latents))
            )
        elif labels is not None:
            self.check_conditional()
        generator = self.current_generator(resolution)
        check_integer(batch_size, "batch_size", least=1)
        pictures = []
        for start in range(0, len(latents), batch_size):
            batch = [values[start : start + batch_size] for values in inputs]
            images = generator(batch if len(batch) > 1 else batch[0])
            pictures.append(to_uint8(keras.ops.convert_to_numpy(images)))
        return np.concatenate(pictures)

    @property
    def centre(self):
        """Latents of the typical picture: float32 array `[latent_dim]`.

        What truncation goes towards; see `find_centre`. It is found when it
        is first asked for, and again when training has gone on.
        """
        stand = (self.images_seen, self.stage)
        if self._centre is None or self._centre[0] != stand:
            self._centre = (stand, find_centre(self))
        return self._centre[1]

    def _truncated(self, latents, truncation):
        if not 0.0 <= truncation <= 1.0:
            raise ValueError(
                "truncation lies in [0, 1]: 1 for all pictures, 0 for the "
                f"typical one. Received: truncation={truncation}"
            )
        if truncation == 1.0:  # nobody needs to wait for the centre
            return latents
        return latent_space.slerp(self.centre, latents, truncation)

    def check_conditional(self):
        """Raise ValueError if this GAN does not know classes."""
        if not self.config.num_classes:
            raise ValueError(
                "This GAN was made without classes and cannot be asked for "
                "them. Received: num_classes=0"
            )

    def generate_by_class(
        self,
        columns=8,
        seed=0,
        labels=None,
        resolution=None,
        batch_size=64,
        truncation=1.0,
    ):
        """Make a row of pictures for each class, from the same latents.

        `pk.image_grid(pictures, columns, row_names=gan.class_names)` shows
        them.

        Args:
            columns: Integer, pictures per class.
            seed: Integer, of the latents.
            labels: Indices or names of the classes to show; None for all.
            resolution: As for `generate`.
            batch_size: As for `generate`.
            truncation: As for `generate`.

        Returns:
            uint8 array `[classes * columns, r, r, num_channels]`, one class
            after the other.

        Raises:
            ValueError: if this GAN does not know classes, or not these.
        """
        self.check_conditional()
        if labels is None:
            labels = range(self.config.num_classes)
        if np.ndim(labels) == 0:
            labels = [labels]
        latents = latent_space.sample(columns, self.config.latent_dim, seed)
        return self.generate(
            latents=np.tile(latents, (len(labels), 1)),
            labels=[label for label in labels for _ in range(columns)],
            resolution=resolution,
            batch_size=batch_size,
            truncation=truncation,
        )
