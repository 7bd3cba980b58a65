"""The networks of the paper's code in plain NumPy, to compare with.

Maps are [N, C, H, W] and weights lie as the code stores them. Variables that
do not exist yet are drawn when a network first asks for them, so that running
one makes its weights.
"""

import numpy as np

SQRT_2 = np.sqrt(2.0)
DEFAULTS = {
    "num_channels": 1,
    "resolution": 32,
    "label_size": 0,
    "fmap_base": 8192,
    "fmap_decay": 1.0,
    "fmap_max": 512,
    "latent_size": None,
    "normalize_latents": True,
    "use_wscale": True,
    "use_pixelnorm": True,
    "pixelnorm_epsilon": 1e-8,
    "fused_scale": True,
    "mbstd_group_size": 4,
}


class Plain:
    """One network: its settings, and its variables as they come to be."""

    def __init__(self, settings, seed=0, variables=None):
        self.settings = {**DEFAULTS, **settings}
        self.variables = {"lod": np.float32(0.0)}
        self.variables.update(variables or {})
        self.levels = int(np.log2(self.settings["resolution"]))
        self.random = np.random.default_rng(seed)

    def get(self, name, shape):
        if name not in self.variables:
            values = self.random.normal(size=shape)
            self.variables[name] = values.astype("float32")
        assert self.variables[name].shape == tuple(shape)
        return self.variables[name].astype("float64")

    def maps(self, stage):
        """nf(stage) = min(fmap_base / 2^(stage * decay), fmap_max)."""
        s = self.settings
        base = s["fmap_base"] / 2 ** (stage * s["fmap_decay"])
        return min(int(base), s["fmap_max"])

    def weight(self, layer, shape, fan_in, gain=SQRT_2):
        weight = self.get(f"{layer}/weight", shape)
        scaled = self.settings["use_wscale"]
        return weight * gain / np.sqrt(fan_in) if scaled else weight

    def bias(self, layer, x):
        bias = self.get(f"{layer}/bias", x.shape[1:2])
        return x + bias.reshape(1, -1, *[1] * (x.ndim - 2))

    def dense(self, layer, x, units, gain=SQRT_2):
        x = x.reshape(len(x), -1)
        fan_in = x.shape[1]
        return x @ self.weight(layer, (fan_in, units), fan_in, gain)

    def conv(self, layer, x, units, size=3, gain=SQRT_2):
        shape = size, size, x.shape[1], units
        weight = self.weight(layer, shape, np.prod(shape[:3]), gain)
        return convolve(x, weight)

    def conv_down(self, layer, x, units):
        shape = 3, 3, x.shape[1], units
        weight = self.weight(layer, shape, np.prod(shape[:3]))
        return convolve(x, spread(weight) / 4, stride=2)

    def up_conv(self, layer, x, units):
        shape = 3, 3, units, x.shape[1]
        weight = self.weight(layer, shape, 9 * x.shape[1])
        return convolve_transposed(x, spread(weight))


class PlainGenerator(Plain):
    def __call__(self, latents, labels, lod):
        """Images [N, C, H, W] at full size."""
        x = np.concatenate([latents, labels], axis=1).astype("float64")
        if self.settings["normalize_latents"]:
            x = pixel_norm(x, self.settings["pixelnorm_epsilon"])
        images = None
        for level in range(2, self.levels + 1):
            x = self.block(x, level)
            old, images = images, self.to_rgb(x, level)
            if old is not None:
                to_come = np.clip(lod - (self.levels - level), 0, 1)
                images += (upscale(old) - images) * to_come
        return images

    def block(self, x, level):
        maps, size = self.maps(level - 1), f"{2**level}x{2**level}"
        if level == 2:
            gain = SQRT_2 / 4
            x = self.dense(f"{size}/Dense", x, 16 * maps, gain)
            x = self.activate(f"{size}/Dense", x.reshape(-1, maps, 4, 4))
            x = self.conv(f"{size}/Conv", x, maps)
            return self.activate(f"{size}/Conv", x)
        if self.settings["fused_scale"]:
            x = self.up_conv(f"{size}/Conv0_up", x, maps)
            x = self.activate(f"{size}/Conv0_up", x)
        else:
            x = self.conv(f"{size}/Conv0", upscale(x), maps)
            x = self.activate(f"{size}/Conv0", x)
        x = self.conv(f"{size}/Conv1", x, maps)
        return self.activate(f"{size}/Conv1", x)

    def activate(self, layer, x):
        x = leaky_relu(self.bias(layer, x))
        if not self.settings["use_pixelnorm"]:
            return x
        return pixel_norm(x, self.settings["pixelnorm_epsilon"])

    def to_rgb(self, x, level):
        layer = f"ToRGB_lod{self.levels - level}"
        x = self.conv(layer, x, self.settings["num_channels"], 1, gain=1.0)
        return self.bias(layer, x)


class PlainDiscriminator(Plain):
    def __call__(self, images, lod):
        """Scores [N, 1] and class logits [N, label_size]."""
        image = images.astype("float64")
        x = self.from_rgb(image, self.levels)
        for level in range(self.levels, 2, -1):
            x = self.block(x, level)
            image = downscale(image)
            old = self.from_rgb(image, level - 1)
            x += (old - x) * np.clip(lod - (self.levels - level), 0, 1)
        outputs = self.head(x)
        return outputs[:, :1], outputs[:, 1:]

    def from_rgb(self, image, level):
        layer = f"FromRGB_lod{self.levels - level}"
        x = self.conv(layer, image, self.maps(level - 1), 1)
        return leaky_relu(self.bias(layer, x))

    def block(self, x, level):
        size = f"{2**level}x{2**level}"
        x = self.conv(f"{size}/Conv0", x, self.maps(level - 1))
        x = leaky_relu(self.bias(f"{size}/Conv0", x))
        if self.settings["fused_scale"]:
            x = self.conv_down(f"{size}/Conv1_down", x, self.maps(level - 2))
            return leaky_relu(self.bias(f"{size}/Conv1_down", x))
        x = self.conv(f"{size}/Conv1", x, self.maps(level - 2))
        return downscale(leaky_relu(self.bias(f"{size}/Conv1", x)))

    def head(self, x):
        if self.settings["mbstd_group_size"] > 1:
            x = append_deviation(x, self.settings["mbstd_group_size"])
        x = self.conv("4x4/Conv", x, self.maps(1))
        x = leaky_relu(self.bias("4x4/Conv", x))
        x = self.dense("4x4/Dense0", x, self.maps(0))
        x = leaky_relu(self.bias("4x4/Dense0", x))
        outputs = 1 + self.settings["label_size"]
        x = self.dense("4x4/Dense1", x, outputs, gain=1.0)
        return self.bias("4x4/Dense1", x)


def leaky_relu(x):
    return np.maximum(0.2 * x, x)


def pixel_norm(x, epsilon):
    return x / np.sqrt(np.mean(x**2, axis=1, keepdims=True) + epsilon)


def upscale(x):
    return x.repeat(2, axis=2).repeat(2, axis=3)


def downscale(x):
    n, channels, height, width = x.shape
    blocks = x.reshape(n, channels, height // 2, 2, width // 2, 2)
    return blocks.mean(axis=(3, 5))


def append_deviation(x, group):
    """Image n is in group n mod M; one number per group."""
    group = min(group, len(x))
    groups = x.reshape(group, -1, *x.shape[1:])
    deviation = np.sqrt(groups.var(axis=0) + 1e-8).mean(axis=(1, 2, 3))
    channel = np.tile(deviation, group).reshape(-1, 1, 1, 1)
    channel = np.broadcast_to(channel, (len(x), 1, *x.shape[2:]))
    return np.concatenate([x, channel], axis=1)


def spread(weight):
    """4x4: the sum of the four one-pixel shifts of a 3x3 kernel."""
    kernel = np.zeros((4, 4, *weight.shape[2:]))
    for row in (0, 1):
        for column in (0, 1):
            kernel[row : row + 3, column : column + 3] += weight
    return kernel


def convolve(x, weight, stride=1):
    """Weight [k, k, in, out]; an output pixel for each input or each 2x2."""
    size = len(weight)
    border = (size - 1) // 2
    x = np.pad(x, [(0, 0), (0, 0), (border, border), (border, border)])
    rows, columns = (side - size + stride for side in x.shape[2:])
    y = 0.0  # [N, H, W, out]
    for i in range(size):
        for j in range(size):
            part = x[:, :, i : i + rows : stride, j : j + columns : stride]
            y = y + np.tensordot(part, weight[i, j], (1, 0))
    return y.transpose(0, 3, 1, 2)


def convolve_transposed(x, weight):
    """Weight [4, 4, out, in]; the gradient of a convolution of stride 2."""
    n, _, height, width = x.shape
    y = np.zeros((n, 2 * height + 2, 2 * width + 2, weight.shape[2]))
    for i in range(4):
        for j in range(4):
            part = np.tensordot(x, weight[i, j], (1, 1))
            y[:, i : i + 2 * height : 2, j : j + 2 * width : 2] += part
    return y[:, 1:-1, 1:-1].transpose(0, 3, 1, 2)
