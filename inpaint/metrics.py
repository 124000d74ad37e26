"""How far a filled picture is from the real one."""

import tensorflow as tf


def picture_metrics(real, filled):
    """Metrics over whole pictures.

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
