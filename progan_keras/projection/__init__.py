"""Projection: which latent makes a picture, or comes nearest to it?

    found = pk.project(gan, "face.png", fit="crop")
    pictures = gan.generate(latents=found.latents, labels=found.labels)

A picture that a generator has made is found again, mostly. What is found for
another picture shows what the generator can paint and what it cannot: a GAN
that had learned its training images by heart would paint them.
"""

from progan_keras.projection.project import Projection, project

__all__ = ["Projection", "project"]
