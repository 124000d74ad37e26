"""A dilated convolution whose gradients every device can compute."""

import tensorflow as tf


def dilated_conv(x, kernel, rate, border):
    """`tf.nn.conv2d` with dilations, differentiated by way of `tf.space_to_batch`.

    TensorFlow has no gradient of dilated convolutions on CPUs where it does not use oneDNN, nor in
    bfloat16 on CPUs without such arithmetic. Here the gradients are taken on smaller maps, each of the
    positions that are `rate` apart: there the convolution is an ordinary one, whose gradients exist
    everywhere and cost the same.

    Args:
        x: [N, H, W, C].
        kernel: [k, k, C, F], in x's dtype.
        rate: spacing of the taps.
        border: `"SAME"` or `"VALID"`.

    Returns:
        [N, H, W, F], or with `"VALID"` [N, H - rate (k - 1), W - rate (k - 1), F].
    """

    @tf.custom_gradient
    def convolve(x, kernel):
        def gradient(upstream):
            apart, gaps = _apart(x, rate)
            lost = 0 if border == "SAME" else rate * (kernel.shape[0] - 1)
            upstream_apart, _ = _apart(upstream, rate, tf.shape(x)[1:3] + gaps - lost)
            d_apart = tf.raw_ops.Conv2DBackpropInput(
                input_sizes=tf.shape(apart),
                filter=kernel,
                out_backprop=upstream_apart,
                strides=[1, 1, 1, 1],
                padding=border,
            )
            d_kernel = tf.raw_ops.Conv2DBackpropFilter(
                input=apart,
                filter_sizes=kernel.shape,
                out_backprop=upstream_apart,
                strides=[1, 1, 1, 1],
                padding=border,
            )
            return tf.batch_to_space(d_apart, [rate, rate], _at_the_end(gaps)), d_kernel

        return tf.nn.conv2d(x, kernel, 1, border, dilations=rate), gradient

    return convolve(tf.convert_to_tensor(x), tf.convert_to_tensor(kernel))


def _apart(x, rate, size=None):
    """([rate² N, h, w, C], the zeros int32 [2] that were added to reach the size or a multiple of rate)."""
    here = tf.shape(x)[1:3]
    gaps = -here % rate if size is None else size - here
    return tf.space_to_batch(x, [rate, rate], _at_the_end(gaps)), gaps


def _at_the_end(gaps):
    return tf.stack([tf.zeros_like(gaps), gaps], axis=1)  # [2, 2]
