"""How steep D is on the way from real images to generated ones."""

import numpy as np

from progan_keras.figures.style import (
    GREY,
    LINES,
    WIDTH,
    add_note,
    drawn,
    new_figure,
)

_MIDDLE = (10, 90)  # percentiles that the band behind a single line spans


@drawn
def gradient_norms(gans, reals, labels=None, points=21, seed=0, width=WIDTH):
    """Norms of D's gradient along the lines from real to generated images.

        pk.figures.gradient_norms(gan, images.at(8)[:64])
        pk.figures.gradient_norms({"WGAN-GP": one, "hinge": other}, reals)

    These are the numbers that WGAN-GP draws to `gamma`, which is marked where
    a loss has it (Gulrajani et al., 2017; Karras et al., 2018, appendix A.1).
    Both networks are those in training, of the stage entered last.

    Args:
        gans: `ProGAN`, or dict from names to several that take equal images.
        reals: Real images `[N, r, r, C]` at the stage's resolution, uint8 or
            float in [-1, 1]; as many as a batch of training, or more.
        labels: For a conditional GAN the classes of the reals, integers
            `[N]`; None to go round the classes.
        points: Integer, places on each line, both ends included.
        seed: Integer, of the latents.
        width: Float, inches.

    Returns:
        `matplotlib.figure.Figure`. One GAN is drawn with the band in which
        the middle 80 % of the images lie, several with their medians alone.

    Raises:
        ValueError: for images that do not fit the stage, less than two
            places, or if there is no matplotlib.
    """
    several = isinstance(gans, dict)
    named = gans if several else {"median": gans}
    lines = {
        name: norms_along_lines(gan, reals, labels, points, seed)
        for name, gan in named.items()
    }
    figure = new_figure(
        width, 3.6, "How steep D is between real and generated images"
    )
    axes = figure.subplots()
    for (colour, style), (name, (shares, norms)) in zip(
        _styles(len(lines)), lines.items(), strict=True
    ):
        middle = np.median(norms, axis=0)
        axes.plot(shares, middle, color=colour, linestyle=style, label=name)
        if not several:
            band = np.percentile(norms, _MIDDLE, axis=0)
            axes.fill_between(
                shares, *band, color=colour, alpha=0.2, label="middle 80 %"
            )
    gammas = sorted(set(map(_gamma, named.values())) - {None})
    for gamma in gammas:
        axes.axhline(
            gamma,
            color=GREY,
            linestyle=(0, (2, 2)),
            linewidth=1,
            label=f"gamma = {gamma:g}",
        )
    axes.set(xlim=(0, 1), xlabel="share of the generated image")
    axes.set_ylabel("norm of D's gradient")
    middles = [np.median(norms, axis=0) for _, norms in lines.values()]
    _scale(axes, np.concatenate([*middles, gammas]))
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    add_note(figure, "0: the real image. 1: the generated one.")
    return figure


def norms_along_lines(gan, reals, labels=None, points=21, seed=0):
    """Measure D's gradient at places between real and generated images.

    D may look at several images of a batch at once. So each batch holds, as
    in training, images at different places of their lines.

    Args:
        gan: `ProGAN`.
        reals: As for `gradient_norms`, and so are the others.
        labels: Integers `[N]`, or None.
        points: Integer.
        seed: Integer.

    Returns:
        Tuple of the places, float array `[points]` from 0 (the real image) to
        1 (the generated one), and the norms, float array `[N, points]`.
    """
    # Reports draw figures too, and need not wait for TensorFlow.
    import tensorflow as tf

    from progan_keras.checks import check_integer
    from progan_keras.losses.loss import squared_gradient_norm

    check_integer(points, "points", least=2)
    reals, fakes, scores = _prepare(gan, reals, labels, seed)
    count = len(reals)
    shares = np.linspace(0.0, 1.0, points, dtype=np.float32)
    norms = np.empty((count, points))
    for turn in range(points):
        places = (np.arange(count) + turn) % points
        mix = tf.reshape(shares[places], (-1, 1, 1, 1))
        squared = squared_gradient_norm(scores, reals + (fakes - reals) * mix)
        norms[np.arange(count), places] = np.sqrt(squared)
    return shares, norms


def _prepare(gan, reals, labels, seed):
    """Reals and fakes as D meets them in training, and its scores."""
    import tensorflow as tf

    from progan_keras import classes, latents
    from progan_keras.reals import prepare_reals

    config, stage = gan.config, gan.stage
    resolution = stage.resolution if stage else config.resolution
    fading = stage is not None and stage.fade_in
    reals = tf.convert_to_tensor(reals)
    expected = (resolution, resolution, config.num_channels)
    if reals.shape.rank != 4 or tuple(reals.shape[1:]) != expected:
        raise ValueError(
            f"Real images of this stage are an array [N, {resolution}, "
            f"{resolution}, {config.num_channels}]. "
            f"Received: an array of shape {reals.shape.as_list()}"
        )
    generator, discriminator = (
        gan.pair(resolution, family).model(fading)
        for family in ("generator", "discriminator")
    )
    reals = prepare_reals(reals, gan.alpha if fading else None)
    count = len(reals)
    inputs = [tf.constant(latents.sample(count, config.latent_dim, seed))]
    if config.num_classes:
        vectors = classes.one_hot(labels, gan.class_names, count)
        inputs.append(tf.constant(vectors))
    elif labels is not None:
        gan.check_conditional()

    def scores(images):
        told = [images, *inputs[1:]] if config.projection else images
        outputs = discriminator(told)
        return outputs[0] if isinstance(outputs, list) else outputs

    fakes = generator(inputs if len(inputs) > 1 else inputs[0])
    return reals, fakes, scores


def _gamma(gan):
    """The norm that the loss of a GAN draws D's gradient to, or None."""
    objective = getattr(gan, "objective", None)
    return getattr(objective.loss, "gamma", None) if objective else None


def _styles(count):
    """A colour and a style for each of the lines, over and over."""
    return [LINES[index % len(LINES)] for index in range(count)]


def _scale(axes, values):
    """Start at 0, or make the axis logarithmic where values lie far apart."""
    smallest = values[values > 0].min(initial=np.inf)
    if values.max() > 20 * smallest:
        axes.set_yscale("log")
        # As plain numbers: the style takes no text for mathematics.
        axes.yaxis.set_major_formatter("{x:g}")
    else:
        axes.set_ylim(bottom=0)
