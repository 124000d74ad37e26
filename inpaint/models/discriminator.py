"""SN-PatchGAN (Yu et al., ICCV 2019, section 3.2)."""

import tensorflow as tf

from ops import SpectralNormConv

FILTERS = (64, 128, 256, 256, 256, 256)
SLOPE = 0.2


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class Discriminator(tf.keras.Model):
    """Six spectrally normalised 5x5 convolutions of stride 2; each output element is a score.

    A leaky ReLU of slope 0.2 follows every convolution, including the last. Built in the constructor.

    Args:
        guided: Whether the input has the sketch as an additional channel.
        with_mask: Whether the input has the mask as an additional channel.

    Call arguments:
        inputs: [N, H, W, C] in [-1, 1]: BGR image, then mask and sketch, if used.

    Returns:
        [N, ceil(H / 64) * ceil(W / 64) * 256] float32 scores, high where the patch looks real.
    """

    def __init__(self, guided=False, with_mask=True, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.guided = guided
        self.with_mask = with_mask
        channels = 3 + bool(with_mask) + bool(guided)
        for index, filters in enumerate(FILTERS, start=1):
            layer = SpectralNormConv(filters, name=f"conv{index}", dtype=self.dtype_policy)
            setattr(self, layer.name, layer)
            layer.build((None, None, None, channels))
            channels = filters
        self.built = True

    def call(self, inputs):
        x = inputs
        for index in range(1, len(FILTERS) + 1):
            x = getattr(self, f"conv{index}")(x)
            # Leaky ReLU; tf.nn.leaky_relu after a bias breaks the graph optimizer of TensorFlow 2.21.
            x = tf.maximum(x, SLOPE * x)
        x = tf.cast(x, tf.float32)  # [N, ceil(H/64), ceil(W/64), 256]
        return tf.reshape(x, [tf.shape(x)[0], -1])

    def named_weights(self):
        """Return the weights as a dict, keyed by their names in the original's checkpoints."""
        named = {}
        for index in range(1, len(FILTERS) + 1):
            scope, layer = f"discriminator/sn_patch_gan/conv{index}", getattr(self, f"conv{index}")
            named[f"{scope}/kernel"] = layer.kernel
            named[f"{scope}/bias"] = layer.bias
            named[f"{scope}/kernel_sn/u"] = layer.u
        return named

    def get_config(self):
        # Keras 2 does not include the dtype policy in a model's config.
        policy = {"name": self.name, "dtype": self.dtype_policy.name}
        return {**policy, "guided": self.guided, "with_mask": self.with_mask}
