"""Mistakes of students that a check of lesson 4 finds.

Each is a name, a text in the lesson's code, and what replaces it.
"""

BROKEN = [
    (
        "D takes reals for fakes",
        "tf.nn.softplus(fake_scores) + tf.nn.softplus(-real_scores)",
        "tf.nn.softplus(-fake_scores) + tf.nn.softplus(real_scores)",
    ),
    (
        "the saturating loss of G has the wrong sign",
        "return -tf.nn.softplus(fake_scores)",
        "return tf.nn.softplus(fake_scores)",
    ),
    (
        "the critic scores fakes high",
        "return fake_scores - real_scores",
        "return real_scores - fake_scores",
    ),
    (
        "the gradient of the mean score",
        "total = tf.reduce_sum(discriminator(pictures))",
        "total = tf.reduce_mean(discriminator(pictures))",
    ),
    (
        "the norm over the batch, too",
        "squared = tf.reduce_sum(tf.square(gradient), axis=(1, 2, 3))",
        "squared = tf.reduce_sum(tf.square(gradient)) * tf.ones([8])",
    ),
    (
        "one place for all pictures of a batch",
        "mixed = reals + mix * (fakes - reals)\n"
        "    norm = gradient_norm(discriminator, mixed)",
        "mixed = reals + mix[:1] * (fakes - reals)\n"
        "    norm = gradient_norm(discriminator, mixed)",
    ),
    (
        "the penalty is not divided by the square of gamma",
        "return weight / gamma**2 * tf.square(norm - gamma)",
        "return weight * tf.square(norm - gamma)",
    ),
    (
        "the penalty's gradient does not reach the weights",
        "return tf.sqrt(squared + 1e-12)",
        "return tf.stop_gradient(tf.sqrt(squared + 1e-12))",
    ),
    (
        "a penalty too weak for slope 1",
        "held = with_penalty(gradient_penalty)",
        "held = with_penalty(functools.partial(gradient_penalty, weight=1.0))",
    ),
    (
        "the loss forgets drift",
        "return wasserstein_d(real_scores, fake_scores) + drift",
        "return wasserstein_d(real_scores, fake_scores)",
    ),
    (
        "drift pulls on the fakes",
        "drift = self.drift * tf.square(real_scores)",
        "drift = self.drift * tf.square(fake_scores)",
    ),
    (
        "the penalty does not know gamma",
        "discriminator, reals, fakes, mix, gamma=self.gamma",
        "discriminator, reals, fakes, mix",
    ),
    (
        "hinge without a margin",
        "tf.nn.relu(1.0 - real) + tf.nn.relu(1.0 + fake)",
        "tf.nn.relu(-real) + tf.nn.relu(fake)",
    ),
    (
        "least squares draws fakes to 1 for D",
        "0.5 * tf.square(real - 1.0) + 0.5 * tf.square(fake)",
        "0.5 * tf.square(real - 1.0) + 0.5 * tf.square(fake - 1.0)",
    ),
    (
        "reals are compared with reals",
        "ahead = real - tf.reduce_mean(fake)",
        "ahead = real - tf.reduce_mean(real)",
    ),
    (
        "R1 without the half",
        "return 0.5 * weight * tf.square(gradient_norm(discriminator, reals))",
        "return weight * tf.square(gradient_norm(discriminator, reals))",
    ),
]
