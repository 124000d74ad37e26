"""Dividing the work between two losses: one moves fine changes of brightness, the other all else.

Where texture cannot be predicted, the reconstruction loss asks for its median, which is flat. The adversarial
loss, in turn, changes colours and shading, which the reconstruction loss knows better. Both losses are
computed on whole images: only their gradients at the fill are filtered.
"""

import tensorflow as tf

from inpaint.ops import gaussian_blur


def highpass(x, holes, sigma):
    """The channels' mean minus its local mean over the hole, in all channels; 0 outside.

    Args:
        x: [N, H, W, C] float32.
        holes: [N or 1, H, W, 1] float32, 1 in the hole.
        sigma: of the local mean's Gaussian window, in pixels.

    Returns:
        [N, H, W, C] float32.
    """
    gray = _gray(x)
    return tf.broadcast_to((gray - _mean(gray, holes, sigma)) * holes, tf.shape(x))


def lowpass(x, holes, sigma):
    """`x` without what `highpass` keeps of it. Arguments and result as there."""
    return x - highpass(x, holes, sigma)


def _gray(x):
    return tf.reduce_mean(x, axis=-1, keepdims=True)


def _mean(x, holes, sigma):
    """blur(x * holes) / blur(holes), which is the mean over those pixels of the window that are holes."""
    # Outside of the image there are zeros, which count for neither.
    return gaussian_blur(x * holes, sigma) / tf.maximum(gaussian_blur(holes, sigma), 1e-6)
