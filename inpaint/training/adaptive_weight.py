"""A weight of the adversarial loss that adapts to the reconstruction's gradient."""

import tensorflow as tf

_MEMORY = 0.95  # of the mean of the gradients' ratio, for each iteration
_PERIOD = 10  # iterations between two changes of the weight
_LEAST_CHANGE, _MOST_CHANGE = 0.8, 1.25
_LEAST, _MOST = 1e-4, 1.0  # at most the original's fixed weight


class AdaptiveWeight:
    """Keeps the adversarial gradient at the refined image at a share of the other losses'.

    The ratio that a weight of 1 would have is averaged over about twenty iterations; every ten the weight
    moves towards `ratio` divided by it, by a factor of 0.8 to 1.25. As a discriminator dies its gradient
    fades and the weight would grow without end: hence a ceiling of 1.

    Args:
        ratio: the share.
        start: the first weight.

    Attributes:
        weight: float32 `tf.Variable`.
        variables: dict of name -> `tf.Variable`, the state.
    """

    def __init__(self, ratio, start):
        self._ratio = ratio
        self.weight = tf.Variable(min(max(start, _LEAST), _MOST), trainable=False, dtype=tf.float32)
        self._mean = tf.Variable(0.0, trainable=False)  # of the ratio at a weight of 1
        self._measured = tf.Variable(0, trainable=False, dtype=tf.int64)
        self.variables = {"weight": self.weight, "mean": self._mean, "measured": self._measured}

    def update(self, adversarial, others):
        """Take in an iteration's gradients, and change the weight where it is due.

        Args:
            adversarial: mean absolute gradient of the weighted adversarial loss, float32 scalar.
            others: the same, of the other losses.
        """
        found = tf.math.divide_no_nan(adversarial, self.weight * others)
        found = tf.where(tf.math.is_finite(found), found, self._mean)  # float16 may overflow
        first = tf.equal(self._measured, 0)
        mean = self._mean.assign(tf.where(first, found, _MEMORY * self._mean + (1 - _MEMORY) * found))
        due = tf.equal(self._measured.assign_add(1) % _PERIOD, 0)
        wanted = self._ratio / tf.maximum(mean, 1e-9) / self.weight
        changed = self.weight * tf.clip_by_value(wanted, _LEAST_CHANGE, _MOST_CHANGE)
        self.weight.assign(tf.where(due, tf.clip_by_value(changed, _LEAST, _MOST), self.weight))
