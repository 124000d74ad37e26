"""The flags that describe a run's two models and their Adam."""

from absl import flags

from flags import network


def define(values):
    network.define(values)
    flags.DEFINE_bool("gan_with_mask", True, "Show the mask to the discriminator.", flag_values=values)
    flags.DEFINE_float("learning_rate", 1e-4, "Adam's step size.", 0, flag_values=values)
