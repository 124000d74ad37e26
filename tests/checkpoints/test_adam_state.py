"""What this project relies on in Keras's Adam; a release that changes it must fail here."""

import types

import numpy as np
import pytest
import tensorflow as tf

from inpaint.models.optimizer import make_optimizer
from inpaint.ops.keras_compat import apply_gradients, optimizer_state, scale_loss


@pytest.fixture
def layer():
    layer = tf.keras.layers.Dense(3)
    layer.build([None, 2])
    return layer


@pytest.mark.parametrize("precision", ["float32", "mixed_float16"])
def test_moments_are_found_by_their_values(layer, precision):
    kernel, bias = layer.trainable_variables
    adam = make_optimizer(precision=precision)
    adam.build([kernel, bias])
    gradients = [tf.fill(kernel.shape, 2.0), tf.fill(bias.shape, -4.0)]
    scale = scale_loss(adam, tf.constant(1.0))
    apply_gradients(adam, [gradient * scale for gradient in gradients], [kernel, bias])

    state = {n: v.numpy() for n, v in optimizer_state(adam, ["k", "b"], [kernel, bias]).items()}
    scaled = {"loss_scale": 2.0**15, "loss_scale_good_steps": 1} if precision == "mixed_float16" else {}
    # beta_1 is 0.5, beta_2 0.999: moments after one step, of gradients 2 and -4.
    expected = {"k/Adam": 1.0, "k/Adam_1": 0.004, "b/Adam": -2.0, "b/Adam_1": 0.016, "iterations": 1}
    assert state.keys() == {**expected, **scaled}.keys()
    for name, value in {**expected, **scaled}.items():
        np.testing.assert_allclose(state[name], value, rtol=1e-5, err_msg=name)
    assert state["k/Adam_1"].shape == (2, 3) and state["b/Adam_1"].shape == (3,)


def test_the_variables_are_those_that_adam_uses(layer):
    kernel, bias = layer.trainable_variables
    adam = make_optimizer()
    adam.build([kernel, bias])
    state = optimizer_state(adam, ["k", "b"], [kernel, bias])
    state["k/Adam"].assign(tf.fill([2, 3], 8.0))
    state["k/Adam_1"].assign(tf.fill([2, 3], 4.0))
    state["iterations"].assign(10**6)  # no correction of the bias any more
    before = kernel.numpy()
    adam.apply_gradients([(tf.zeros([2, 3]), kernel), (tf.zeros([3]), bias)])
    np.testing.assert_allclose(before - kernel.numpy(), 1e-4 * 4 / np.sqrt(4 * 0.999), rtol=1e-2)


def test_other_variables_are_told(layer):
    kernel, bias = layer.trainable_variables
    adam = make_optimizer()
    adam.build([kernel, bias])
    for names, variables in ((["b", "k"], [bias, kernel]), (["k"], [kernel])):
        with pytest.raises(RuntimeError, match="cannot tell Adam's moments of .* variables apart: "):
            optimizer_state(adam, names, variables)


def test_other_names_are_told(layer):
    odd = types.SimpleNamespace(iterations=tf.Variable(0), variables=[tf.Variable(0.0, name="first_moment")])
    with pytest.raises(RuntimeError, match=r"found \['first_moment.*does the Keras of TensorFlow .* name it"):
        optimizer_state(odd, ["k"], [layer.kernel])
