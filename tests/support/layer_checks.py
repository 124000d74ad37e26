"""What every layer of the project must pass, as checks of a `Subject`."""

import numpy as np
import tensorflow as tf


class Subject:
    """A layer and the arguments it is called with; every call starts from the same random weights.

    Args:
        make: function (options of every Keras layer, such as `dtype`) -> layer.
        arguments: tuple of arrays, or of lists and dicts of arrays: maps, float32 [N, H, W, C], which
            gradients flow to, and masks, uint8 [N, H, W, 1].
        training: whether it is called so.
        options: for `make`.
    """

    def __init__(self, make, arguments, training=False, **options):
        self.layer, self.arguments = make(**options), arguments
        self.how = {"training": True} if training else {}
        self.layer(*arguments, **self.how)
        rng = np.random.default_rng(1)
        # Numbers for each channel are positive, as variances must be.
        self.weights = [
            np.float32(np.abs(rng.normal(1, 0.3, w.shape)) if w.ndim == 1 else rng.normal(0, 0.3, w.shape))
            for w in self.layer.get_weights()
        ]

    def outputs(self, function=None, arguments=None):
        """A call's outputs as a flat list of tensors."""
        self.layer.set_weights(self.weights)
        return tf.nest.flatten((function or self.layer)(*(arguments or self.arguments), **self.how))

    def gradients(self):
        """(loss, gradients) of a weighted sum of the first output by the weights, then by the maps."""
        arguments = tf.nest.map_structure(tf.constant, self.arguments)
        maps = [x for x in tf.nest.flatten(arguments) if x.dtype.is_floating]
        with tf.GradientTape() as tape:
            tape.watch(maps)
            y = tf.cast(self.outputs(arguments=arguments)[0], tf.float32)
            loss = tf.reduce_sum(y * np.random.default_rng(2).normal(size=y.shape).astype(np.float32))
        return float(loss), tape.gradient(loss, [*self.layer.trainable_variables, *maps])

    def moved(self, directions):
        """Move trainable weights and maps by arrays in the order of `gradients`."""
        remaining, trainable = iter(directions), {id(w) for w in self.layer.trainable_weights}
        self.weights = [
            w + next(remaining) if id(variable) in trainable else w
            for w, variable in zip(self.weights, self.layer.weights)
        ]
        self.arguments = tf.nest.map_structure(
            lambda x: x + next(remaining) if x.dtype == np.float32 else x, self.arguments
        )
        return self


def check_build(make, arguments, training):
    """Built from shapes alone it has the weights that a call makes, and it tells the output's shape."""
    subject, layer = Subject(make, arguments, training), make()
    if subject.weights:
        layer.build(
            *([x.shape for x in each] if isinstance(each, list) else each.shape for each in arguments)
        )
    assert _names_and_shapes(layer) == _names_and_shapes(subject.layer)
    told = [tuple(y.shape)[1:] for y in functional(layer, arguments).outputs]
    assert told == [tuple(y.shape)[1:] for y in subject.outputs()]


def check_config(make, arguments, training):
    """A layer made again from its config, with the same weights, gives the same result, as a graph too."""
    subject = Subject(make, arguments, training)
    twin = type(subject.layer).from_config(subject.layer.get_config())
    assert twin.get_config() == subject.layer.get_config()
    again, expected = Subject(lambda: twin, arguments, training), subject.outputs()
    for eager, graph, y in zip(again.outputs(), again.outputs(tf.function(twin)), expected, strict=True):
        np.testing.assert_array_equal(eager, y)
        np.testing.assert_allclose(graph, y, atol=1e-5)


def check_precision(make, arguments, training, policy, tolerance):
    """The weights are float32, the first output has the compute dtype; results and gradients stay close."""
    exact, subject = Subject(make, arguments, training), Subject(make, arguments, training, dtype=policy)
    (expected, *others), (first, *rest) = exact.outputs(), subject.outputs()
    assert first.dtype == subject.layer.compute_dtype == policy.removeprefix("mixed_")
    assert {tf.as_dtype(w.dtype) for w in subject.layer.weights} <= {tf.float32}
    for found, other in zip(rest, others, strict=True):  # masks, and the attention's int32 offsets
        assert found.dtype == other.dtype
        if found.dtype == tf.float32:
            np.testing.assert_array_equal(found, other)
    pairs = zip([first, *subject.gradients()[1]], [expected, *exact.gradients()[1]], strict=True)
    for found, other in pairs:
        # Of all numbers together: single ones may be far off.
        difference = np.linalg.norm(np.float32(found) - np.float32(other))
        assert difference <= tolerance * np.linalg.norm(other), difference / np.linalg.norm(other)


def check_gradients(make, arguments, training):
    """The loss's slope in a random direction of all trainable weights and maps, against differences."""
    rng, step = np.random.default_rng(3), 2e-3
    _, gradients = Subject(make, arguments, training).gradients()
    direction = [np.float32(rng.normal(size=np.shape(g))) for g in gradients]
    ends = [
        Subject(make, arguments, training).moved([side * d for d in direction]).gradients()[0]
        for side in (step, -step)
    ]
    slope = sum(np.sum(g * d) for g, d in zip(gradients, direction))
    size = np.sqrt(sum(np.sum(np.square(g)) for g in gradients))
    assert size > 1 and abs(slope - (ends[0] - ends[1]) / (2 * step)) < 0.01 * size


def check_saved(make, arguments, path):
    """A functional model of the layer predicts what the layer gives; so it does when saved and loaded."""
    subject = Subject(make, arguments)
    model = functional(subject.layer, arguments)
    expected = subject.outputs()
    subject.layer.set_weights(subject.weights)
    model.save(path)
    for predicted in (model, tf.keras.models.load_model(path)):
        found = predicted.predict(tf.nest.flatten(arguments), verbose=0)
        for y, z in zip(tf.nest.flatten(found), expected, strict=True):
            np.testing.assert_allclose(y, z, atol=1e-5)


def functional(layer, arguments):
    """A functional model of the layer alone, for any number of images."""
    inputs = tf.nest.map_structure(lambda x: tf.keras.Input(x.shape[1:], dtype=x.dtype.name), arguments)
    return tf.keras.Model(tf.nest.flatten(inputs), layer(*inputs))


def _names_and_shapes(layer):
    return [(weight.name.split("/")[-1].split(":")[0], tuple(weight.shape)) for weight in layer.weights]
