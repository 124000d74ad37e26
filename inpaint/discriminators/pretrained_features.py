"""Features of EfficientNet-Lite (Tan and Le, ICML 2019), trained on ImageNet, for adversarial training."""

import numpy as np
import tensorflow as tf

from inpaint.errors import UserError
from inpaint.io.npz_file import read_npz

_MOST_BYTES = 1 << 26  # of all arrays; Lite1's are 22 million
_STRIDED = {1: 2, 4: 2, 7: 2}  # blocks of Lite1 with stride 2, of those that are used
_TAPS = (0, 3, 6, 14)  # the last blocks at strides 2, 4, 8 and 16
_EPSILON = 1e-3  # of the batch normalisation


class PretrainedFeatures:
    """The first fifteen blocks of EfficientNet-Lite1, frozen, with the batch normalisation folded in.

    Args:
        path: .npz file with the arrays of the PyTorch release, by their names there, as `convert_features`
            writes it.

    Attributes:
        channels: of the four maps.

    Raises:
        UserError: the file cannot be read or lacks arrays.
    """

    def __init__(self, path):
        arrays = read_npz(path, _MOST_BYTES)
        try:
            self._stem = _folded(arrays, "_conv_stem", "_bn0")
            self._blocks = [_block(arrays, f"_blocks.{i}.") for i in range(_TAPS[-1] + 1)]
        except (KeyError, ValueError, TypeError) as error:  # arrays that are missing, or of other kinds
            raise UserError(f"cannot read {path}: not of convert_features") from error
        self.channels = [int(self._blocks[i][-1][0].shape[-1]) for i in _TAPS]

    def __call__(self, images):
        """The maps of images.

        Args:
            images: [N, H, W, 3] in [-1, 1], BGR.

        Returns:
            list of float32 [N, H / 2, W / 2, C] and so on, at strides 2, 4, 8 and 16, the sides rounded up.
        """
        x, maps = tf.cast(images[..., ::-1], tf.float32), []
        x = tf.nn.relu6(_convolved(x, self._stem, 2))
        for i, (expand, depthwise, project) in enumerate(self._blocks):
            stride, y = _STRIDED.get(i, 1), x
            if expand:
                y = tf.nn.relu6(_convolved(y, expand))
            y = tf.nn.depthwise_conv2d(y, depthwise[0], [1, stride, stride, 1], "SAME") + depthwise[1]
            y = _convolved(tf.nn.relu6(y), project)
            x = x + y if stride == 1 and x.shape[-1] == y.shape[-1] else y
            if i in _TAPS:
                maps.append(x)
        return maps

    def distances(self, images, others, masks):
        """The perceptual distances of batches from one in the holes (Zhang et al., CVPR 2018, equation 1).

        Squared differences of features of length 1 at each position, averaged over the hole; all channels
        weigh the same.

        Args:
            images: [N, H, W, 3] in [-1, 1], BGR. No gradient flows into them.
            others: list of such batches, such as images that were completed in several ways.
            masks: [N or 1, H, W, 1] float32, 1 in the hole.

        Returns:
            for each of the others, a list of a float32 scalar for each of the four maps.
        """
        masks = tf.broadcast_to(masks, tf.concat([tf.shape(images)[:3], [1]], axis=0))
        real = [tf.stop_gradient(_of_length_one(x)) for x in self(images)]
        shares = [tf.image.resize(masks, tf.shape(x)[1:3], "area") for x in real]

        def distance(x, other, share):
            difference = x - _of_length_one(other)
            squares = tf.reduce_sum(difference * difference, axis=-1, keepdims=True)
            return tf.math.divide_no_nan(tf.reduce_sum(squares * share), tf.reduce_sum(share))

        return [list(map(distance, real, self(other), shares)) for other in others]


def _of_length_one(x):
    return x * tf.math.rsqrt(tf.reduce_sum(x * x, axis=-1, keepdims=True) + 1e-6)


def _convolved(x, weights, stride=1):
    return tf.nn.conv2d(x, weights[0], stride, "SAME") + weights[1]


def _block(arrays, scope):
    """(expansion or None, depthwise convolution, projection) of a block, each (kernel, bias)."""
    expand = None
    if f"{scope}_expand_conv.weight" in arrays:
        expand = _folded(arrays, f"{scope}_expand_conv", f"{scope}_bn0")
    depthwise = _folded(arrays, f"{scope}_depthwise_conv", f"{scope}_bn1")
    depthwise = tf.transpose(depthwise[0], [0, 1, 3, 2]), depthwise[1]  # [k, k, C, 1]
    return expand, depthwise, _folded(arrays, f"{scope}_project_conv", f"{scope}_bn2")


def _folded(arrays, convolution, normalisation):
    """A convolution and the normalisation after it as (kernel [k, k, in, out], bias [out])."""
    weight, bias, mean, variance = (
        arrays[f"{normalisation}.{name}"] for name in ("weight", "bias", "running_mean", "running_var")
    )
    scale = weight / np.sqrt(variance + _EPSILON)
    kernel = arrays[f"{convolution}.weight"].transpose(2, 3, 1, 0) * scale
    return tf.constant(np.float32(kernel)), tf.constant(np.float32(bias - mean * scale))
