"""The two critics of DeepFill v1 (Yu et al., CVPR 2018, section 3.2)."""

import tensorflow as tf

from inpaint.discriminators.sn_patchgan import SLOPE
from inpaint.ops import PaddedConv

FILTERS = {"local": (64, 128, 256, 512), "global": (64, 128, 256, 256)}


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class Critics(tf.keras.Model):
    """A local critic, which sees the box around the hole, and a global one, which sees the whole image.

    Each consists of four 5x5 convolutions of stride 2 with a leaky ReLU of slope 0.2, and a dense unit, which
    fixes the sizes. 7,072,770 parameters for the default sizes. Built in the constructor.

    Args:
        size: (height, width) of the images.
        patch: (height, width) of the box.

    Attributes:
        guided, with_mask: False; the critics see nothing but images.
    """

    guided = with_mask = False

    def __init__(self, size=(256, 256), patch=(128, 128), **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.size, self.patch = tuple(size), tuple(patch)
        for side, (height, width) in (("local", self.patch), ("global", self.size)):
            channels = 3
            for index, filters in enumerate(FILTERS[side], start=1):
                layer = PaddedConv(filters, 5, strides=2, name=f"{side}_conv{index}", dtype=self.dtype_policy)
                setattr(self, layer.name, layer)
                layer.build((None, None, None, channels))
                height, width, channels = -(-height // 2), -(-width // 2), filters
            dense = tf.keras.layers.Dense(1, name=f"{side}_score", dtype="float32")
            setattr(self, dense.name, dense)
            dense.build((None, height * width * channels))
        self.built = True

    def call(self, images, patches):
        """The scores of images and of patches of them, see `score`: (global, local)."""
        return self.score("global", images), self.score("local", patches)

    def score(self, side, images):
        """The scores of images.

        Args:
            side: the critic, `"global"` or `"local"`.
            images: [N, H, W, 3] in [-1, 1], BGR, of the critic's size.

        Returns:
            [N, 1] float32, high where the image looks real.
        """
        x = images
        for index in range(1, len(FILTERS[side]) + 1):
            x = getattr(self, f"{side}_conv{index}")(x)
            x = tf.maximum(x, SLOPE * x)
        x = tf.cast(x, tf.float32)  # [N, H/16, W/16, C]
        return getattr(self, f"{side}_score")(tf.reshape(x, [tf.shape(x)[0], -1]))

    def named_weights(self):
        """Return the weights as a dict, keyed by their names in the original's checkpoints."""
        named = {}
        for side, filters in FILTERS.items():
            scopes = {f"discriminator_{side}/conv{i}": f"{side}_conv{i}" for i in range(1, len(filters) + 1)}
            for scope, name in {**scopes, f"dout_{side}_fc": f"{side}_score"}.items():
                layer = getattr(self, name)
                named[f"discriminator/{scope}/kernel"] = layer.kernel
                named[f"discriminator/{scope}/bias"] = layer.bias
        return named

    def get_config(self):
        # Keras 2 does not include the dtype policy in a model's config.
        policy = {"name": self.name, "dtype": self.dtype_policy.name}
        return {**policy, "size": self.size, "patch": self.patch}
