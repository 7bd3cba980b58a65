"""The networks of a GAN that grows: built, kept, passed on."""

import dataclasses

import keras

from progan_keras import transfer
from progan_keras.networks import (
    NetworkConfig,
    build_discriminators,
    build_generators,
)
from progan_keras.sampling import Sampling


class GrowingGAN(Sampling, keras.Model):
    """Generator, its average and discriminator, a pair per resolution.

    `ProGAN` adds how they are trained, and describes the arguments.
    """

    def __init__(
        self,
        resolution=32,
        num_channels=3,
        latent_dim=None,
        num_classes=0,
        fmap_base=None,
        fmap_max=None,
        fused_scale=True,
        seed=0,
        architecture=None,
        precision=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.config = NetworkConfig(
            resolution=resolution,
            num_channels=num_channels,
            latent_dim=latent_dim,
            num_classes=num_classes,
            fmap_base=fmap_base,
            fmap_max=fmap_max,
            fused_scale=fused_scale,
            seed=seed,
            architecture=architecture,
            precision=precision,
        )
        self.generators = build_generators(self.config)
        self.discriminators = build_discriminators(self.config)
        # One seed, hence the generator's own initial weights: the average
        # starts where the generator does. It is never trained: pictures and
        # exports are of full precision.
        self.ema_generators = build_generators(
            dataclasses.replace(
                self.config, precision=self.config.full_precision
            ),
            name="ema_generator",
        )
        # Pairs are plain objects; this list is what Keras saves and counts.
        self._networks = [
            model
            for pairs in self.families.values()
            for pair in pairs
            for model in (pair.straight, pair.fade_in)
            if model is not None
        ]
        for pair in self.ema_generators:
            pair.straight.trainable = False
        self.clock = keras.Variable(
            0,
            dtype="int64",
            trainable=False,
            aggregation="only_first_replica",
            name="images_seen",
        )
        self._class_names = tuple(map(str, range(self.config.num_classes)))
        self.start_resolution = 4
        self.frozen_below = None
        self.origin = None
        self.notice = ""
        self._active = None
        self.built = True

    @property
    def class_names(self):
        """Names of the classes, a tuple of strings."""
        return self._class_names

    @class_names.setter
    def class_names(self, names):
        whole = isinstance(names, str) or not hasattr(names, "__iter__")
        names = (names,) if whole else tuple(map(str, names))
        if len(set(names)) != self.config.num_classes or whole:
            raise ValueError(
                f"This GAN has {self.config.num_classes} classes and needs a "
                "name of its own for each. "
                f"Received: class_names={names}"
            )
        self._class_names = names

    @property
    def families(self):
        """The three lists of pairs, by name."""
        return {
            "generator": self.generators,
            "discriminator": self.discriminators,
            "ema_generator": self.ema_generators,
        }

    @property
    def images_seen(self):
        """Real images shown so far, an integer: the clock's reading."""
        return int(self.clock.numpy())

    @property
    def stage(self):
        """The `Stage` that was entered last, or None."""
        return self._active.stage if self._active else None

    @property
    def alpha(self):
        """Weight of the new layers in the stage, a float: 1 if straight."""
        if self.stage is None or not self.stage.fade_in:
            return 1.0
        layer = self.pair(self.stage.resolution).weighted_sum
        return float(layer.alpha.numpy())

    def pair(self, resolution, family="ema_generator"):
        """Return the `ModelPair` of a family at one resolution."""
        for pair in self.families[family]:
            if pair.resolution == resolution:
                return pair
        raise ValueError(
            f"This network has resolutions {list(self.config.resolutions)}. "
            f"Received: resolution={resolution!r}"
        )

    def set_alpha(self, alpha):
        """Set every fade-in model's weight of the new layers.

        Training sets it by the clock; this is to look at a fade by hand.

        Args:
            alpha: Float in [0, 1].
        """
        if not 0.0 <= alpha <= 1.0:
            raise ValueError(f"alpha lies in [0, 1]. Received: alpha={alpha}")
        for pairs in self.families.values():
            for pair in pairs[1:]:
                pair.weighted_sum.alpha.assign(alpha)

    def branch(
        self,
        resolution=None,
        frozen_below=None,
        num_classes=None,
        seed=None,
        precision=None,
    ):
        """Return a new GAN that starts from this one's weights.

        Its clock stands at zero and its schedule starts at the resolution
        that this one has reached (in mid-fade, the one before), so that
        `train` takes it to other images, or to a higher resolution. This one
        stays as it is.

        Args:
            resolution: Integer, where the new one grows to; None for the
                resolution of this one.
            frozen_below: Integer; layers of smaller resolutions keep their
                weights, but for the discriminator's 4x4 block, which judges.
                The generator then starts from its average throughout. None
                to train all layers.
            num_classes: Integer, where the new images have other classes:
                class n starts from class n of this GAN, where it has one,
                else afresh. None for as many as this one has.
            seed: Integer, of new layers, latents and mixing factors; None for
                that of this one.
            precision: What the new networks compute in; None for the same as
                this one's.

        Returns:
            `ProGAN` of the same sizes.

        Raises:
            ValueError: for a resolution that cannot be grown to, or if
                nothing would be left to train.
        """
        return transfer.branch(
            self,
            frozen_below,
            resolution=resolution,
            num_classes=num_classes,
            seed=seed,
            precision=precision,
        )

    def export(self, path, format="saved_model", overwrite=False):
        """Write the generator's average for use without this package.

        Args:
            path: Folder (SavedModel), or file that ends in `.keras`,
                `.onnx` or `.tflite`.
            format: "saved_model", "keras", "onnx" or "litert".
            overwrite: Whether to replace what is at `path`.

        Returns:
            `pathlib.Path` of what was written.
        """
        from progan_keras.export import export

        return export(self, path, format=format, overwrite=overwrite)

    def save_preset(self, path, overwrite=False):
        """Write all networks into a folder that `from_preset` reads.

        Args:
            path: Folder to write.
            overwrite: Whether to replace a preset that is there.

        Returns:
            `pathlib.Path` of the folder, complete or not at all.
        """
        from progan_keras.zoo import save_preset

        return save_preset(self, path, overwrite=overwrite)

    @classmethod
    def from_preset(cls, path):
        """Load a GAN.

        Args:
            path: Name of a preset of `zoo.presets()`, a run folder or a folder
                that holds runs (the newest good checkpoint is used), a folder
                of `save_preset`, "hf://owner/name" for one on the Hugging
                Face Hub, a `.pkl` file of the paper's authors or a `.bin`
                file of pro_gan_pth.

        Raises:
            ValueError: if there is no GAN, or it cannot be read.
            OSError: if a preset has to be downloaded, and cannot be.
        """
        from progan_keras.zoo import load_preset

        return load_preset(path)

    def get_config(self):
        """Return the arguments of `__init__`."""
        return {
            "name": self.name,
            "trainable": self.trainable,
            **dataclasses.asdict(self.config),
        }
