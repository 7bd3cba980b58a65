"""Has it copied? Samples beside their nearest training images."""

from progan_keras.figures.style import WIDTH, drawn, new_figure
from progan_keras.metrics.nearest import neighbour_grid


@drawn
def neighbours(samples, training, indices, width=WIDTH):
    """Samples, each at the left of its nearest training images.

        found = nearest_neighbours(
            pixel_vectors(samples), pixel_vectors(training)
        )
        pk.figures.neighbours(samples, training, found.indices)

    Args:
        samples: uint8 array `[N, height, width, C]`.
        training: uint8 array `[M, height, width, C]`.
        indices: Integer array `[N, k]`, the nearest first, as
            `metrics.nearest.nearest_neighbours` finds them.
        width: Float, inches.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if sizes differ, or there is no matplotlib.
    """
    picture = neighbour_grid(samples, training, indices)
    height = picture.height / picture.width * width + 0.7
    title = "Generated pictures and the training images nearest to them"
    figure = new_figure(width, height, title)
    axes = figure.subplots()
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
    axes.spines[:].set_visible(False)
    axes.grid(False)
    axes.tick_params(length=0)
    axes.set_yticks([])
    axes.xaxis.tick_top()
    # A column of pictures, an empty one, and the neighbours.
    step = picture.width / (indices.shape[1] + 2)
    axes.set_xticks(
        [0.5 * step, 2.5 * step], ["generated", "nearest"], fontsize=10
    )
    return figure
