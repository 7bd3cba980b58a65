"""Mistakes of students that a check of lesson 5 finds.

Each is a name, a text in the lesson's code, and what replaces it.
"""

BROKEN = [
    (
        "the same numbers in every step",
        'seed = tf.stack([first, tf.cast(clock, "int64")])',
        "seed = tf.stack([first, first])",
    ),
    (
        "D and G learn from the same latents",
        'first = tf.constant(PURPOSES.index(purpose), "int64")',
        'first = tf.constant(0, "int64")',
    ),
    (
        "real pictures do not fade",
        "return (1.0 - alpha) * old + alpha * new",
        "return new",
    ),
    (
        "the average forgets what it should keep",
        "average.assign(weight + self.decay * (average - weight))",
        "average.assign(average + self.decay * (weight - average))",
    ),
    (
        "the average comes last",
        "        self.update_average()\n"
        '        logs["g_loss"] = self.update_g(reals.shape[0])',
        '        logs["g_loss"] = self.update_g(reals.shape[0])\n'
        "        self.update_average()",
    ),
    (
        "the clock stands still",
        "self.clock.assign_add(pictures.shape[0])\n        return logs\n\n"
        "    def alpha(self):",
        "return logs\n\n    def alpha(self):",
    ),
    (
        "alpha stands still",
        'shown = tf.cast(self.clock.value - stage.start, "float32")',
        "shown = 0.0",
    ),
    (
        "alpha is computed but never assigned",
        "            variable.assign(alpha)\n        logs",
        "            pass\n        logs",
    ),
    (
        "D's loss lacks its penalty",
        "loss = tf.reduce_mean(losses) + tf.reduce_mean(penalties)",
        "loss = tf.reduce_mean(losses)",
    ),
    (
        "G's loss moves D",
        "variables = self.active.generator.trainable_variables\n"
        '        latents = self.latents("latents_g", count)',
        "variables = self.active.discriminator.trainable_variables\n"
        '        latents = self.latents("latents_g", count)',
    ),
    (
        "fit keeps the graph of the stage before",
        "self.compile(optimizer=None, jit_compile=False)",
        "if not self.compiled:\n"
        "            self.compile(optimizer=None, jit_compile=False)",
    ),
    (
        "D learns from G's loss where both learn at once",
        "d_gradients = tape.gradient(d_loss, d_variables)",
        "d_gradients = tape.gradient(g_loss, d_variables)",
    ),
    (
        "both at once, but from other latents",
        'fakes = active.generator(self.latents("latents_d", reals.shape[0]))',
        'fakes = active.generator(self.latents("latents_g", reals.shape[0]))',
    ),
    (
        "a learning rate that blows the networks up",
        "    learning_rate=0.002,\n)\ngrown = Simultaneous(",
        "    learning_rate=2e12,\n)\ngrown = Simultaneous(",
    ),
]
