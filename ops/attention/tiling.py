"""Work done tile by tile, so that memory stays bounded, forwards and backwards."""

import tensorflow as tf


class Tiles:
    """A window of a map in equal tiles.

    Args:
        window: (top, left, height, width), integers or scalar tensors.
        most: how many positions a tile may hold, its margins included.
        margins: positions that a tile holds beside its own, (rows, columns) on all sides together.

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
        inner = tiles.shape[3:]
        x = tf.reshape(tiles, [self._down, self._across, self.rows, self.columns, *inner])
        x = tf.transpose(x, [0, 2, 1, 3, *range(4, 4 + len(inner))])
        x = tf.reshape(x, [self._down * self.rows, self._across * self.columns, *inner])
        return x[: self.window[2], : self.window[3]]

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


def over_tiles(function, tiles, inputs, specs):
    """The two results of a function of a tile, joined.

    The first one's gradient computes the tiles again, one after the other, and keeps none.

    Args:
        function: (top, left, inputs) -> two tensors, [rows, columns, ...] each, the second of integers.
        tiles: `Tiles`.
        inputs: list of tensors that gradients flow to.
        specs: the results' `tf.TensorSpec`s.

    Returns:
        two tensors, [height, width, ...] of the window.
    """

    @tf.custom_gradient
    def joined(*inputs):
        def one(index):
            return function(*tiles.origin(index), inputs)

        results = tf.map_fn(one, tf.range(tiles.count), fn_output_signature=specs, parallel_iterations=1)

        def gradient(upstream, _):
            parts = tiles.split(upstream)

            def add(index, *sums):
                with tf.GradientTape() as tape:
                    own = [tf.identity(x) for x in inputs]
                    tape.watch(own)
                    result, _ = function(*tiles.origin(index), own)
                found = tape.gradient(result, own, parts[index])
                return index + 1, *(total + tf.convert_to_tensor(g) for total, g in zip(sums, found))

            start = (0, *(tf.zeros_like(x) for x in inputs))
            sums = tf.while_loop(lambda index, *_: index < tiles.count, add, start, parallel_iterations=1)
            return sums[1:]

        return tuple(tiles.join(result) for result in results), gradient

    return joined(*inputs)
