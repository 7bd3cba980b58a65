"""Mistakes that the check cells of lesson 6 notice."""

BROKEN = [
    (
        "each replica takes the mean of its own share",
        "tf.reduce_sum(losses) / GLOBAL_BATCH",
        "tf.reduce_mean(losses)",
    ),
    (
        "the replicas do not add up their gradients",
        'gradients = replica.all_reduce("SUM", gradients)',
        "gradients = list(gradients)",
    ),
    (
        "a batch is cut, not dealt",
        "[batch[r::replicas] for r in range(replicas)]",
        "np.split(batch, replicas)",
    ),
    (
        "all replicas draw the same latents",
        "whole[context.replica_id_in_sync_group :: replicas]",
        "whole[:share]",
    ),
    (
        "the stream does not know of the devices",
        "    stream = images.stream(8, 16)  # deals, since it is inside",
        "stream = images.stream(8, 16)",
    ),
    (
        "the run to compare with is on one device",
        'train_here(fresh("mirrored"), strategy)',
        'train_here(fresh("mirrored"))',
    ),
    (
        "the average of G is not saved",
        "gan.families.items():  # G, D, the average of G",
        "list(gan.families.items())[:2]:",
    ),
    (
        "the resumed run sees the images from the beginning",
        'paths["everything is there"] = go_on(start=gan.images_seen)',
        'paths["everything is there"] = go_on(start=0)',
    ),
    (
        "the run is begun anew elsewhere",
        'again = start_process(folder, "second_go")',
        'again = start_process(WORK / "other", "second_go")',
    ),
]
