"""The mean of a run's newest snapshots: `python average_snapshots.py --log_dir=logs/x --output_dir=DIR`."""

from flags import command  # first: it quietens TensorFlow

# isort: split

from absl import flags

from flags import network
from inpaint.averaging import write_average
from inpaint.generator import Generator

FLAGS = flags.FLAGS
flags.adopt_module_key_flags(network)
flags.DEFINE_string("log_dir", None, "The run.", required=True, allow_override=True)
flags.DEFINE_string("output_dir", None, "The folder that gets the mean, a generator alone.", required=True)
flags.DEFINE_integer("count", 5, "How many of the newest snapshots.", 1)


def main():
    generator = Generator(FLAGS.guided, FLAGS.padding)
    written, averaged = write_average(FLAGS.log_dir, FLAGS.count, FLAGS.output_dir, generator)
    print(f"wrote {written}, the mean of {len(averaged)} snapshots, {averaged[0]} to {averaged[-1]}")


if __name__ == "__main__":
    command.run(main)
