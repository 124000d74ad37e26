"""Losses (Yu et al., ICCV 2019, equation 3 and section 3.3)."""

import tensorflow as tf


def discriminator_hinge(real_scores, fake_scores, shares=None):
    """The two terms of the discriminator's hinge loss, which is their mean.

    Args:
        real_scores, fake_scores: [N, M] float32 scores from the discriminator.
        shares: [N, M], the weights of the means, which sum up to 1; None: all scores weigh the same.

    Returns:
        (mean(relu(1 - real)), mean(relu(1 + fake))), two float32 scalars.
    """
    return mean(tf.nn.relu(1.0 - real_scores), shares), mean(tf.nn.relu(1.0 + fake_scores), shares)


def generator_hinge(fake_scores, shares=None):
    """The generator's adversarial loss: `-mean(fake)`, a float32 scalar; arguments as above."""
    return -mean(fake_scores, shares)


def mean(x, shares=None):
    """The mean of [N, M], weighted by shares that sum up to 1, if given."""
    return tf.reduce_mean(x) if shares is None else tf.reduce_sum(x * shares)


def reconstruction(images, *stages, weights=1.0):
    """`mean|images - coarse| + mean|images - refined|` over all pixels, hole and known pixels alike.

    Args:
        images: [N, H, W, 3] float32 in [-1, 1].
        stages: the same, the results of the network's stages.
        weights: weight of each pixel's error, [N, H, W, 1] or a scalar; 1 in the paper.

    Returns:
        float32 scalar.
    """
    return tf.add_n([tf.reduce_mean(tf.abs(images - stage) * weights) for stage in stages])
