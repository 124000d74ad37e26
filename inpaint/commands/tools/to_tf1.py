"""Hand a run to the original TF1 code: --checkpoint_dir=logs/celebahq --output_dir=DIR."""

from absl.flags import DEFINE_string

from flags import models
from flags.network import follow_checkpoint
from inpaint.cli.tensorflow_start import load_tensorflow


def define(flags):
    DEFINE_string(
        "checkpoint_dir",
        None,
        "Folder or prefix of a checkpoint of this project.",
        required=True,
        flag_values=flags,
    )
    DEFINE_string("output_dir", None, "The folder that gets the snapshot.", required=True, flag_values=flags)
    models.define(flags)


def main(flags):
    follow_checkpoint(flags, flags.checkpoint_dir)
    load_tensorflow()
    from inpaint.checkpoints.convert import to_tf1
    from inpaint.models.discriminator import Discriminator
    from inpaint.models.generator import Generator
    from inpaint.models.optimizer import make_optimizer
    from inpaint.training.trainer import Trainer

    trainer = Trainer(
        Generator(flags.guided, flags.padding),
        Discriminator(flags.guided, flags.gan_with_mask),
        optimizer=make_optimizer(flags.learning_rate),
    )
    prefix, step = to_tf1(flags.checkpoint_dir, flags.output_dir, trainer)
    print(f"wrote {prefix}, a snapshot of the original TF1 code, step {step}")
