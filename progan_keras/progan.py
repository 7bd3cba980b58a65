"""The model: pairs of networks per resolution, and the step that trains them.

gan = pk.ProGAN(resolution=32)
gan.compile(loss="wgan_gp")
for stage in pk.Schedule(resolution=32):
    gan.enter_stage(stage)
    batches = images.stream(
        stage.resolution, stage.batch_size, start=gan.images_seen
    )
    gan.fit(batches, steps_per_epoch=stage.steps_from(gan.images_seen))
"""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from progan_keras import latents as latent_space
from progan_keras import losses, updates
from progan_keras.active_stage import ActiveStage
from progan_keras.images import to_uint8
from progan_keras.networks import (
    NetworkConfig,
    build_discriminators,
    build_generators,
)
from progan_keras.noise import StepNoise
from progan_keras.reals import prepare_reals


@keras.saving.register_keras_serializable(package="progan_keras")
class ProGAN(keras.Model):
    """A GAN that grows from 4x4 to `resolution`.

    Args:
        resolution: Integer, power of two from 4 to 1024. The sizes that are
            not given follow from it, see `progan_keras.networks.config`.
        num_channels: 1 (grey), 3 (RGB) or 4 (RGBA).
        latent_dim: Integer, length of the latent vector.
        fmap_base: Integer, feature maps halve with each doubling from here.
        fmap_max: Integer, the most feature maps anywhere.
        fused_scale: Whether scaling and convolution are computed as one, as
            the paper's code does by default; see `NetworkConfig`.
        seed: Integer, of initial weights, latents and mixing factors.

    Attributes:
        generators: List of `ModelPair`, from 4x4 up.
        discriminators: The same.
        ema_generators: The same, the exponential moving average of the
            generators: what `generate` uses.
        clock: Integer variable, real images shown so far: what decides the
            stage, alpha, noise and the order of images.

    Reference:
        Karras et al., 2018.
    """

    def __init__(
        self,
        resolution=32,
        num_channels=3,
        latent_dim=None,
        fmap_base=None,
        fmap_max=None,
        fused_scale=True,
        seed=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.config = NetworkConfig(
            resolution=resolution,
            num_channels=num_channels,
            latent_dim=latent_dim,
            fmap_base=fmap_base,
            fmap_max=fmap_max,
            fused_scale=fused_scale,
            seed=seed,
        )
        self.generators = build_generators(self.config)
        self.discriminators = build_discriminators(self.config)
        # One seed, hence the generator's own initial weights: the average
        # starts where the generator does.
        self.ema_generators = build_generators(
            self.config, name="ema_generator"
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
        self._active = None
        self.built = True

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
    def optimizers(self):
        """The optimizers of the stage: {"generator": ..., ...}."""
        return self._active.optimizers if self._active else {}

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

    def compile(
        self,
        loss="wgan_gp",
        update="alternating",
        optimizer=None,
        ema_decay=0.999,
        ema_half_life=None,
        jit_compile=False,
        **kwargs,
    ):
        """Choose how to train.

        Args:
            loss: "wgan_gp", "non_saturating", or a `losses.Loss`.
            update: "alternating" (D, then G on fresh latents) or
                "simultaneous" (both from the same latents, sharing the
                forward pass; the paper's CIFAR-10 runs).
            optimizer: Keras optimizer to copy for D and G in every stage,
                with the stage's learning rate; None for the paper's Adam.
            ema_decay: Float, the generator average's decay per step.
            ema_half_life: The same in images: what was learned so many
                images ago counts half; early in a stage, less. Overrides
                `ema_decay`.
            jit_compile: Whether to use XLA.
            **kwargs: To `keras.Model.compile`, such as `run_eagerly`.
        """
        super().compile(optimizer=None, jit_compile=jit_compile, **kwargs)
        self.gan_loss = losses.get(loss)
        self._update = updates.get(update)
        self.optimizer_template = optimizer or keras.optimizers.Adam(
            beta_1=0.0, beta_2=0.99, epsilon=1e-8
        )
        self.ema_decay = ema_decay
        self.ema_half_life = ema_half_life
        self._active = None

    def enter_stage(self, stage):
        """Make `stage` the one that `fit` trains, with fresh optimizers.

        Args:
            stage: `Stage`, of a `Schedule` or made by hand.

        Before `compile`, the stage can generate but not train.

        Raises:
            ValueError: for a resolution that the network does not have.
        """
        self._active = ActiveStage.enter(self, stage)
        self.set_alpha(self.stage.alpha(self.images_seen))
        # Keras keeps compiled functions; they would go on with the old
        # stage's networks.
        self.train_function = self.predict_function = None

    def train_step(self, data):
        """Update D, the generator's average and G once.

        Args:
            data: Real images `[N, r, r, C]` at the stage's resolution, uint8
                in [0, 255] or float in [-1, 1]. N is this replica's share.

        Returns:
            Dict of float32 scalars: "d_loss", "g_loss", "penalty" (0 in steps
            that skip it) and the mean scores "d_real" and "d_fake".

        Raises:
            ValueError: before `enter_stage`.
        """
        if not self.optimizers:
            raise ValueError(
                "Training needs a stage: call compile(), then "
                "enter_stage(stage), then fit()."
            )
        active, clock = self._active, self.clock.value
        alpha = active.alpha(clock)
        active.assign_alpha(alpha)
        reals = prepare_reals(data, alpha if self.stage.fade_in else None)
        batch = reals.shape[0] or tf.shape(reals)[0]
        noise = StepNoise(self.config, clock, batch)
        decay = self._decay(clock, noise.global_batch)
        logs = self._update(active, self.gan_loss, reals, noise, decay)
        self.clock.assign_add(tf.cast(noise.global_batch, "int64"))
        return logs

    def _decay(self, clock, global_batch):
        """Decay of the generator's average in this step.

        The half-life is at most a fifth of the images shown in this stage:
        the average must forget what new layers were before they had learned
        anything.
        """
        if self.ema_half_life is None:
            return self.ema_decay
        batch = tf.cast(global_batch, "float32")
        shown = tf.cast(clock - self.stage.start, "float32") + batch
        half_life = tf.minimum(float(self.ema_half_life), 0.2 * shown)
        return 0.5 ** (batch / half_life)

    def call(self, latents):
        """Return the generator's average on `latents`, as float images."""
        return self.current_generator()(latents)

    def current_generator(self, resolution=None):
        """The average to generate with: of the stage, or the straight one."""
        if resolution is not None:
            return self.pair(resolution).straight
        if self.stage is None:
            return self.ema_generators[-1].straight
        return self.pair(self.stage.resolution).model(self.stage.fade_in)

    def generate(
        self, count=None, seed=0, latents=None, resolution=None, batch_size=64
    ):
        """Make pictures with the generator's average.

        Args:
            count: Integer, how many (16 if latents are not given either).
            seed: Integer; the same seed gives the same pictures.
            latents: Float array `[N, latent_dim]` in place of count and seed.
            resolution: Integer, which straight generator; None for the stage
                in training, or the last resolution where there is none.
            batch_size: Integer, how many to make at once.

        Returns:
            uint8 array `[N, resolution, resolution, num_channels]`.
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
        generator = self.current_generator(resolution)
        batches = [
            to_uint8(keras.ops.convert_to_numpy(generator(batch)))
            for batch in np.split(
                latents, range(batch_size, len(latents), batch_size)
            )
        ]
        return np.concatenate(batches)

    def export(self, path, format="saved_model", overwrite=False):
        """Write the generator's average for use without this package.

        Args:
            path: Folder (SavedModel) or file (`.keras`) to write.
            format: "saved_model" or "keras".
            overwrite: Whether to replace what is at `path`.

        Returns:
            `pathlib.Path` of what was written.
        """
        from progan_keras.export import export

        return export(self, path, format=format, overwrite=overwrite)

    @classmethod
    def from_preset(cls, path):
        """Load a GAN from a run folder (or a folder that holds runs).

        Args:
            path: Path of the run; its newest good checkpoint is used.
        """
        from progan_keras.training import load_run

        return load_run(path)

    def get_config(self):
        """Return the arguments of `__init__`."""
        return {
            "name": self.name,
            "trainable": self.trainable,
            **dataclasses.asdict(self.config),
        }
