"""Average a run's newest checkpoints: --log_dir=logs/x --output_dir=DIR."""

import dataclasses

from inpaint.checkpoints.config import resolve_folder
from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.options.network import NetworkOptions
from inpaint.options.option import option


@dataclasses.dataclass(frozen=True)
class Options(NetworkOptions):
    log_dir: str | None = option(None, "Log folder of the run.", required=True)
    output_dir: str | None = option(
        None, "Folder for the mean, a checkpoint of the generator only.", required=True
    )
    count: int = option(5, "Number of checkpoints to average.", least=1)


def main(options):
    config = resolve_folder(options.log_dir, **options.requested())
    load_tensorflow()
    from inpaint.checkpoints.average import write_average
    from inpaint.models.make_generator import make_generator

    generator = make_generator(config.guided, config.padding, config.network)
    folders = options.log_dir, options.count, options.output_dir
    written, averaged = write_average(*folders, generator, config)
    print(f"wrote {written}, the mean of {len(averaged)} checkpoints, {averaged[0]} to {averaged[-1]}")
