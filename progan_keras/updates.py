"""The two ways to update discriminator and generator once.

Losses are means over the replica's images. `apply` sums gradients over the
replicas, so each contributes its share, 1 / number of replicas: the sum is
then the gradient of the mean over the global batch.
"""

import tensorflow as tf


def alternating_update(active, loss, reals, noise, decay):
    """Update D and the average, then G on fresh latents: the paper's order.

    Args:
        active: `ActiveStage`.
        loss: `losses.Loss`.
        reals: Real images, float32 `[N, H, W, C]` in [-1, 1].
        noise: `StepNoise`.
        decay: Float or scalar tensor, of the generator's average.

    Returns:
        Dict of float32 scalars, means over this replica's images.
    """
    fakes = active.generator(noise.latents("latents_d"))
    with tf.GradientTape() as tape:
        real_scores = active.discriminator(reals)
        fake_scores = active.discriminator(fakes)
        losses = loss.discriminator_loss(real_scores, fake_scores)
        d_loss = tf.reduce_mean(losses)
    gradients = _gradients(tape, d_loss, active, "discriminator", noise)
    penalty, gradients = _add_penalty(
        active, loss, reals, fakes, noise, gradients
    )
    active.apply("discriminator", gradients)
    active.update_average(decay)

    latents = noise.latents("latents_g")
    with tf.GradientTape() as tape:
        scores = active.discriminator(active.generator(latents))
        g_loss = tf.reduce_mean(loss.generator_loss(scores))
    gradients = _gradients(tape, g_loss, active, "generator", noise)
    active.apply("generator", gradients)
    return _logs(d_loss, g_loss, penalty, real_scores, fake_scores)


def simultaneous_update(active, loss, reals, noise, decay):
    """Update D and G from the same latents, through one forward pass.

    The paper's CIFAR-10 runs did so. Arguments and result are those of
    `alternating_update`.
    """
    latents = noise.latents("latents_d")
    with tf.GradientTape(persistent=True) as tape:
        fakes = active.generator(latents)
        real_scores = active.discriminator(reals)
        fake_scores = active.discriminator(fakes)
        losses = loss.discriminator_loss(real_scores, fake_scores)
        d_loss = tf.reduce_mean(losses)
        g_loss = tf.reduce_mean(loss.generator_loss(fake_scores))
    d_gradients = _gradients(tape, d_loss, active, "discriminator", noise)
    g_gradients = _gradients(tape, g_loss, active, "generator", noise)
    del tape  # a persistent tape holds its tensors until it goes
    penalty, d_gradients = _add_penalty(
        active, loss, reals, fakes, noise, d_gradients
    )
    active.apply("discriminator", d_gradients)
    active.apply("generator", g_gradients)
    active.update_average(decay)
    return _logs(d_loss, g_loss, penalty, real_scores, fake_scores)


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


def _add_penalty(active, loss, reals, fakes, noise, gradients):
    """Return the mean penalty, and `gradients` with the penalty's added."""
    if not loss.penalty_interval:
        return tf.constant(0.0), gradients

    def compute():
        with tf.GradientTape() as tape:
            images = loss.penalty(
                active.discriminator, reals, fakes, noise.mix()
            )
            penalty = tf.reduce_mean(images) * loss.penalty_interval
        added = _gradients(tape, penalty, active, "discriminator", noise)
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


def _gradients(tape, loss, active, family, noise):
    """Gradients of this replica's share of the global mean."""
    return tape.gradient(
        loss,
        [variable.value for variable in active.variables(family)],
        output_gradients=tf.constant(1.0 / noise.num_replicas),
        unconnected_gradients=tf.UnconnectedGradients.ZERO,
    )


def _logs(d_loss, g_loss, penalty, real_scores, fake_scores):
    return {
        "d_loss": d_loss + penalty,
        "g_loss": g_loss,
        "penalty": penalty,
        "d_real": tf.reduce_mean(real_scores),
        "d_fake": tf.reduce_mean(fake_scores),
    }
