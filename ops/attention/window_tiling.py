"""Work done tile by tile, so that memory stays bounded, forwards and backwards."""

import tensorflow as tf


class WindowTiling:
    """A window of a map, divided into equal tiles.

    Args:
        window: (top, left, height, width), integers or scalar tensors.
        most: how many positions a tile may hold, its margins included.
        margins: positions that a tile holds besides its own, (rows, columns) on both sides together.

    Attributes:
        rows, columns: of a tile; at least 1, even where `most` is less.
        count: number of tiles. The last ones may reach over the window's end.
    """

    def __init__(self, window, most, margins):
        self.window = window
        _, _, height, width = window
        if all(isinstance(number, int) for number in (height, width, most)):
            with tf.init_scope():  # XLA must know a tile's shape while it compiles
                down, across = (int(number) for number in _counts(height, width, most, margins))
        else:
            down, across = _counts(height, width, most, margins)
        self._down, self._across = down, across
        self.rows, self.columns = -(-height // down), -(-width // across)
        self.count = down * across

    def origin(self, index):
        """(top, left) of a tile."""
        top, left, _, _ = self.window
        return top + index // self._across * self.rows, left + index % self._across * self.columns

    def join(self, tiles):
        """[count, rows, columns, ...] -> the window's [height, width, ...]."""
        inner = [size or tf.shape(tiles)[i] for i, size in enumerate(tiles.shape[3:], start=3)]
        _, _, height, width = self.window
        # Gathered, not transposed: on CPUs TensorFlow complains when it transposes int32 eagerly.
        row, column = tf.range(height)[:, None], tf.range(width)
        index = row // self.rows * self._across + column // self.columns  # of the tile
        index = (index * self.rows + row % self.rows) * self.columns + column % self.columns
        return tf.gather(tf.reshape(tiles, [self.count * self.rows * self.columns, *inner]), index)

    def split(self, x):
        """The window's [height, width, ...] -> [count, rows, columns, ...], zeros beyond its end."""
        inner = x.shape[2:]
        beyond = [self._down * self.rows - self.window[2], self._across * self.columns - self.window[3]]
        x = tf.pad(x, [[0, beyond[0]], [0, beyond[1]]] + [[0, 0]] * len(inner))
        x = tf.reshape(x, [self._down, self.rows, self._across, self.columns, *inner])
        x = tf.transpose(x, [0, 2, 1, 3, *range(4, 4 + len(inner))])
        return tf.reshape(x, [self.count, self.rows, self.columns, *inner])


def _counts(height, width, most, margins):
    """How many tiles down and across, so that they hold the fewest positions together."""
    across = tf.range(1, width + 1)
    held_columns = -(-width // across) + margins[1]
    rows = tf.clip_by_value(most // held_columns - margins[0], 0, height)
    down = -(-height // tf.maximum(rows, 1))
    held = down * across * (-(-height // down) + margins[0]) * held_columns
    # Where not even one row fits, the narrowest tile is taken.
    best = tf.argmin(tf.where(rows > 0, tf.cast(held, tf.float32), tf.float32.max))
    best = tf.where(tf.reduce_any(rows > 0), best, tf.cast(width, best.dtype) - 1)
    return down[best], across[best]


def map_in_turn(function, elements, specs):
    """`tf.map_fn` with one element at a time; where there is known to be just one, without a loop.

    Args:
        function: of one element, to two tensors. Plain TensorFlow: AutoGraph does not see it (converting
            it takes seconds, and an eager `tf.map_fn` would do it too).
        elements: tensor, or tuple of tensors, with the elements along the first axis.
        specs: the results' `tf.TensorSpec`s.

    Returns:
        the results, stacked.
    """
    if tf.nest.flatten(elements)[0].shape[0] == 1:
        results = function(tf.nest.map_structure(lambda x: tf.squeeze(x, [0]), elements))  # not copied
        return tuple(result[None] for result in results)
    unseen = tf.autograph.experimental.do_not_convert(function)
    return tf.map_fn(unseen, elements, fn_output_signature=specs, parallel_iterations=1)


def map_tiles(function, tiling, inputs, specs):
    """The two results of a function of a tile, joined.

    The gradient of the first result computes the tiles again, one at a time, and keeps none.

    Args:
        function: (top, left, inputs) -> two tensors, [rows, columns, ...] each, the second of integers.
        tiling: `WindowTiling`.
        inputs: list of tensors that gradients flow to.
        specs: the results' `tf.TensorSpec`s.

    Returns:
        two tensors, [height, width, ...] of the window.
    """

    @tf.custom_gradient
    def joined(*inputs):
        def one(index):
            return function(*tiling.origin(index), inputs)

        results = map_in_turn(one, tf.range(tiling.count), specs)

        def gradient(upstream, _):
            upstreams = tiling.split(upstream)

            @tf.autograph.experimental.do_not_convert
            def add(index, *sums):
                with tf.GradientTape() as tape:
                    own = [tf.identity(x) for x in inputs]
                    tape.watch(own)
                    result, _ = function(*tiling.origin(index), own)
                found = tape.gradient(result, own, upstreams[index])
                return index + 1, *(total + tf.convert_to_tensor(g) for total, g in zip(sums, found))

            start = (0, *(tf.zeros_like(x) for x in inputs))
            sums = tf.while_loop(lambda index, *_: index < tiling.count, add, start, parallel_iterations=1)
            return sums[1:]

        return tuple(tiling.join(result) for result in results), gradient

    return joined(*inputs)
