"""A discriminator that looks at pretrained features (Projected GAN, Sauer et al., NeurIPS 2021)."""

import numpy as np
import tensorflow as tf

from inpaint.discriminators.sn_patchgan import SLOPE, Scores, stacked
from inpaint.ops import SpectralNormConv

_CHANNELS = 64  # of the mixed features, and of the heads
_SEED = 7  # of the mixing
_GAIN = 3.0  # on the scores, which spectral norms keep small
_LEAST_HOLE = 0.25  # share of a position that must be hole for it to be judged


class ProjectedDiscriminator(tf.keras.Model):
    """Four small heads of spectrally normalised convolutions on features at strides 2, 4, 8 and 16.

    The features are mixed by fixed random convolutions, across channels and from coarse to fine scales, so
    that no head can rely on a few of them (sections 3.1 and 3.2). Unlike the paper's, the heads see the
    mask, and they judge the positions in the hole only, where completed images differ from real ones.

    Args:
        features: a `PretrainedFeatures`.
        guided, with_mask: as for the `Discriminator`.

    Attributes:
        features: as given.
    """

    def __init__(self, features, guided=False, with_mask=True, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.features = features
        self.guided = guided
        self.with_mask = with_mask
        random = np.random.default_rng(_SEED)
        self._mixing = [(_he(random, 1, c), _he(random, 3, _CHANNELS)) for c in features.channels]
        inputs = _CHANNELS + bool(with_mask) + bool(guided)
        shapes = ((inputs, _CHANNELS, 3), (_CHANNELS, _CHANNELS, 3), (_CHANNELS, 1, 1))
        for head in range(len(features.channels)):
            for depth, (channels, filters, side) in enumerate(shapes):
                layer = SpectralNormConv(filters, side, 1, name=f"head{head}_conv{depth}")
                setattr(self, layer.name, layer)
                layer.build((None, None, None, channels))
        self.built = True

    def score(self, images, masks, sketches=None):
        """As `Discriminator.score`; every head has the same share in the scores, whatever its resolution."""
        count, size = len(images), tf.shape(images[0])
        stack = tf.concat(images, axis=0)  # [kN, H, W, 3]
        hole = stacked(tf.cast(masks, tf.float32), images)
        known = [hole] if self.with_mask else []
        if self.guided:
            known.append(stacked(tf.cast(sketches, tf.float32) * tf.cast(masks, tf.float32), images))
        scores, shares, negative = [], [], []
        for head, x in enumerate(self._mixed(self.features(stack))):
            side = tf.shape(x)[1:3]
            small = [tf.image.resize(y, side, "area") for y in known]
            found, below = self._score(head, tf.concat([x, *small], axis=-1))
            judged = tf.cast(tf.image.resize(hole, side, "area") > _LEAST_HOLE, tf.float32)[: size[0]]
            judged /= tf.maximum(tf.reduce_sum(judged), 1.0) * len(self._mixing)
            scores.append(tf.reshape(found, [count * size[0], -1]))
            shares.append(tf.reshape(judged, [size[0], -1]))
            negative.append(below)
        scores = tf.split(tf.concat(scores, axis=1), count, axis=0)
        return Scores(scores, tf.concat(shares, axis=1), negative)

    def _mixed(self, maps):
        """Maps of `_CHANNELS` channels at the scales of the features."""
        mixed, coarser = [], None
        for x, (channels, scales) in zip(reversed(maps), reversed(self._mixing)):
            x = tf.nn.conv2d(_normalised(x), channels, 1, "SAME")
            if coarser is not None:
                coarser = tf.image.resize(coarser, tf.shape(x)[1:3], "nearest")
                x = (x + coarser) * np.sqrt(0.5, dtype=np.float32)
            coarser = tf.nn.conv2d(x, scales, 1, "SAME")
            mixed.insert(0, coarser)
        return mixed

    def _score(self, head, x):
        """(scores [N, h, w, 1], the share of negative numbers in what the head computes before)."""
        below = []
        for depth in range(2):
            x = getattr(self, f"head{head}_conv{depth}")(x)
            x = tf.maximum(x, SLOPE * x)
            below.append(tf.reduce_mean(tf.cast(x < 0, tf.float32)))
        return _GAIN * getattr(self, f"head{head}_conv2")(x), tf.reduce_mean(below)

    def named_weights(self):
        """Return the weights as a dict by name; the original has no such discriminator."""
        named = {}
        for head in range(len(self._mixing)):
            for depth in range(3):
                layer = getattr(self, f"head{head}_conv{depth}")
                scope = f"discriminator/projected/{layer.name}"
                named[f"{scope}/kernel"], named[f"{scope}/bias"] = layer.kernel, layer.bias
                named[f"{scope}/kernel_sn/u"] = layer.u
        return named


def _normalised(x):
    """[N, h, w, C] with a mean square of 1 in each image: features of all scales weigh the same."""
    return x * tf.math.rsqrt(tf.reduce_mean(x * x, axis=[1, 2, 3], keepdims=True) + 1e-6)


def _he(random, side, channels):
    """A random kernel [side, side, channels, _CHANNELS] (He initialisation)."""
    scale = np.sqrt(2 / (side * side * channels))
    return tf.constant(random.standard_normal((side, side, channels, _CHANNELS)) * scale, tf.float32)
