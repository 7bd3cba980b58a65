"""Networks of 4x4 in NumPy, with every switch of the architecture."""

import numpy as np

SQRT_2 = np.sqrt(2)


class Plain:
    """The layers in NumPy, with the weights of a Keras model."""

    def __init__(self, model, architecture):
        self.architecture = architecture
        self.values = {v.path: v.numpy() for v in model.variables}

    def constant(self, kernel, gain):
        """He's, unless the weights are used as they are."""
        fan_in = np.prod(kernel.shape[:-1])
        return gain / np.sqrt(fan_in) if self.architecture.equalized else 1.0

    def bias(self, name):
        return self.values.get(f"{name}/bias", 0.0)

    def conv(self, x, name, gain=SQRT_2):
        kernel = self.values[f"{name}/kernel"]
        size, (_, height, width, _) = len(kernel), x.shape
        pad = size // 2
        x = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
        y = sum(
            x[:, i : i + height, j : j + width] @ kernel[i, j]
            for i in range(size)
            for j in range(size)
        )
        return self.constant(kernel, gain) * y + self.bias(name)

    def dense(self, x, name, gain=SQRT_2):
        kernel = self.values[f"{name}/kernel"]
        return self.constant(kernel, gain) * (x @ kernel)

    def attend(self, x, name):
        conv = {
            part: self.conv(x, f"{name}/{part}", gain=1.0)
            for part in ("query", "key", "value")
        }
        q, k, v = (y.reshape(len(x), 16, -1) for y in conv.values())
        weights = np.exp(q @ k.transpose(0, 2, 1))
        weights /= weights.sum(-1, keepdims=True)
        y = (weights @ v).reshape(len(x), 4, 4, -1)
        gamma = self.values[f"{name}/gamma"]
        return x + gamma * self.conv(y, f"{name}/output", gain=1.0)

    def image(self, z, labels=None):
        switches = self.architecture
        if labels is not None:
            z = np.concatenate([z, labels], -1)
        if switches.normalize_latents:
            z = pixel_norm(z)
        x = self.dense(z, "4x4_dense", gain=np.sqrt(2) / 4)
        x = x.reshape(len(z), 4, 4, -1) + self.bias("4x4_dense")
        x = self.generator_norm(x, "4x4_dense", switches.norm_after_dense)
        x = self.generator_norm(self.conv(x, "4x4_conv"), "4x4_conv")
        if switches.attention_resolution:
            x = self.attend(x, "4x4_attention")
        return self.conv(x, "4x4_to_rgb", gain=1.0)

    def generator_norm(self, x, name, normalize=True):
        norm = self.architecture.generator_norm if normalize else None
        if norm == "batch":
            mean, variance, gamma, beta = (
                self.values[f"{name}_norm/{part}"]
                for part in ("moving_mean", "moving_variance", "gamma", "beta")
            )
            x = gamma * (x - mean) / np.sqrt(variance + 1e-4) + beta
        x = leaky(x)
        return pixel_norm(x) if norm == "pixel" else x

    def verdict(self, x, labels=None):
        """Return scores, and logits or None."""
        switches = self.architecture
        x = leaky(self.conv(x, "4x4_from_rgb"))
        if switches.attention_resolution:
            x = self.attend(x, "4x4_attention")
        if switches.minibatch == "stdev":
            x = append_deviation(x, switches.group_size or len(x))
        x = self.conv(x, "4x4_conv")
        if switches.discriminator_norm == "layer":
            x = x - x.mean((1, 2, 3), keepdims=True)
            x = x / np.sqrt((x**2).mean((1, 2, 3), keepdims=True) + 1e-4)
            x = x * self.values["4x4_conv_norm/gamma"]
            x = x + self.values["4x4_conv_norm/beta"]
        x = leaky(x).reshape(len(x), -1)
        x = leaky(self.dense(x, "4x4_dense0") + self.bias("4x4_dense0"))
        if switches.minibatch == "discrimination":
            x = self.discriminate(x, "4x4_minibatch_discrimination/tensor")
        out = self.dense(x, "4x4_dense1", gain=1.0) + self.bias("4x4_dense1")
        if labels is None:
            return out, None
        if switches.conditioning == "acgan":
            return out[:, :1], out[:, 1:]
        # <V y, phi> + psi(phi), V scaled as psi is: by 1 / sqrt(size of phi).
        embedded = labels @ self.values["4x4_class_embedding/kernel"]
        embedded = embedded / np.sqrt(x.shape[-1])
        return out + (embedded * x).sum(-1, keepdims=True), None

    def discriminate(self, x, name):
        rows = self.dense(x, name, gain=1.0).reshape(len(x), 100, 5)
        distances = np.abs(rows[:, None] - rows[None]).sum(-1)
        return np.concatenate([x, np.exp(-distances).sum(1)], -1)


def leaky(x):
    return np.maximum(x, 0.2 * x)


def pixel_norm(x):
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-8)


def append_deviation(x, size):
    """Image n is in group n mod M; size is 4 where that divides N."""
    groups = len(x) // max(g for g in range(1, size + 1) if len(x) % g == 0)
    maps = np.empty((*x.shape[:-1], 1))
    for group in range(groups):
        maps[group::groups] = x[group::groups].std(0).mean()
    return np.concatenate([x, maps], -1)
