"""Pretrained features of the right shapes with random weights."""

import numpy as np

# Expansion, output channels and kernel size of the blocks of EfficientNet-Lite1 that are used.
BLOCKS = [(1, 16, 3)] + [(6, 24, 3)] * 3 + [(6, 40, 5)] * 3 + [(6, 80, 3)] * 4 + [(6, 112, 5)] * 4


def random_arrays(seed=0):
    """Dict of arrays, named as in the PyTorch release."""
    rng = np.random.default_rng(seed)
    arrays = {}

    def convolution(name, norm, shape, channels):
        scale = np.sqrt(2 / np.prod(shape[1:]))
        arrays[f"{name}.weight"] = np.float32(rng.normal(size=shape) * scale)
        arrays[f"{norm}.weight"] = np.float32(rng.uniform(0.5, 1.5, channels))
        arrays[f"{norm}.bias"] = np.float32(rng.normal(size=channels) * 0.1)
        arrays[f"{norm}.running_mean"] = np.float32(rng.normal(size=channels) * 0.1)
        arrays[f"{norm}.running_var"] = np.float32(rng.uniform(0.5, 1.5, channels))

    convolution("_conv_stem", "_bn0", (32, 3, 3, 3), 32)
    channels = 32
    for i, (expansion, output, side) in enumerate(BLOCKS):
        scope, wide = f"_blocks.{i}.", channels * expansion
        if expansion > 1:
            convolution(f"{scope}_expand_conv", f"{scope}_bn0", (wide, channels, 1, 1), wide)
        convolution(f"{scope}_depthwise_conv", f"{scope}_bn1", (wide, 1, side, side), wide)
        convolution(f"{scope}_project_conv", f"{scope}_bn2", (output, wide, 1, 1), output)
        channels = output
    return arrays
