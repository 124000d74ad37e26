"""Metrics of a filled image against the real one, over the whole image and inside the hole."""

import numpy as np
import tensorflow as tf

from inpaint.evaluation.texture import sharpness, sliced_wasserstein

# x and y are the real and the filled image's values in [0, 1], of all three channels.
FORMULAS = {
    "l1": "L1 % = 100 mean |x - y|",
    "l2": "L2 % = 100 mean (x - y)^2",
    "psnr": "PSNR = -10 log10 mean (x - y)^2, in dB, of each image; no more than 100",
    "ssim": "SSIM = mean of tf.image.ssim's map (11 x 11 Gaussian windows, sigma 1.5)",
}
# Of the hole alone.
TEXTURE_FORMULAS = {
    "sharpness": "sharpness = mean gradient magnitude of the gray image (central differences) in the hole "
    "shrunk by 2 pixels, filled / real; the median over images",
    "swd": "SWD = sliced Wasserstein distance, in levels of 255, of x - GaussianBlur(x, sigma 2): the mean "
    "absolute difference of sorted projections of 7 x 7 windows in the hole; mean over images that have one",
}
METRICS = (*(f"{name}{place}" for place in ("", "_hole") for name in FORMULAS), *TEXTURE_FORMULAS)
_MOST_PSNR = 100.0
_BORDER = 5  # a window of 11 has its middle so far inside


def measure(real, filled, mask):
    """The metrics of one image.

    Args:
        real, filled: uint8 [H, W, 3] RGB.
        mask: [H, W], above zero in the hole; not empty.

    Returns:
        dict of floats by the names in `METRICS`: `l1`, `l2`, `psnr` and `ssim` of the whole image, and
        with `_hole` of the hole alone: its pixels, and the windows of SSIM that have their middle in it
        (all windows, if it lies in the border of five pixels where none has). `sharpness` and `swd` are
        of the hole, NaN where it is too small for them.
    """
    hole = np.asarray(mask) > 0
    x, y = (np.float64(image) / 255 for image in (real, filled))
    ssim = tf.image.ssim(x[None], y[None], max_val=1.0, return_index_map=True)[0].numpy()
    middle = hole[_BORDER:-_BORDER, _BORDER:-_BORDER]
    found = {**_differences(x - y), "ssim": ssim.mean()}
    in_hole = {**_differences((x - y)[hole]), "ssim": ssim[middle if middle.any() else ...].mean()}
    found.update({f"{name}_hole": value for name, value in in_hole.items()})
    found |= {"sharpness": sharpness(real, filled, hole), "swd": sliced_wasserstein(real, filled, hole)}
    return {name: float(found[name]) for name in METRICS}


def mean_over_images(metric, values):
    """A metric of many images as one number: the mean, of `sharpness` the median; NaN are left out.

    Args:
        metric: a name of `METRICS`.
        values: float [N].

    Returns:
        a float, or None if no image has a value.
    """
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    return float(np.median(values) if metric == "sharpness" else values.mean())


def _differences(difference):
    squared = np.mean(difference**2)
    psnr = -10 * np.log10(max(squared, 10 ** (-_MOST_PSNR / 10)))
    return {"l1": 100 * np.mean(np.abs(difference)), "l2": 100 * squared, "psnr": psnr}


def image_metrics(real, filled):
    """Metrics over whole images.

    Args:
        real, filled: [N, H, W, 3] float32 in [0, 1].

    Returns:
        dict of [N] float32: `l1` = 100 * mean|real - filled| (per cent), `psnr` = -10 log10 of the
        mean squared difference (dB), `ssim` (Wang et al., 2004; TensorFlow's, 11x11 Gaussian).
    """
    return {
        "l1": 100 * tf.reduce_mean(tf.abs(real - filled), axis=[1, 2, 3]),
        "psnr": tf.image.psnr(real, filled, max_val=1.0),
        "ssim": tf.image.ssim(real, filled, max_val=1.0),
    }
