"""The Fréchet Inception Distance (Heusel et al., 2017) between real and filled images."""

import numpy as np
import tensorflow as tf

from inpaint.models.keras_weights import load_application

FORMULA = (
    "FID = |m - n|^2 + Tr(S + T - 2 (S T)^(1/2)), with mean and covariance m, S of the real and n, T of the "
    "filled images' features: Keras' InceptionV3 with ImageNet weights, average pooled, images resized "
    "to 299 x 299"
)
_SIDE = 299


class Inception:
    """Features of images.

    Args:
        weights: file of Keras' InceptionV3 weights without its top,
            `inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5`.

    Raises:
        UserError: no such file, not HDF5 by its name, or one that does not fit.
    """

    def __init__(self, weights):
        inception = tf.keras.applications.InceptionV3
        options = {"pooling": "avg", "input_shape": (_SIDE, _SIDE, 3)}
        self._model = load_application(inception, weights, "InceptionV3", **options)

    def features(self, images):
        """uint8 [N, H, W, 3] RGB -> float32 [N, 2048]."""
        resized = tf.image.resize(tf.cast(images, tf.float32), (_SIDE, _SIDE))
        return self._model(resized / 127.5 - 1, training=False).numpy()


def frechet_distance(real, filled):
    """The distance between two sets of features, [N, C] and [M, C], as normal distributions: a float."""
    real, filled = np.float64(real), np.float64(filled)
    m, n = real.mean(axis=0), filled.mean(axis=0)
    s, t = (np.atleast_2d(np.cov(features, rowvar=False)) for features in (real, filled))
    # The trace of (S T)^(1/2) is that of (A T A)^(1/2) with A = S^(1/2), which is symmetric.
    values, vectors = np.linalg.eigh(s)
    a = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    root = np.sqrt(np.maximum(np.linalg.eigvalsh(a @ t @ a), 0)).sum()
    return float(((m - n) ** 2).sum() + np.trace(s) + np.trace(t) - 2 * root)
