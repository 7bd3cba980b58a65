"""What is being trained now: two models, their average, two optimizers."""

import collections
import dataclasses

import keras
import tensorflow as tf

from progan_keras.checks import check_precision
from progan_keras.finite import assert_finite
from progan_keras.loss_scaling import is_scaling, must_be_finite, scaling

# What a discriminator says of images: scores `[N, 1]`, and the logits
# `[N, classes]` of one that tells the class, else None.
Verdict = collections.namedtuple("Verdict", ["scores", "logits"])

# Batch normalisation's, which training moves without a gradient.
_STATISTICS = ("/moving_mean", "/moving_variance")


@dataclasses.dataclass(frozen=True)
class ActiveStage:
    """The models and optimizers of one stage.

    A plain object on purpose: were the models attributes of the GAN itself,
    Keras would keep every stage's forever.

    Attributes:
        stage: `Stage`, with its start filled in.
        generator: Keras model in training.
        discriminator: Keras model in training.
        average: List of pairs (generator's variable, its average).
        statistics: The same of variables that the average only copies.
        weighted_sums: The `WeightedSum` layers whose alpha moves.
        optimizers: Dict "generator" / "discriminator" -> Keras optimizer.
    """

    stage: object
    generator: keras.Model
    discriminator: keras.Model
    average: list
    statistics: list
    weighted_sums: list
    optimizers: dict

    @classmethod
    def enter(cls, gan, stage):
        """Collect what `stage` trains, with fresh optimizers.

        A GAN that was not compiled gets none: it can generate, not train.
        """
        if stage.start is None:
            stage = dataclasses.replace(stage, start=gan.images_seen)
        pairs = {
            family: gan.pair(stage.resolution, family)
            for family in gan.families
        }
        models = {
            family: pair.model(stage.fade_in) for family, pair in pairs.items()
        }
        return cls(
            stage=stage,
            generator=models["generator"],
            discriminator=models["discriminator"],
            average=_pairs(
                models["generator"].trainable_variables, models["ema_generator"]
            ),
            statistics=_pairs(
                [
                    variable
                    for variable in models["generator"].variables
                    if variable.path.endswith(_STATISTICS)
                ],
                models["ema_generator"],
            ),
            weighted_sums=[
                pair.weighted_sum for pair in pairs.values() if stage.fade_in
            ],
            optimizers=_fresh_optimizers(gan, stage, models)
            if gan.compiled
            else {},
        )

    def alpha(self, clock):
        """Weight of the new layers by the clock, a float32 tensor."""
        if not self.stage.fade_in:
            return tf.constant(1.0)
        progress = tf.cast(clock - self.stage.start, "float32")
        return tf.clip_by_value(progress / self.stage.images, 0.0, 1.0)

    def assign_alpha(self, alpha):
        """Set alpha of the models in training."""
        for layer in self.weighted_sums:
            layer.alpha.assign(alpha)

    def generate(self, latents, labels=None):
        """Return G's images `[N, H, W, C]`, in training."""
        inputs = latents if labels is None else [latents, labels]
        return self.generator(inputs, training=True)

    def discriminate(self, images, labels=None):
        """Return D's `Verdict` on images, in training.

        Args:
            images: Float32 `[N, H, W, C]` in [-1, 1].
            labels: One-hot float32 `[N, classes]`, for a discriminator that
                is told the class; else it does not look at them.
        """
        told = isinstance(self.discriminator.input, list)
        inputs = [images, labels] if told else images
        outputs = self.discriminator(inputs, training=True)
        return Verdict(
            *outputs if isinstance(outputs, list) else (outputs, None)
        )

    def variables(self, family):
        """Return the trainable variables of G or D in this stage."""
        return getattr(self, family).trainable_variables

    def apply(self, gradients, causes):
        """Take one step of the optimizer of G, of D, or of both.

        Args:
            gradients: Dict from "generator" / "discriminator" to a list of
                gradients, in the order of `variables`, of a loss times what
                the optimizer's `scale_loss` says.
            causes: Dict from names to tensors that the gradients follow from;
                if one of them or a gradient is not finite, the step fails
                before any weight moves. With loss scaling, gradients that
                are not finite leave out that optimizer's step.
        """
        named = {
            f"the gradient of {family}/{variable.path}": must_be_finite(
                self.optimizers[family], gradient
            )
            for family, values in gradients.items()
            for variable, gradient in zip(
                self.variables(family), values, strict=True
            )
        }
        check = assert_finite({**causes, **named})
        # All gradients come before any weight moves. TensorFlow orders reads
        # and writes too, but its graph optimizer loses some of that: a layer
        # behind could be read after its own update.
        ready = [g for family in gradients.values() for g in family]
        ready = tf.tuple(ready, control_inputs=[check])
        for family, values in gradients.items():
            count = len(values)
            own, ready = ready[:count], ready[count:]
            _apply(self.optimizers[family], own, self.variables(family))

    def update_average(self, decay):
        """Move the generator's average: `e = v + decay * (e - v)`."""
        for variable, average in self.average:
            average.assign(variable + decay * (average - variable))
        for variable, copy in self.statistics:
            copy.assign(variable)


def _apply(optimizer, gradients, variables):
    """Have an optimizer sum gradients up over the devices, and use them.

    In the context of a single device, TensorFlow registers the gradient of
    that sum, for ever and with all the graph of the step. So where there is
    but one device, the optimizer is called from outside of that context; but
    Keras' loss scaling refuses to be, and the graph stays.
    """
    if tf.distribute.has_strategy() or is_scaling(optimizer):
        optimizer.apply(gradients, variables)
    else:
        tf.distribute.get_replica_context().merge_call(
            lambda strategy: optimizer.apply(gradients, variables)
        )


def _fresh_optimizers(gan, stage, models):
    """Build an optimizer for G and one for D.

    Adam's moments start anew in every stage, as in the paper's code. They are
    built here, inside the scope of the strategy, because that cannot be done
    inside a replica.
    """
    template, precision = gan.optimizer_template, gan.config.precision
    check_precision(precision, gan.distribute_strategy.num_replicas_in_sync)
    optimizers = {}
    with gan.distribute_strategy.scope():
        for family in ("generator", "discriminator"):
            config = template.get_config()
            config["name"] = f"{family}_optimizer"
            config["learning_rate"] = stage.learning_rate
            optimizer = type(template).from_config(config)
            if precision == "mixed_float16":
                optimizer = scaling(optimizer, f"{family}_loss_scale")
            optimizer.build(models[family].trainable_variables)
            optimizers[family] = optimizer
    return optimizers


def _pairs(variables, model):
    """Pair variables with those of the same path in `model`."""
    by_path = {variable.path: variable for variable in model.variables}
    return [(variable, by_path[variable.path]) for variable in variables]
