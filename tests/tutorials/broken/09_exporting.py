"""Mistakes that the checks of lesson 9 must notice."""

BROKEN = [
    (
        "forgets to clip",
        "clipped = tf.clip_by_value(images, -1.0, 1.0)",
        "clipped = images",
    ),
    (
        "rounds down",
        "tf.cast(tf.round(127.5 * (clipped + 1.0)), tf.uint8)",
        "tf.cast(127.5 * (clipped + 1.0), tf.uint8)",
    ),
    (
        "exports the training generator",
        "module = Exported(gan.current_generator())",
        'module = Exported(gan.pair(32, "generator").straight)',
    ),
    (
        "a batch of sixteen in the signature",
        "LATENTS = tf.TensorSpec((None, latent_dim)",
        "LATENTS = tf.TensorSpec((16, latent_dim)",
    ),
    (
        "the library forgets to clip",
        'library = gan.export(folder / "library", overwrite=True)',
        "from unittest import mock\n"
        "wraps = lambda images: tf.cast(\n"
        "    tf.cast(tf.round(127.5 * (images + 1.0)), tf.int32), tf.uint8\n"
        ")\n"
        'name = "progan_keras.export.endpoints.to_pictures"\n'
        "mock.patch(name, wraps).start()\n"
        'library = gan.export(folder / "library", overwrite=True)',
    ),
    (
        "one of the mistakes is not made",
        "scaled = tf.round(127.5 * (self.generator(latents) + 1.0))",
        "scaled = my_uint8(self.generator(latents))",
    ),
    (
        "the runtime gets other latents",
        'session.run(["images"], {"latents": latents})',
        'session.run(["images"], {"latents": latents[::-1].copy()})',
    ),
    (
        "ignores the signature's name",
        'name = request.get("signature_name", "serving_default")',
        'name = "serving_default"',
    ),
]
