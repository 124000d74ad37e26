"""What holds for every layer of `inpaint.ops`."""

import numpy as np
import pytest
import tensorflow as tf
from support import layer_checks

from inpaint import ops


def _maps():
    rng = np.random.default_rng(0)
    x, y = (rng.normal(size=(2, 8, 10, 4)).astype(np.float32) for _ in range(2))
    known = np.uint8(rng.random((2, 8, 10, 1)) < 0.4)
    return x, y, known


X, Y, KNOWN = _maps()
HOLES = np.zeros_like(KNOWN)
HOLES[:, 2:4, 5:8] = 1
PACKED = np.concatenate([X, KNOWN], axis=-1)

# (function that makes the layer, arguments of the call, whether in training)
CASES = {
    "batch norm": (lambda **o: ops.BatchNorm(0.5, 0.1, **o), (X,), False),
    "batch norm in training": (lambda **o: ops.BatchNorm(**o), (X,), True),
    "attention": (lambda **o: ops.ContextualAttention(3, 2, softmax_scale=2.0, **o), (X, Y, HOLES), False),
    "attention of a list": (
        lambda **o: ops.ContextualAttention(1, 1, fuse=False, softmax_scale=2.0, **o),
        ([X, Y, HOLES],),
        False,
    ),
    "attention of a dict, tiled": (
        lambda **o: ops.ContextualAttention(memory_budget=40_000, softmax_scale=2.0, **o),
        ({"foreground": X, "background": Y},),
        False,
    ),
    "padded": (lambda **o: ops.PaddedConv(4, 3, 2, "reflect", activation="elu", **o), (X,), False),
    "padded, dilated": (lambda **o: ops.PaddedConv(3, 5, dilation_rate=2, **o), (X,), False),
    "gated": (lambda **o: ops.GatedConv(6, 5, 2, **o), (X,), False),
    "gated in training": (lambda **o: ops.GatedConv(6, 3, dilation_rate=4, **o), (X,), True),
    "upsampling": (lambda **o: ops.UpsamplingConv(3, activation="elu", **o), (X,), False),
    "gated upsampling": (lambda **o: ops.GatedUpsamplingConv(6, 3, 1, "symmetric", **o), (X,), False),
    "gated upsampling in training": (
        lambda **o: ops.GatedUpsamplingConv(6, padding="reflect", activation="tanh", **o),
        (X,),
        True,
    ),
    "spectral": (lambda **o: ops.SpectralNormConv(3, 5, 2, **o), (X,), False),
    "spectral, mirrored": (
        lambda **o: ops.SpectralNormConv(3, 3, 1, "symmetric", activation="elu", **o),
        (X,),
        False,
    ),
    "partial": (lambda **o: ops.PartialConv(3, 5, dilation_rate=2, activation="elu", **o), (X, KNOWN), False),
    "partial, centred": (
        lambda **o: ops.PartialConv(3, 3, 2, "centred", use_bias=False, kernel_initializer="ones", **o),
        ([X, Y], [KNOWN, HOLES]),
        False,
    ),
    "packed partial": (lambda **o: ops.PackedPartialConv(3, 5, 2, activation="elu", **o), (PACKED,), False),
    "packed partial, all known": (
        lambda **o: ops.PackedPartialConv(3, 3, dilation_rate=2, return_mask=False, **o),
        (X,),
        False,
    ),
    "packed partial upsampling": (lambda **o: ops.PackedPartialUpsamplingConv(3, 3, **o), (X,), False),
}
every_layer = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def test_no_layer_is_left_out():
    layers = [getattr(ops, name) for name in ops.__all__]
    layers = {x for x in layers if isinstance(x, type) and issubclass(x, tf.keras.layers.Layer)}
    assert {type(make()) for make, _, _ in CASES.values()} == layers


@every_layer
def test_build(case):
    layer_checks.check_build(*case)


@every_layer
def test_config(case):
    layer_checks.check_config(*case)


@every_layer
@pytest.mark.parametrize("policy, tolerance", [("mixed_bfloat16", 0.03), ("mixed_float16", 0.004)])
def test_precision(case, policy, tolerance):
    layer_checks.check_precision(*case, policy, tolerance)


@every_layer
def test_gradients(case):
    layer_checks.check_gradients(*case)


@every_layer
def test_save_and_load(case, tmp_path):
    layer_checks.check_saved(*case[:2], tmp_path / "model.keras")


CONVOLUTIONS = [
    ops.PaddedConv,
    ops.GatedConv,
    ops.SpectralNormConv,
    ops.PartialConv,
    ops.PackedPartialConv,
    ops.UpsamplingConv,
    ops.GatedUpsamplingConv,
    ops.PackedPartialUpsamplingConv,
]


@pytest.mark.parametrize("kind", CONVOLUTIONS)
def test_arguments_come_in_the_order_of_keras(kind):
    given = {"filters": 4, "kernel_size": 3, "strides": 1, "padding": "same"}
    config, theirs = kind(*given.values()).get_config(), tf.keras.layers.Conv2D(*given.values())
    for name, value in given.items():
        assert config[name] == value and np.all(np.equal(getattr(theirs, name), value))
    with pytest.raises(TypeError):  # where Keras has others, further ones go by name
        kind(*given.values(), 2)
