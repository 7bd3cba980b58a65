"""A TensorFlow SavedModel of a generator."""

import tensorflow as tf

from progan_keras.export.endpoints import Endpoints
from progan_keras.files import as_os_error, atomic_path


def export_saved_model(gan, path):
    """Write a SavedModel that runs wherever TensorFlow does.

    Load it with `model = tf.saved_model.load(path)`, keep that object, and
    call one of its endpoints with latents, float32 `[N, latent_dim]` from
    N(0, 1), any N:

    - `model.serve(latents)`: float32 images `[N, R, R, C]`, about [-1, 1];
    - `model.pictures(latents)`: the same as uint8 pictures in [0, 255];
    - `model.pictures_8x8(latents)` and so on: those of each resolution that
      the generator grew through;
    - `model.sample(n, seed)`: n pictures of latents that it draws itself,
      always the same for a seed, both int32 scalars;
    - `model.interpolate(z0, z1, n)`: n pictures on the way from one latent
      vector to another, both float32 `[latent_dim]`, along the great circle.

    A conditional GAN's endpoints take class indices besides, int32: `[N]`
    with latents, `[n]` with `sample`, a scalar with `interpolate`.

    Model servers see a signature for each, of the same name and with the same
    names of inputs. Its one output is called `pictures`, that of `serve` is
    called `images`. `serving_default` is `serve`.

    Args:
        gan: `ProGAN`.
        path: Folder to write.
    """
    endpoints = Endpoints(gan)
    module, signatures = tf.Module(), {}
    module.variables_kept = endpoints.variables()
    for name, (function, inputs) in endpoints.all().items():
        endpoint = tf.function(
            function, input_signature=inputs, autograph=False
        )
        setattr(module, name, endpoint)
        output = "images" if name == "serve" else "pictures"
        signatures[name] = _with_name(endpoint, inputs, output)
    signatures["serving_default"] = signatures["serve"]
    with atomic_path(path) as temporary:
        try:
            tf.saved_model.save(module, temporary, signatures=signatures)
        except tf.errors.OpError as error:
            raise as_os_error(error) from error


def _with_name(endpoint, inputs, output):
    """The same function, but what it returns has a name.

    In Python that would be in the way; a signature without it calls its
    output "output_0".
    """
    return tf.function(
        lambda *tensors: {output: endpoint(*tensors)},
        input_signature=inputs,
        autograph=False,
    )
