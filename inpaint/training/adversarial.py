"""Adversarial training: order of the updates, weight of the loss, a guard against a dead discriminator."""

import math

import tensorflow as tf

_MEMORY = 0.95  # of the mean of the gradients' ratio, for each iteration
_PERIOD = 10  # iterations between two changes of the weight
_LEAST_CHANGE, _MOST_CHANGE = 0.8, 1.25
_LEAST_WEIGHT = 1e-4

_LEAST_SEPARATION = 0.002
_LEAST_SHARE = 0.01


class Schedule:
    """Which updates an iteration consists of, and how many batches they take.

    First come iterations that update the discriminator alone, which may be new; then those that update
    both models. `Trainer.warmed` counts the former.

    Args:
        trainer: a `Trainer`.
        options: a `RunOptions`.
    """

    def __init__(self, trainer, options):
        self._trainer = trainer
        self._warmup = options.discriminator_warmup if trainer.gan else 0
        self._shared = options.shared_batch and trainer.gan
        # With a shared batch the last of the discriminator's updates is made along with the generator's.
        self._alone = options.discriminator_steps - self._shared if trainer.gan else 0
        self.batches_each = self._alone + 1

    @property
    def warmup_left(self):
        """Iterations that the discriminator is still updated alone."""
        return max(self._warmup - self._warmed(), 0)

    def batches_before(self, done):
        """Batches that the first `done` iterations of a run have taken."""
        warmed = self._warmed()
        return warmed + max(done - warmed, 0) * self.batches_each

    def iterate(self, batches):
        """Make an iteration's updates.

        Args:
            batches: iterator over batches as the `Trainer` takes them.

        Returns:
            (dict of float32 scalars that the updates found, of several updates of a model the last; the
            last batch).
        """
        trainer, losses = self._trainer, {}
        if self.warmup_left:
            batch = next(batches)
            losses.update(trainer.discriminator_step(*batch))
            with trainer.strategy.scope():
                trainer.warmed.assign_add(1)
            return losses, batch
        for _ in range(self._alone):
            losses.update(trainer.discriminator_step(*next(batches)))
        batch = next(batches)
        losses.update((trainer.shared_step if self._shared else trainer.generator_step)(*batch))
        return losses, batch

    def _warmed(self):
        return int(self._trainer.warmed.numpy())


class Steering:
    """Steers the adversarial weight: its gradient at the refined image stays a share of the reconstruction's.

    The ratio that a weight of 1 would have is averaged over about twenty iterations; every ten the weight
    moves towards `ratio` divided by it, by a factor of 0.8 to 1.25. As a discriminator dies its gradient
    fades and the weight would grow without end: hence the ceiling.

    Args:
        ratio: the share.
        ceiling: the largest weight.
        start: the first weight.

    Attributes:
        ratio: the argument.
        weight: float32 `tf.Variable`.
        variables: dict of name -> `tf.Variable`, the state.
    """

    def __init__(self, ratio, ceiling, start):
        self.ratio = ratio
        self._least, self._most = min(_LEAST_WEIGHT, ceiling), ceiling
        self.weight = tf.Variable(min(max(start, self._least), ceiling), trainable=False, dtype=tf.float32)
        self._mean = tf.Variable(0.0, trainable=False)  # of the ratio at a weight of 1
        self._measured = tf.Variable(0, trainable=False, dtype=tf.int64)
        self.variables = {"weight": self.weight, "mean": self._mean, "measured": self._measured}

    def update(self, adversarial, reconstruction):
        """Take in an iteration's gradients, and change the weight where it is due.

        Args:
            adversarial: mean absolute gradient of the weighted adversarial loss, float32 scalar.
            reconstruction: the same, of the reconstruction loss.
        """
        found = tf.math.divide_no_nan(adversarial, self.weight * reconstruction)
        found = tf.where(tf.math.is_finite(found), found, self._mean)  # float16 may overflow
        first = tf.equal(self._measured, 0)
        mean = self._mean.assign(tf.where(first, found, _MEMORY * self._mean + (1 - _MEMORY) * found))
        due = tf.equal(self._measured.assign_add(1) % _PERIOD, 0)
        wanted = self.ratio / tf.maximum(mean, 1e-9) / self.weight
        changed = self.weight * tf.clip_by_value(wanted, _LEAST_CHANGE, _MOST_CHANGE)
        changed = tf.clip_by_value(changed, self._least, self._most)
        self.weight.assign(tf.where(due, changed, self.weight))


class Guard:
    """Says, once, that the discriminator is dead.

    It is where the generator learns next to nothing from it, for many iterations in a row: where real and
    completed images score the same, or where the adversarial gradient at the refined image is below 1 % of
    the reconstruction's.

    Args:
        say: takes a line for the user.
        patience: how many iterations.
    """

    def __init__(self, say, patience=500):
        self._say = say
        self._patience = patience
        self._streak = 0
        self._told = False

    def look(self, losses):
        """Look at what an iteration found: dict of numbers by the `Trainer`'s names."""
        critics = "gp_loss" in losses  # whose loss says nothing by its size
        if "d_loss" not in losses or critics or self._told:
            return
        separation = 1 - float(losses["d_loss"])
        share = math.inf
        if float(losses.get("gan_loss_alpha", 0)) > 0 and float(losses["ae_gradient"]) > 0:
            share = float(losses["g_gradient"]) / float(losses["ae_gradient"])
        dead = separation < _LEAST_SEPARATION or share < _LEAST_SHARE
        self._streak = self._streak + 1 if dead else 0
        if self._streak < self._patience:
            return
        self._told = True
        gradient = f", adversarial gradient {share:.2%} of the reconstruction's" if share < math.inf else ""
        self._say(
            f"warning: the discriminator is dead, for {self._streak} iterations the generator could learn "
            f"nothing from it: separation (1 - d_loss) {separation:.4f}{gradient}; see docs/training.md"
        )
