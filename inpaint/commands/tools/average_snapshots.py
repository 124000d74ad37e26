"""Average a run's newest checkpoints: --log_dir=logs/x --output_dir=DIR."""

from absl.flags import DEFINE_integer, DEFINE_string

from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.flags import network


def define(values):
    DEFINE_string("log_dir", None, "Log folder of the run.", required=True, flag_values=values)
    DEFINE_string(
        "output_dir",
        None,
        "Folder for the mean, a checkpoint of the generator only.",
        required=True,
        flag_values=values,
    )
    DEFINE_integer("count", 5, "Number of checkpoints to average.", 1, flag_values=values)
    network.define(values)


def main(values):
    config = network.resolved_folder(values, values.log_dir)
    load_tensorflow()
    from inpaint.checkpoints.average import write_average
    from inpaint.models.make_generator import make_generator

    generator = make_generator(config.guided, config.padding, config.network)
    written, averaged = write_average(values.log_dir, values.count, values.output_dir, generator)
    print(f"wrote {written}, the mean of {len(averaged)} checkpoints, {averaged[0]} to {averaged[-1]}")
