"""Gaussian blur."""

import math

import numpy as np
import tensorflow as tf

_REACH = 3  # of the window, in sigmas


def gaussian_blur(x, sigma, border="CONSTANT"):
    """Blur each channel with a Gaussian window of sum 1 that reaches 3 sigma, rounded up to whole pixels.

    Args:
        x: [N, H, W, C] float32.
        sigma: standard deviation of the window in pixels.
        border: what lies around `x`, a mode of `tf.pad`: zeros, or its mirror image ("SYMMETRIC").

    Returns:
        [N, H, W, C] float32.
    """
    reach = math.ceil(_REACH * sigma)
    window = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel = np.float32(np.tile((window / window.sum())[:, None, None, None], [1, 1, x.shape[-1], 1]))
    x = tf.pad(x, [[0, 0], [reach, reach], [reach, reach], [0, 0]], border)
    for along in (kernel, kernel.transpose(1, 0, 2, 3)):
        x = tf.nn.depthwise_conv2d(x, along, [1, 1, 1, 1], "VALID")
    return x
