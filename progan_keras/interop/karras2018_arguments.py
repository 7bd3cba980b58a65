"""From the settings of official networks to the arguments of a `ProGAN`."""

from progan_keras.checks import resolutions_up_to
from progan_keras.interop.karras2018_settings import SETTINGS


def read_arguments(networks):
    """Return the arguments of `ProGAN` for networks that belong together.

    Args:
        networks: List of `OfficialNetwork`.

    Returns:
        Dict of keyword arguments.

    Raises:
        ValueError: where the networks differ from each other, or in what
            only official networks can be.
    """
    resolution = _agreed(networks, "resolution")
    labels = _agreed(networks, "label_size") or 0
    base, most = _find_fmaps(networks, resolutions_up_to(resolution))
    latent_sizes = {
        network.stated.get("latent_size", network.input_size - labels)
        for network in networks
        if network.kind == "G"
    }
    # In the generator fused or not is one function, in D it is not.
    last = max(networks, key=lambda network: network.kind == "D")
    return {
        "resolution": resolution,
        "num_channels": _agreed(networks, "num_channels"),
        "latent_dim": _only(latent_sizes, "latent_size"),
        "num_classes": labels,
        "fmap_base": base,
        "fmap_max": most,
        "fused_scale": last.fused_scale,
        "architecture": _read_architecture(networks),
    }


def _read_architecture(networks):
    """Return the switches of an `Architecture` that differ from the paper."""
    switches = {}
    if not _agreed_setting(networks, "use_wscale"):
        switches["equalized"] = False
    if not _agreed_setting(networks, "normalize_latents"):
        switches["normalize_latents"] = False
    if not _agreed_setting(networks, "use_pixelnorm"):
        switches["generator_norm"] = None
    epsilon = _agreed_setting(networks, "pixelnorm_epsilon")
    if epsilon != 1e-8:
        switches["pixel_norm_epsilon"] = epsilon
    group_size = _agreed_setting(networks, "mbstd_group_size")
    if group_size <= 1:
        switches["minibatch"] = None
    else:
        switches["group_size"] = group_size
    return switches


def _find_fmaps(networks, resolutions):
    """Return the fmap_base and fmap_max that give all layers their widths."""
    widths = {}
    for network in networks:
        for stage, width in network.widths(resolutions).items():
            if widths.setdefault(stage, width) != width:
                raise ValueError(
                    "Generator and discriminator have equally many feature "
                    "maps here. Received: "
                    f"{widths[stage]} and {width} at stage {stage}"
                )
    stated = networks[0].setting("fmap_base"), networks[0].setting("fmap_max")
    # Or else the least base: it halves with every stage.
    derived = (
        max(n * 2**stage for stage, n in widths.items()),
        max(widths.values()),
    )
    for base, most in (stated, derived):
        if all(
            min(int(base) // 2**stage, most) == width and width
            for stage, width in widths.items()
        ):
            return int(base), most
    raise ValueError(
        "Feature maps halve from one resolution to the next here, below a "
        "largest number. Received: "
        f"fmap_decay={networks[0].setting('fmap_decay')}, widths={widths}"
    )


def _agreed(networks, name):
    """Return a property on which all agree that know it, or None."""
    values = {getattr(network, name) for network in networks}
    return _only(values - {None}, name)


def _agreed_setting(networks, name):
    """Return a setting on which all agree that have it, or the default."""
    values = {n.setting(name) for n in networks if name in SETTINGS[n.kind]}
    if values:
        return _only(values, name)
    return next(known[name] for known in SETTINGS.values() if name in known)


def _only(values, name):
    if len(values) > 1:
        raise ValueError(
            "The networks of one file differ in what they share here. "
            f"Received: {name}={sorted(values)}"
        )
    return next(iter(values), None)
