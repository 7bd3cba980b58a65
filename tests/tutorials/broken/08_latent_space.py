"""Mistakes that the checks of lesson 8 must notice."""

BROKEN = [
    (
        "scales to length one",
        "np.sqrt(np.mean(latents**2, axis=-1, keepdims=True))",
        "np.linalg.norm(latents, axis=-1, keepdims=True)",
    ),
    (
        "goes from the end to the start",
        "return near * start + far * end",
        "return far * start + near * end",
    ),
    (
        "the angle from the wrong end",
        "return my_angle(start, on_line) / my_angle(start, end)",
        "return my_angle(end, on_line) / my_angle(start, end)",
    ),
    (
        "measures the line twice",
        "changes(my_line, pairs), changes(my_slerp, pairs)",
        "changes(my_line, pairs), changes(my_line, pairs)",
    ),
    (
        "stays at the last station",
        "following = (leg + 1) % len(stations)",
        "following = np.minimum(leg + 1, len(stations) - 1)",
    ),
    (
        "multiplies latents by the truncation",
        "return my_slerp(centre, latents, truncation)",
        "return truncation * latents",
    ),
    (
        "takes any samples for typical ones",
        "chosen = np.argsort(distances)[:nearest]",
        "chosen = np.arange(nearest)",
    ),
    (
        "takes nothing away",
        "return my_sphere(start - minus + plus)",
        "return my_sphere(start + plus)",
    ),
    (
        "picks without looking",
        "order = np.argsort(yellow_share(gan.generate(latents=pool)))",
        "order = np.arange(len(pool))",
    ),
    (
        "compares at full size only",
        "while difference.shape[1] > 4:",
        "while False:",
    ),
    (
        "whiter than white counts",
        "targets >= 1.0, tf.minimum(difference, 0.0), difference",
        "targets >= 9.0, tf.minimum(difference, 0.0), difference",
    ),
    (
        "climbs",
        "loss = tf.reduce_sum(my_distance(painted, goals))",
        "loss = -tf.reduce_sum(my_distance(painted, goals))",
    ),
    (
        "leaves the sphere",
        "        if sphere:\n",
        "        if not sphere:\n",
    ),
    (
        "the library's search stands still",
        "found, errors = my_project(own, steps)",
        "found, errors = my_project(own, steps)\n"
        "from unittest import mock\n"
        "name = 'progan_keras.projection.search._LEARNING_RATE'\n"
        "mock.patch(name, 0.0).start()",
    ),
    (
        "looks for its own pictures again",
        "found_real, real_errors = my_project(real, steps)",
        "found_real, real_errors = my_project(own, steps)",
    ),
]
