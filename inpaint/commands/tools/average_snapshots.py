"""Average a run's newest checkpoints: --log_dir=logs/x --output_dir=DIR."""

from absl.flags import DEFINE_integer, DEFINE_string

from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.flags import network
from inpaint.flags.network import follow_folder


def define(flags):
    DEFINE_string("log_dir", None, "Log folder of the run.", required=True, flag_values=flags)
    DEFINE_string(
        "output_dir",
        None,
        "Folder for the mean, a checkpoint of the generator only.",
        required=True,
        flag_values=flags,
    )
    DEFINE_integer("count", 5, "Number of checkpoints to average.", 1, flag_values=flags)
    network.define(flags)


def main(flags):
    follow_folder(flags, flags.log_dir)
    load_tensorflow()
    from inpaint.checkpoints.average import write_average
    from inpaint.models.make_generator import make_generator

    generator = make_generator(flags.guided, flags.padding, flags.network)
    written, averaged = write_average(flags.log_dir, flags.count, flags.output_dir, generator)
    print(f"wrote {written}, the mean of {len(averaged)} checkpoints, {averaged[0]} to {averaged[-1]}")
