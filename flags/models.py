"""The flags that describe a run's two models and their Adam."""

from absl import flags

from flags import network  # noqa: F401  defines --guided and --padding

flags.declare_key_flag("guided")
flags.declare_key_flag("padding")
flags.DEFINE_bool("gan_with_mask", True, "Show the mask to the discriminator.")
flags.DEFINE_float("learning_rate", 1e-4, "Adam's step size.", 0)
