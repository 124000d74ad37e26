"""A convolution of an enlarged map, computed on the small one."""

import numpy as np
import tensorflow as tf

PLACES = ((0, 0), (0, 1), (1, 0), (1, 1))

# Which of a 3-tap kernel's taps fall on the same small pixel: the output at 2y reads small pixels
# y-1, y, y and the one at 2y+1 reads y, y, y+1. [place, tap of two, tap of three]
_TAPS = np.array([[[1, 0, 0], [0, 1, 1]], [[1, 1, 0], [0, 0, 1]]], np.float32)


def subpixel_kernel(kernel, groups=1):
    """The four 2x2 kernels that do on a map what a 3x3 kernel does on the map enlarged by two.

    Nearest-neighbour enlargement repeats pixels, so taps that read the same pixel are added up: 16
    instead of 36 multiplications per input pixel, input channel and output channel.

    Args:
        kernel: [3, 3, C, F] float32.
        groups: number of groups of filters; the results of a group stay together.

    Returns:
        [2, 2, C, 4F] float32; for each group, the kernels of `PLACES` one after the other.
    """
    channels, filters = kernel.shape[2:]
    kernel = tf.reshape(kernel, [3, 3, channels, groups, filters // groups])
    summed = tf.einsum("aiy,bjx,yxcgf->ijcgabf", _TAPS, _TAPS, kernel)
    return tf.reshape(summed, [2, 2, channels, 4 * filters])


def interleave(x):
    """Lay the four results of a convolution by a `subpixel_kernel` side by side.

    Args:
        x: [N, H + 1, W + 1, 4F]: position (y, x) holds, for place (a, b), the result that belongs
            to the small pixel (y - a, x - b).

    Returns:
        [N, 2H, 2W, F].
    """
    shape = tf.shape(x)
    n, h, w, c = shape[0], shape[1] - 1, shape[2] - 1, x.shape[-1] // 4
    four = [tf.slice(y, [0, a, b, 0], [n, h, w, c]) for y, (a, b) in zip(tf.split(x, 4, -1), PLACES)]
    rows = [tf.stack(four[:2], axis=3), tf.stack(four[2:], axis=3)]  # [N, H, W, 2, F] each
    return tf.reshape(tf.stack(rows, axis=2), [n, 2 * h, 2 * w, c])
