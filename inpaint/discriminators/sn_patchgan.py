"""SN-PatchGAN (Yu et al., ICCV 2019, section 3.2)."""

import typing

import tensorflow as tf

from inpaint.ops import SpectralNormConv

FILTERS = (64, 128, 256, 256, 256, 256)
SLOPE = 0.2


class Scores(typing.NamedTuple):
    """The scores of several batches of images.

    Attributes:
        scores: list of [N, M] float32, one for each batch, high where it looks real.
        shares: [N, M] float32, each score's share in the losses, together 1; None if all have the same.
        negative: list of a float32 scalar for each layer (or head), the share of its outputs below zero.
    """

    scores: list
    shares: tf.Tensor | None
    negative: list


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
        return self.scores_and_negative(inputs)[0]

    def scores_and_negative(self, inputs):
        """The scores, and how much of each layer is negative.

        Through a layer that is all negative, changes of the input pass at a fifth of their size.

        Args:
            inputs: as in the call.

        Returns:
            (the scores as the call gives them; list of a float32 scalar for each layer, the share of its
            outputs that is below zero).
        """
        x, negative = inputs, []
        for index in range(1, len(FILTERS) + 1):
            x = getattr(self, f"conv{index}")(x)
            # Leaky ReLU; tf.nn.leaky_relu after a bias breaks the graph optimizer of TensorFlow 2.21.
            x = tf.maximum(x, SLOPE * x)
            negative.append(tf.reduce_mean(tf.cast(x < 0, tf.float32)))
        x = tf.cast(x, tf.float32)  # [N, ceil(H/64), ceil(W/64), 256]
        return tf.reshape(x, [tf.shape(x)[0], -1]), negative

    def score(self, images, masks, sketches=None):
        """One pass over several batches of complete images.

        Args:
            images: list of [N, H, W, 3] batches, real or completed.
            masks: [N or 1, H, W, 1], 1 in the hole, of each of them.
            sketches: [N, H, W, 1], 1 on lines, of each of them; needed if guided.

        Returns:
            a `Scores`.
        """
        masks = tf.cast(masks, tf.float32)
        channels = [tf.concat(images, axis=0)]  # [kN, H, W, 3]
        if self.with_mask:
            channels.append(stacked(masks, images))
        if self.guided:
            channels.append(stacked(tf.cast(sketches, tf.float32) * masks, images))
        scores, negative = self.scores_and_negative(tf.concat(channels, axis=-1))
        scores = tf.split(scores, len(images), axis=0)
        return Scores(scores, None, negative)

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


def stacked(x, images):
    """Repeat [N or 1, H, W, 1] for each of k batches of images: [kN, H, W, 1] float32."""
    x = tf.broadcast_to(x, tf.concat([tf.shape(images[0])[:3], [1]], axis=0))
    return tf.tile(x, [len(images), 1, 1, 1])
