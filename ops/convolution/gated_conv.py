"""Gated convolution (Yu et al., ICCV 2019, section 3.1)."""

import tensorflow as tf

from inpaint.ops.convolution.gating import computed_together, gate_apart, gate_together
from inpaint.ops.convolution.padded_conv import PaddedConv


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class GatedConv(PaddedConv):
    """Convolution that learns how much of each channel to let through at each position.

    `filters` counts features and gates: the first half of the channels are the features, the second
    half the gates of `activation(features) * sigmoid(gates)`. **The output has `filters / 2` channels.**

    Args:
        filters: even number of channels, features and gates together.
        kernel_size, strides, dilation_rate, padding: as in `PaddedConv`.
        activation: Keras activation of the features.

    Input: [N, H, W, C]. Output: [N, ceil(H / strides), ceil(W / strides), filters / 2], in the
    dtype policy's compute dtype.

    Raises:
        ValueError: an odd `filters`, or what `PaddedConv` raises.

    Example:
        >>> GatedConv(48, 5)(tf.zeros([1, 8, 8, 5])).shape
        TensorShape([1, 8, 8, 24])
    """

    def __init__(self, filters, kernel_size, activation="elu", **kwargs):
        super().__init__(filters, kernel_size, activation=activation, **kwargs)
        if filters % 2:
            raise ValueError(f"filters must be even (features and gates), received {filters}")

    def convolve(self, x, border="VALID"):
        if computed_together(x):  # training; `ops.convolution.gating` explains both ways
            return gate_together(self.activation)(self.linear(x, self.kernel, self.bias, border))
        features, gates = (self.linear(x, *half, border) for half in self._halves())
        return gate_apart(self.activation, features, gates)

    def gates(self, inputs):
        """The gates alone: how much the layer lets through of each channel at each place.

        Args:
            inputs: as in the call.

        Returns:
            float32 in [0, 1], of the output's shape.
        """
        x, border = self.with_borders(inputs)
        return tf.sigmoid(tf.cast(self.linear(x, *self._halves()[1], border), tf.float32))

    def scale_features(self, gain):
        """Multiply the kernel of the features by a number; that of the gates stays."""
        (features, _), (gates, _) = self._halves()
        self.kernel.assign(tf.concat([gain * features, gates], axis=-1))

    def _halves(self):
        """(kernel, bias) of the features and of the gates."""
        kernels = tf.split(tf.convert_to_tensor(self.kernel), 2, axis=-1)
        biases = tf.split(tf.convert_to_tensor(self.bias), 2)
        return list(zip(kernels, biases))

    @property
    def output_channels(self):
        return self.filters // 2
