"""Gated convolution (Yu et al., ICCV 2019, section 3.1)."""

import tensorflow as tf

from inpaint.ops.convolution.gating import gate_apart, gate_together
from inpaint.ops.convolution.padded_conv import PaddedConv


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class GatedConv(PaddedConv):
    """Convolution that learns how much of each channel to let through at each position.

    `filters` counts features and gates: the first half of the channels are the features, the second
    half the gates of `activation(features) * sigmoid(gates)`. **The output has `filters / 2` channels.**

    Args:
        filters: even number of channels, features and gates together.
        kernel_size, strides, padding, dilation_rate: as in `PaddedConv`.
        activation: Keras activation of the features.

    Call arguments:
        inputs: [N, H, W, C].
        training: Whether to compute in the way that suits training, whose gradient takes less memory, but
            which XLA compiles for each shape of the input anew; else in the way that suits maps of any size
            (`ops.convolution.gating`). The output differs by rounding only. As for all Keras layers, the
            default is what the model around it was called with, or False.

    Returns:
        [N, ceil(H / strides), ceil(W / strides), filters / 2], in the dtype policy's compute dtype.

    Raises:
        ValueError: an odd `filters`, or what `PaddedConv` raises.

    Example:
        >>> GatedConv(48, 5)(tf.zeros([1, 8, 8, 5])).shape
        TensorShape([1, 8, 8, 24])
    """

    def __init__(self, filters, kernel_size, strides=1, padding="same", *, activation="elu", **kwargs):
        super().__init__(filters, kernel_size, strides, padding, activation=activation, **kwargs)
        if filters % 2:
            raise ValueError(f"filters must be even (features and gates), received {filters}")

    def call(self, inputs, training=False):
        return self.apply_bordered(*self.with_borders(inputs), training=training)

    def apply_bordered(self, x, border="VALID", training=False):
        if training:
            return gate_together(self.activation)(self.convolve(x, self.kernel, self.bias, border))
        features, gates = (self.convolve(x, *half, border) for half in self._halves())
        return gate_apart(self.activation, features, gates)

    def gates(self, inputs):
        """The gates alone: how much the layer lets through of each channel at each place.

        Args:
            inputs: as in the call.

        Returns:
            float32 in [0, 1], of the output's shape.
        """
        x, border = self.with_borders(inputs)
        return tf.sigmoid(tf.cast(self.convolve(x, *self._halves()[1], border), tf.float32))

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
