"""Hand a run to the original TF1 code: `python to_tf1.py --checkpoint_dir=logs/celebahq --output_dir=DIR`."""

from flags import command  # first: it quietens TensorFlow

# isort: split

from absl import flags

from flags import checkpoint, models
from inpaint.conversion import to_tf1
from inpaint.discriminator import Discriminator
from inpaint.generator import Generator
from inpaint.trainer import Trainer, make_optimizer

FLAGS = flags.FLAGS
flags.adopt_module_key_flags(checkpoint)
flags.adopt_module_key_flags(models)
flags.mark_flag_as_required("checkpoint_dir")
flags.DEFINE_string("output_dir", None, "The folder that gets the snapshot.", required=True)


def main():
    trainer = Trainer(
        Generator(FLAGS.guided, FLAGS.padding),
        Discriminator(FLAGS.guided, FLAGS.gan_with_mask),
        optimizer=make_optimizer(FLAGS.learning_rate),
    )
    prefix, step = to_tf1(FLAGS.checkpoint_dir, FLAGS.output_dir, trainer)
    print(f"wrote {prefix}, a snapshot of the original TF1 code, step {step}")


if __name__ == "__main__":
    command.run(main)
