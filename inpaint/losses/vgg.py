"""The first three blocks of VGG-16, whose features the perceptual and style losses compare."""

import tensorflow as tf

from inpaint.models.keras_weights import load_application

_LAYERS = ("block1_pool", "block2_pool", "block3_pool")
_MEAN = (103.939, 116.779, 123.68)  # of ImageNet's channels, BGR
# Keras' weights come from Caffe and take differences from the mean in levels, while the losses' weights were
# chosen for a network that takes them in standard deviations (57.63 levels on average). As VGG is nearly
# homogeneous, its maps divided by that are of the size that the losses expect.
_LEVELS = 255 * (0.229 + 0.224 + 0.225) / 3


class VggFeatures:
    """Features of images after VGG-16's first three poolings.

    Args:
        weights: file of Keras' VGG-16 weights without its top,
            `vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5`.

    Raises:
        UserError: no such file, not HDF5 by its name, or one that does not fit.
    """

    def __init__(self, weights):
        vgg = load_application(tf.keras.applications.VGG16, weights, "VGG16", input_shape=(None, None, 3))
        vgg.trainable = False
        outputs = [vgg.get_layer(name).output for name in _LAYERS]
        self._model = tf.keras.Model(vgg.input, outputs)

    def __call__(self, images):
        """float32 [N, H, W, 3] in [-1, 1], BGR -> list of float32 [N, H / 2, W / 2, 64], and so on."""
        levels = (tf.cast(images, tf.float32) + 1.0) * 127.5
        return [x / _LEVELS for x in self._model(levels - tf.constant(_MEAN), training=False)]
