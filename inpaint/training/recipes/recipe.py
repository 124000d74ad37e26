"""What a recipe is: it names its losses, and a `Trainer` does the rest."""

import typing

import tensorflow as tf


class Term(typing.NamedTuple):
    """A term of a loss.

    Attributes:
        name: by which it is logged.
        value: float32 scalar, without the weight.
        weight: a term of weight 0 is logged only.
        adversarial: whether the weight of the adversarial loss applies, too.
    """

    name: str
    value: tf.Tensor
    weight: float = 1.0
    adversarial: bool = False


class Recipe:
    """Base of all recipes.

    Args:
        options: its options, a `RecipeOptions`.
        discriminator: what it trains beside the generator, or None.
    """

    def __init__(self, options, discriminator=None):
        self.options = options
        self.discriminator = discriminator

    def check(self, generator):
        """Raise ValueError unless the discriminator fits a generator."""
        guided = generator.guided if self.discriminator is None else self.discriminator.guided
        if generator.guided != guided:
            raise ValueError(
                f"generator and discriminator must both be guided or neither, received "
                f"guided={generator.guided} and guided={guided}"
            )

    def stages(self, stages):
        """Those of a generator's stages that are trained; the last of them completes the image."""
        return stages

    def generator_terms(self, batch, result):
        """The terms of the generator's loss.

        Args:
            batch: dict of tensors, see `training_batches`.
            result: a `Filled`, what the generator made of them.

        Returns:
            list of `Term`s.
        """
        raise NotImplementedError

    def discriminator_terms(self, batch, completed):
        """The terms of the discriminator's loss: a list of `Term`s.

        Args:
            batch: as above.
            completed: [N, H, W, 3] float32, the images that the generator completed.
        """
        raise NotImplementedError

    def filter_gradients(self, adversarial, others, mask):
        """Change what the losses do to the filled image.

        Args:
            adversarial: [N, H, W, 3] float32, gradient at the last stage of the adversarial terms.
            others: the same, of all other terms.
            mask: [N or 1, H, W, 1] float32, 1 in the hole.

        Returns:
            both gradients, changed or not.
        """
        return adversarial, others
