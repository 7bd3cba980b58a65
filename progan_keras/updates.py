"""The two ways to update discriminator and generator once.

Losses are means over the replica's images. `apply` sums gradients over the
replicas, so each contributes its share, 1 / number of replicas: the sum is
then the gradient of the mean over the global batch.
"""

import dataclasses

import tensorflow as tf

from progan_keras.loss_scaling import is_scaling
from progan_keras.losses import Loss, classification_loss
from progan_keras.noise import StepNoise


@dataclasses.dataclass(frozen=True)
class Objective:
    """What D and G are trained for.

    Attributes:
        loss: `losses.Loss`, of the scores.
        class_weight: Float, weight of telling the class ("acgan").
        class_frequencies: Floats that add up to 1, how often G is asked for
            each class; None without classes.
    """

    loss: Loss
    class_weight: float = 1.0
    class_frequencies: tuple | None = None


@dataclasses.dataclass(frozen=True)
class Batch:
    """What one update of D takes.

    Attributes:
        reals: Real images, float32 `[N, H, W, C]` in [-1, 1].
        labels: Their classes, one-hot float32 `[N, classes]`, or None.
        noise: `StepNoise`.
        decay: Float or scalar tensor, of the generator's average.
    """

    reals: tf.Tensor
    labels: tf.Tensor | None
    noise: StepNoise
    decay: tf.Tensor | float


def alternating_update(active, objective, batches):
    """Update D and the average, then G on fresh latents: the paper's order.

    Args:
        active: `ActiveStage`.
        objective: `Objective`.
        batches: List of `Batch`: D is updated on each of them before G is
            (n_critic of Gulrajani et al., 2017).

    Returns:
        Dict of float32 scalars, means over this replica's last images.
    """
    for batch in batches:
        fakes = active.generate(batch.noise.latents("latents_d"), batch.labels)
        with tf.GradientTape() as tape:
            scores, d_loss = _judge(active, objective, batch, fakes)
        gradients = _gradients(tape, d_loss, active, "discriminator", batch)
        penalty, gradients = _add_penalty(
            active, objective.loss, batch, fakes, gradients
        )
        active.apply(
            {"discriminator": gradients}, _causes(batch, d_loss, penalty)
        )
        active.update_average(batch.decay)

    latents, labels = batch.noise.latents("latents_g"), None
    if batch.labels is not None:
        labels = batch.noise.labels(objective.class_frequencies)
    with tf.GradientTape() as tape:
        fakes = active.generate(latents, labels)
        fake = active.discriminate(fakes, labels)
        real = None
        if objective.loss.uses_real_scores:
            real = active.discriminate(batch.reals, batch.labels)
        g_loss = _generator_loss(objective, fake, real, labels)
    gradients = _gradients(tape, g_loss, active, "generator", batch)
    active.apply({"generator": gradients}, {"the loss of G": g_loss})
    return _logs(d_loss, g_loss, penalty, scores)


def simultaneous_update(active, objective, batches):
    """Update D and G from the same latents, through one forward pass.

    The paper's CIFAR-10 runs did so. Arguments and result are those of
    `alternating_update`, for one batch.
    """
    if len(batches) != 1:
        raise ValueError(
            "Simultaneous updates are one of D and one of G; with more of D, "
            "take alternating ones. "
            f"Received: update='simultaneous', n_critic={len(batches)}"
        )
    (batch,) = batches
    latents = batch.noise.latents("latents_d")
    with tf.GradientTape(persistent=True) as tape:
        fakes = active.generate(latents, batch.labels)
        scores, d_loss = _judge(active, objective, batch, fakes)
        real, fake = scores
        g_loss = _generator_loss(objective, fake, real, batch.labels)
    if _is_zero_sum(active, objective):
        # One pass back through D serves both.
        *d_gradients, uphill = _gradients(
            tape, d_loss, active, "discriminator", batch, [fakes]
        )
        g_gradients = tape.gradient(
            fakes,
            [variable.value for variable in active.variables("generator")],
            output_gradients=-uphill,
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )
    else:
        d_gradients = _gradients(tape, d_loss, active, "discriminator", batch)
        g_gradients = _gradients(tape, g_loss, active, "generator", batch)
    del tape  # a persistent tape holds its tensors until it goes
    penalty, d_gradients = _add_penalty(
        active, objective.loss, batch, fakes, d_gradients
    )
    active.apply(
        {"discriminator": d_gradients, "generator": g_gradients},
        {**_causes(batch, d_loss, penalty), "the loss of G": g_loss},
    )
    active.update_average(batch.decay)
    return _logs(d_loss, g_loss, penalty, scores)


_BY_NAME = {
    "alternating": alternating_update,
    "simultaneous": simultaneous_update,
}


def get(name):
    """Return the update function of that name.

    Raises:
        ValueError: for an unknown name.
    """
    if name not in _BY_NAME:
        raise ValueError(
            f"update is one of {sorted(_BY_NAME)}. Received: update={name!r}"
        )
    return _BY_NAME[name]


def _judge(active, objective, batch, fakes):
    """D's verdicts on reals and fakes, and its mean loss without penalty.

    The fakes were asked for with the labels of the reals.
    """
    real = active.discriminate(batch.reals, batch.labels)
    fake = active.discriminate(fakes, batch.labels)
    losses = objective.loss.discriminator_loss(real.scores, fake.scores)
    if real.logits is not None:
        told = classification_loss(real.logits, batch.labels)
        told += classification_loss(fake.logits, batch.labels)
        losses += objective.class_weight * told
    return (real, fake), tf.reduce_mean(losses)


def _generator_loss(objective, fake, real, labels):
    """G's mean loss; `real` is None where the loss does not look at it."""
    real_scores = None
    if objective.loss.uses_real_scores:
        real_scores = real.scores
    losses = objective.loss.generator_loss(fake.scores, real_scores)
    if fake.logits is not None:
        told = classification_loss(fake.logits, labels)
        losses += objective.class_weight * told
    return tf.reduce_mean(losses)


def _add_penalty(active, loss, batch, fakes, gradients):
    """Return the mean penalty, and `gradients` with the penalty's added."""
    if not loss.penalty_interval:
        return tf.constant(0.0), gradients
    noise = batch.noise

    def scores(images):
        return active.discriminate(images, batch.labels).scores

    scores.in_float16 = is_scaling(active.optimizers["discriminator"])

    def compute():
        with tf.GradientTape() as tape:
            images = loss.penalty(scores, batch.reals, fakes, noise.mix())
            penalty = tf.reduce_mean(images) * loss.penalty_interval
        added = _gradients(tape, penalty, active, "discriminator", batch)
        return penalty, added

    def skip():
        return tf.constant(0.0), [tf.zeros_like(x) for x in gradients]

    if loss.penalty_interval == 1:
        penalty, added = compute()
    else:
        step = noise.clock // tf.cast(noise.global_batch, "int64")
        due = tf.equal(step % loss.penalty_interval, 0)
        penalty, added = tf.cond(due, compute, skip)
    return penalty, [a + b for a, b in zip(gradients, added, strict=True)]


def _is_zero_sum(active, objective):
    """Whether G minimises just what D maximises of the fakes.

    Not where both want the class of the fakes to be told, and not where each
    gradient has a scale of its own.
    """
    return (
        objective.loss.zero_sum
        and not isinstance(active.discriminator.output, list)
        and not is_scaling(active.optimizers["discriminator"])
    )


def _gradients(tape, loss, active, family, batch, others=()):
    """Gradients of this replica's share of the global mean.

    They are as large as the optimizer wants them: see `loss_scaling`. Those
    towards tensors in `others` come behind those of the family's variables.
    """
    share = tf.constant(1.0 / batch.noise.num_replicas)
    variables = [variable.value for variable in active.variables(family)]
    return tape.gradient(
        loss,
        [*variables, *others],
        output_gradients=active.optimizers[family].scale_loss(share),
        unconnected_gradients=tf.UnconnectedGradients.ZERO,
    )


def _causes(batch, d_loss, penalty):
    """What D's gradients follow from, by name."""
    return {
        "the batch of real images": batch.reals,
        "the loss of D": d_loss,
        "the penalty of D": penalty,
    }


def _logs(d_loss, g_loss, penalty, verdicts):
    real, fake = verdicts
    return {
        "d_loss": d_loss + penalty,
        "g_loss": g_loss,
        "penalty": penalty,
        "d_real": tf.reduce_mean(real.scores),
        "d_fake": tf.reduce_mean(fake.scores),
    }
