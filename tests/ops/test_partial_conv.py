"""Partial convolution against what NVIDIA's layer computes, and against the paper's equations in NumPy."""

import numpy as np
import pytest
import tensorflow as tf
from support import golden_data
from support.helpers import both_ways

from inpaint.ops import PartialConv

FILES = sorted(path.stem for path in golden_data.FOLDER.glob("pconv_[0-9]*.npz"))


def golden_layer(golden, **options):
    """The layer of a golden file with its weights."""
    names = ("filters", "kernel_size", "strides", "dilation_rate")
    layer = PartialConv(
        **{name: int(golden[name]) for name in names},
        padding=str(golden["padding"]),
        use_bias=bool(golden["use_bias"]),
        **options,
    )
    layer(golden["x"], golden["known"])
    for name in ("kernel", "bias") if layer.use_bias else ("kernel",):
        weight = getattr(layer, name)
        weight.assign(golden_data.seeded_array(f"pconv/{name}", weight.shape, golden["seed"]))
    return layer


@pytest.mark.parametrize("name", FILES)
def test_golden_outputs_masks_and_gradients(name):
    golden = golden_data.load(name)
    layer, x = golden_layer(golden), tf.constant(golden["x"])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y, known = layer(x, golden["known"])
        loss = tf.reduce_sum(y * y)
    np.testing.assert_allclose(y, golden["y"], atol=1e-5)
    np.testing.assert_array_equal(known, golden["new_known"][..., :1])  # the original has equal channels
    dx, *weights = tape.gradient(loss, [x, *layer.trainable_variables])
    expected = [golden["dx"], golden["dkernel"], *([golden["dbias"]] if layer.use_bias else [])]
    for found, gradient in zip([dx, *weights], expected):
        np.testing.assert_allclose(found, gradient, atol=2e-5 * np.abs(gradient).max())
    for eager, graph in zip(*both_ways(layer, x, golden["known"])):
        np.testing.assert_allclose(eager, graph, atol=1e-5)


def test_the_golden_files_are_there():
    assert len(FILES) == 8 and {"pconv_3x3_dilated4", "pconv_7x7_centred_stride2_channels"} <= set(FILES)


def test_the_papers_equations(rng):
    x, known = rng.normal(size=(1, 7, 9, 2)), (rng.random((1, 7, 9, 1)) < 0.3) * 1.0
    known[0, 3:, 4:] = 0
    layer = PartialConv(3, 3)
    layer(x, known)
    layer.bias.assign([0.5, -1.0, 2.0])
    y, after = (found.numpy() for found in layer(x, known))
    kernel = layer.kernel.numpy()
    padded, mask = (np.pad(z[0], ((1, 1), (1, 1), (0, 0))) for z in (x, known))
    for i in range(7):
        for j in range(9):
            window, m = padded[i : i + 3, j : j + 3], mask[i : i + 3, j : j + 3]
            if m.sum():
                expected = np.einsum("ijc,ijcf->f", window * m, kernel) * 9 / m.sum() + [0.5, -1, 2]
            else:
                expected = np.zeros(3)
            np.testing.assert_allclose(y[0, i, j], expected, atol=1e-5)
            assert after[0, i, j, 0] == (m.sum() > 0)


def test_what_is_unknown_has_no_influence(rng):
    known = np.zeros((1, 8, 8, 1), np.float32)
    known[:, :5] = 1
    x = rng.normal(size=(1, 8, 8, 3)).astype(np.float32)
    layer = PartialConv(4, 5)
    y, after = layer(x, known)
    other, _ = layer(np.where(known, x, 1e6).astype(np.float32), known)
    np.testing.assert_array_equal(y, other)
    np.testing.assert_array_equal(after[0, :, 0, 0], [1, 1, 1, 1, 1, 1, 1, 0])
    nothing, none_known = layer(x, 0 * known)
    assert not np.any(nothing) and not np.any(none_known)


def test_output_shape_of_unknown_sizes():
    assert PartialConv(5, 3, strides=2).compute_output_shape((2, 9, None, 3), (1, 9, None, 1)) == (
        (2, 5, None, 5),
        (1, 5, None, 1),
    )


@pytest.mark.parametrize(
    "options, message",
    [
        ({"filters": 0, "kernel_size": 3}, "filters must be positive, received 0"),
        ({"filters": 2, "kernel_size": 4}, "kernel_size must be odd and positive, received 4"),
        ({"filters": 2, "kernel_size": 3, "strides": 2, "dilation_rate": 2}, "cannot both exceed 1"),
        ({"filters": 2, "kernel_size": 3, "padding": "reflect"}, "padding must be one of"),
    ],
)
def test_arguments_out_of_range(options, message):
    with pytest.raises(ValueError, match=message):
        PartialConv(**options)


def test_several_maps_with_a_mask_each(rng):
    # As one map with a mask for each channel.
    maps = [rng.normal(size=(2, 6, 7, channels)).astype(np.float32) for channels in (3, 5)]
    masks = [np.float32(rng.random((2, 6, 7, 1)) < share) for share in (0.3, 0.1)]
    layer, alone = PartialConv(4, 3, padding="centred"), PartialConv(4, 3, padding="centred")
    y, known = layer(maps, masks)
    x = np.concatenate(maps, axis=-1)
    each = np.concatenate([masks[0].repeat(3, axis=-1), masks[1].repeat(5, axis=-1)], axis=-1)
    alone(x, each)
    alone.set_weights(layer.get_weights())
    expected, known_expected = alone(x, each)
    np.testing.assert_allclose(y, expected, atol=1e-5)
    np.testing.assert_array_equal(known, known_expected)
    assert layer.compute_output_shape([m.shape for m in maps], [m.shape for m in masks]) == (
        y.shape,
        known.shape,
    )
