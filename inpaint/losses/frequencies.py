"""Dividing the work between two losses by frequency: one moves what is coarse, the other what is fine.

Where texture cannot be predicted, the reconstruction loss asks for its median, which is flat. The adversarial
loss, in turn, changes colours and shading, which the reconstruction loss knows better. Both losses are
computed on whole images: only their gradients at the fill are filtered.
"""

import numpy as np
import tensorflow as tf

_REACH = 3  # of the window, in sigmas


def highpass(x, holes, sigma):
    """Subtract the local mean over the hole; 0 outside.

    Args:
        x: [N, H, W, C] float32.
        holes: [N or 1, H, W, 1] float32, 1 in the hole.
        sigma: of the mean's Gaussian window, in pixels.

    Returns:
        [N, H, W, C] float32.
    """
    return (x - _mean(x, holes, sigma)) * holes


def lowpass(x, holes, sigma):
    """The local mean over the hole; `x` itself outside. Arguments and result as of `highpass`."""
    return tf.where(holes > 0, _mean(x, holes, sigma), x)


def with_filtered_gradient(x, change, holes, sigma):
    """Return `x`, whose gradient is changed by `highpass` or `lowpass`."""
    return tf.custom_gradient(lambda x: (tf.identity(x), lambda g: change(g, holes, sigma)))(x)


def _mean(x, holes, sigma):
    """blur(x * holes) / blur(holes), which is the mean over those pixels of the window that are holes."""
    return _blurred(x * holes, sigma) / tf.maximum(_blurred(holes, sigma), 1e-6)


def _blurred(x, sigma):
    """[N, H, W, C], blurred as if surrounded by zeros."""
    reach = int(np.ceil(_REACH * sigma))
    window = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    window = tf.constant(window / window.sum(), tf.float32)
    column = tf.ones([1, 1, x.shape[-1], 1]) * window[:, None, None, None]  # [2 reach + 1, 1, C, 1]
    x = tf.nn.depthwise_conv2d(x, column, [1, 1, 1, 1], "SAME")
    return tf.nn.depthwise_conv2d(x, tf.transpose(column, [1, 0, 2, 3]), [1, 1, 1, 1], "SAME")
