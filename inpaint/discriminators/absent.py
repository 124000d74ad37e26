"""What stands for a discriminator in trainings that have none."""

import tensorflow as tf


@tf.keras.utils.register_keras_serializable(package="deepfillv2")
class NoDiscriminator(tf.keras.Model):
    """No discriminator: a model without weights, for trainers of a generator alone.

    Args:
        guided: Whether the generator is.
    """

    gan = "none"
    with_mask = False

    def __init__(self, guided=False, **kwargs):
        super().__init__(**kwargs)
        self.guided = guided
        self.built = True

    def named_weights(self):
        """Return its weights by name: none."""
        return {}

    def get_config(self):
        return {**super().get_config(), "guided": self.guided}
