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

import keras
import tensorflow as tf

from progan_keras import classes, losses, updates
from progan_keras.active_stage import ActiveStage
from progan_keras.fused_adam import FusedAdam
from progan_keras.growing_gan import GrowingGAN
from progan_keras.losses.loss import check_weight
from progan_keras.noise import StepNoise
from progan_keras.reals import prepare_reals


@keras.saving.register_keras_serializable(package="progan_keras")
class ProGAN(GrowingGAN):
    """A GAN that grows from 4x4 to `resolution`.

    Args:
        resolution: Integer, power of two from 4 to 1024. The sizes that are
            not given follow from it, see `progan_keras.networks.config`.
        num_channels: 1 (grey), 3 (RGB) or 4 (RGBA).
        latent_dim: Integer, length of the latent vector.
        num_classes: Integer, classes of a conditional GAN; 0 for none.
        fmap_base: Integer, feature maps halve with each doubling from here.
        fmap_max: Integer, the most feature maps anywhere.
        fused_scale: Whether scaling and convolution are computed as one, as
            the paper's code does by default; see `NetworkConfig`.
        seed: Integer, of initial weights, latents and mixing factors.
        architecture: Dict of switches that differ from the paper's networks,
            see `networks.Architecture`.
        precision: "float32", "mixed_bfloat16" or "mixed_float16", of the
            networks in training; weights, the generator's average, images,
            scores and losses are float32 in any case. None for Keras' dtype
            policy, which is float32 unless set.

    Attributes:
        generators: List of `ModelPair`, from 4x4 up.
        discriminators: The same.
        ema_generators: The same, the exponential moving average of the
            generators: what `generate` uses.
        clock: Integer variable, real images shown so far: what decides the
            stage, alpha, noise and the order of images.
        class_names: Tuple of strings, "0", "1", ... until set.
        start_resolution: Integer, where training starts: 4, or more for a
            GAN that starts from trained weights.
        frozen_below: Integer, layers of smaller resolutions do not learn;
            None where all do.
        origin: String, a fingerprint of the trained weights that the GAN
            started from, or None.
        notice: String, terms that its weights came with.

    Reference:
        Karras et al., 2018.
    """

    @property
    def optimizers(self):
        """The optimizers of the stage: {"generator": ..., ...}."""
        return self._active.optimizers if self._active else {}

    def compile(
        self,
        loss="wgan_gp",
        update="alternating",
        optimizer=None,
        ema_decay=0.999,
        ema_half_life=None,
        class_weight=1.0,
        class_frequencies=None,
        jit_compile=False,
        **kwargs,
    ):
        """Choose how to train.

        Args:
            loss: Name of a loss ("wgan_gp", "non_saturating", "hinge", ...),
                or a `losses.Loss`.
            update: "alternating" (D, then G on fresh latents) or
                "simultaneous" (both from the same latents, sharing the
                forward pass; the paper's CIFAR-10 runs).
            optimizer: Keras optimizer, or the name of one, to copy for D and
                G in every stage, with the stage's learning rate; None for the
                paper's Adam.
            ema_decay: Float, the generator average's decay per step.
            ema_half_life: The same in images: what was learned so many
                images ago counts half; early in a stage, less. Overrides
                `ema_decay`.
            class_weight: Float, weight of telling the class, for a
                conditional GAN whose discriminator does ("acgan").
            class_frequencies: Floats that add up to 1, how often G is asked
                for each class when it learns; None for equally often.
            jit_compile: Whether to use XLA.
            **kwargs: To `keras.Model.compile`, such as `run_eagerly`.
        """
        super().compile(optimizer=None, jit_compile=jit_compile, **kwargs)
        num_classes = self.config.num_classes
        self.objective = updates.Objective(
            losses.get(loss),
            check_weight(class_weight, "class_weight"),
            classes.check_frequencies(class_frequencies, num_classes)
            if num_classes
            else None,
        )
        self._update = updates.get(update)
        if optimizer is None:
            optimizer = FusedAdam(beta_1=0.0, beta_2=0.99, epsilon=1e-8)
        self.optimizer_template = keras.optimizers.get(optimizer)
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
                in [0, 255] or float in [-1, 1]; or `(images, labels)` with
                integer labels `[N]`, which a conditional GAN needs. N is this
                replica's share of the stage's `images_per_step`.

        Returns:
            Dict of float32 scalars: "d_loss", "g_loss", "penalty" (0 in steps
            that skip it) and the mean scores "d_real" and "d_fake".

        Raises:
            ValueError: before `enter_stage`, without labels or with others
                than described, or for images that D's updates cannot share.
            tf.errors.InvalidArgumentError: for a label that is no class.
        """
        if not self.optimizers:
            raise ValueError(
                "Training needs a stage: call compile(), then "
                "enter_stage(stage), then fit()."
            )
        active = self._active
        alpha = active.alpha(self.clock.value)
        active.assign_alpha(alpha)
        batches = self._batches(data, alpha if self.stage.fade_in else None)
        logs = self._update(active, self.objective, batches)
        noise = batches[-1].noise
        self.clock.assign(noise.clock + tf.cast(noise.global_batch, "int64"))
        return logs

    def _batches(self, data, alpha):
        """One `Batch` for each of D's updates in a step."""
        images, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
        reals = prepare_reals(images, alpha)
        labels = self._one_hot(labels, reals)
        critics, clock = self.stage.n_critic, self.clock.value
        if (reals.shape[0] or 0) % critics:
            raise ValueError(
                f"A step of this stage updates D {critics} times and takes "
                "images_per_step images, as many for each. "
                f"Received: {reals.shape[0]} images, n_critic={critics}"
            )
        size = (reals.shape[0] or tf.shape(reals)[0]) // critics
        batches = []
        for start in range(critics):
            rows = slice(start * size, (start + 1) * size)
            noise = StepNoise(self.config, clock, size)
            batches.append(
                updates.Batch(
                    reals[rows],
                    None if labels is None else labels[rows],
                    noise,
                    self._decay(clock, noise.global_batch),
                )
            )
            clock = noise.clock + tf.cast(noise.global_batch, "int64")
        return batches

    def _one_hot(self, labels, reals):
        """Labels as the networks take them; None for a GAN without."""
        count = self.config.num_classes
        if not count:
            return None
        if labels is None:
            raise ValueError(
                f"A GAN of {count} classes is trained on (images, labels); "
                "take them from images.stream(..., with_labels=True). "
                f"Received: images alone, num_classes={count}"
            )
        labels = tf.convert_to_tensor(labels)
        fits = labels.shape.is_compatible_with(reals.shape[:1])
        if not (fits and labels.dtype.is_integer):
            raise ValueError(
                "Labels are the images' class indices, integers [N]. "
                f"Received: labels of shape {labels.shape} and type "
                f"{labels.dtype.name} for images of shape {reals.shape}"
            )
        labels = tf.cast(labels, "int64")
        # Else such an image would go for one that shows no class.
        tf.debugging.Assert(
            tf.reduce_all((labels >= 0) & (labels < count)),
            [f"Labels lie in [0, {count}), the classes of this GAN", labels],
        )
        return tf.one_hot(labels, count)

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
