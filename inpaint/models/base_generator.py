"""What the networks share: their arguments, how they are called, and what they state of themselves."""

import pkgutil

import tensorflow as tf

from inpaint.errors import UserError
from inpaint.models.architecture import architecture_of


class BaseGenerator(tf.keras.Model):
    """A network that fills holes. Subclasses build their layers in the constructor.

    They define `forward(incomplete, mask, sketch=None, plan=None, training=False)`, which returns a `Result`;
    `known(mask)`, `named_weights()` and `part_count()`.

    Args:
        guided, padding, network: as for `make_generator`.

    Raises:
        ValueError: the network is unknown or built by another class, or cannot be guided or padded so.
    """

    def __init__(self, guided, padding, network, **kwargs):
        # The layers cast their inputs, so that images between them stay float32.
        super().__init__(autocast=False, **kwargs)
        self.guided = guided
        self.padding = padding.lower()
        self.network = network
        self.architecture = architecture_of(network, guided, padding)
        kind = pkgutil.resolve_name(self.architecture.model)
        if not isinstance(self, kind):
            raise ValueError(f"network {network} is a {kind.__name__}, not a {type(self).__name__}")

    @classmethod
    def from_checkpoint(
        cls, path=None, guided=None, padding=None, network=None, precision="float32", say=None
    ):
        """Load a network: arguments and errors as of `Inpainter.from_checkpoint`.

        Raises:
            UserError: also if the checkpoint is of a network that another class builds.
        """
        from inpaint.checkpoints.config import resolve  # checkpoints know the models
        from inpaint.checkpoints.restore import restored_generator

        generator = restored_generator(path, resolve(path, guided, padding, network), precision, say)
        if not isinstance(generator, cls):
            raise UserError(
                f"{path} is of network {generator.network}, a {type(generator).__name__}: use that class"
            )
        return generator

    @property
    def has_attention(self):
        """Whether it has contextual attention."""
        return self.architecture.has_attention

    @property
    def gated_layers(self):
        """Names of its layers that have gates; their method `gates` tells them."""
        return self.architecture.gated_layers

    @property
    def shown_layers(self):
        """Names of the layers that `look_inside` shows by default."""
        return self.architecture.shown_layers

    def call(self, incomplete, mask=None, sketch=None, training=False):
        if isinstance(incomplete, dict):
            result = self.forward(**incomplete, training=training)
        elif isinstance(incomplete, (list, tuple)):  # `mask` is then Keras' own, of masked time steps
            result = self.forward(*incomplete, training=training)
        else:
            result = self.forward(incomplete, mask, sketch, training=training)
        return result.named()

    def compute_mask(self, inputs, mask=None):
        """None: the argument `mask` is a hole, not Keras' mask of time steps, and is not handed on."""

    def get_config(self):
        # Keras 2 does not include the dtype policy in a model's config.
        policy = {"name": self.name, "dtype": self.dtype_policy.name}
        return {**policy, "guided": self.guided, "padding": self.padding, "network": self.network}
