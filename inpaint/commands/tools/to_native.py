"""Convert a network of Keras or PyTorch to a checkpoint: --checkpoint_dir=states.pth --output_dir=DIR."""

import dataclasses

from inpaint.checkpoints.config import resolve
from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.options.network import NetworkOptions
from inpaint.options.option import option


@dataclasses.dataclass(frozen=True)
class Options(NetworkOptions):
    checkpoint_dir: str | None = option(
        None, "The file, .pth, .safetensors, .keras or .h5; or any checkpoint.", required=True
    )
    output_dir: str | None = option(None, "Folder for the checkpoint, of the generator only.", required=True)


def main(options):
    config = resolve(options.checkpoint_dir, **options.requested())
    load_tensorflow()
    from inpaint.checkpoints.convert import write_generator
    from inpaint.checkpoints.restore import restored_generator

    generator = restored_generator(options.checkpoint_dir, config, say=print)
    print(f"wrote {write_generator(options.output_dir, generator, config)}")
