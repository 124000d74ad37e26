"""The arrays in tests/golden: what the original printed under TensorFlow 1.15, and its weights."""

import functools
import pathlib
import zlib

import numpy as np

FOLDER = pathlib.Path(__file__).parents[1] / "golden"


def load(name):
    """The arrays of one file, as a dict."""
    with np.load(FOLDER / f"{name}.npz") as arrays:
        return dict(arrays)


# Of the kernels: of gated networks and single layers, of their relatives, of U-Nets.
GAIN, FAMILY_GAIN, UNET_GAIN = 2.4, 1.25, 1.4


def seeded_array(name, shape, seed, gain=GAIN):
    """The value of the TF1 variable `name` in golden runs with this seed."""
    return _seeded_array(name, tuple(shape), int(seed), gain).copy()  # TensorFlow may write into it


@functools.lru_cache(maxsize=256)
def _seeded_array(name, shape, seed, gain):
    rng = np.random.RandomState((zlib.crc32(name.encode()) + seed) % 2**32)
    z = rng.standard_normal(size=shape)
    if name.endswith("/kernel"):
        gain = 1.0 if name.endswith("conv17/kernel") or name.startswith("discriminator") else gain
        z = z * gain / np.sqrt(np.prod(shape[:-1]))
    elif name.endswith(("/bias", "/beta", "/moving_mean")):
        z = z * 0.05
    elif name.endswith("/gamma"):
        z = 1 + 0.1 * z
    elif name.endswith("/moving_variance"):
        z = np.exp(0.2 * z)
    return z.astype(np.float32)


def seed_weights(model, seed, gain=GAIN):
    """Give every weight of a generator or discriminator its golden value."""
    for name, weight in model.named_weights().items():
        weight.assign(seeded_array(name, tuple(weight.shape), seed, gain))


def network_input(golden, key="images", mask_key="mask"):
    """(images in [-1, 1], mask [1, H, W, 1], incomplete), float32, from a golden file."""
    images = golden[key].astype(np.float32) / 127.5 - 1
    mask = golden[mask_key].astype(np.float32)[None, :, :, None]
    return images, mask, images * (1 - mask)
