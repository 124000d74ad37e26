"""The order of an iteration's updates, and a guard against a dead discriminator."""

import math

_LEAST_SEPARATION = 0.002
_LEAST_SHARE = 0.01


class Schedule:
    """Which updates an iteration consists of, and how many batches they take.

    First come iterations that update the discriminator alone, which may be new; then those that update
    both models. `Trainer.warmed` counts the former. Without a discriminator there is one update alone.

    Args:
        trainer: a `Trainer`.
    """

    def __init__(self, trainer):
        self._trainer = trainer
        self._warmup, self._shared, self._alone = 0, False, 0
        if trainer.discriminator:
            options = trainer.recipe.options
            self._warmup, self._shared = options.discriminator_warmup, options.shared_batch
            # With a shared batch the last of the discriminator's updates is made along with the generator's.
            self._alone = options.discriminator_steps - self._shared
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
            losses.update(trainer.discriminator_step(batch))
            with trainer.strategy.scope():
                trainer.warmed.assign_add(1)
            return losses, batch
        for _ in range(self._alone):
            losses.update(trainer.discriminator_step(next(batches)))
        batch = next(batches)
        losses.update((trainer.shared_step if self._shared else trainer.generator_step)(batch))
        return losses, batch

    def _warmed(self):
        return int(self._trainer.warmed.numpy())


class Guard:
    """Says, once, that the discriminator is dead.

    It is where the generator learns next to nothing from it, for many iterations in a row: where real and
    completed images score the same, or where the adversarial gradient at the refined image is below 1 % of
    the reconstruction's. Recipes whose loss does not tell how far they are apart have no `separation`; these
    it leaves alone.

    Args:
        say: takes a line for the user.
        patience: how many iterations.
    """

    def __init__(self, say, patience=500):
        self._say = say
        self._patience = patience
        self._streak = 0
        self._told = False

    def watch(self, losses):
        """Take in what an iteration found: dict of numbers by the `Trainer`'s names."""
        if "separation" not in losses or self._told:
            return
        separation, share = float(losses["separation"]), math.inf
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
