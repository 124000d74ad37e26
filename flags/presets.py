"""The presets of `--dataset`; file lists are at the same paths as in the original."""

import dataclasses
import pathlib

_EXAMPLES = pathlib.Path(__file__).parents[1] / "examples" / "photographs"  # `flags` is `inpaint.flags`


@dataclasses.dataclass(frozen=True)
class Preset:
    """Images and preprocessing of a dataset.

    Attributes:
        training: file list or folder of training images.
        validation: file list or folder of validation images.
        random_crop: Whether to take random crops (scenes) or to resize whole images (aligned faces).
    """

    training: str
    validation: str
    random_crop: bool


def _listed(folder, random_crop):
    return Preset(
        f"data/{folder}/train_shuffled.flist", f"data/{folder}/validation_static_view.flist", random_crop
    )


PRESETS = {
    "celebahq": _listed("celeba_hq", random_crop=False),
    "celeba": _listed("celeba", random_crop=True),
    "places2": _listed("places2", random_crop=True),
    "imagenet": _listed("imagenet", random_crop=True),
    # The bundled photographs: enough to try out training, too few to learn from.
    "sample": Preset(str(_EXAMPLES), str(_EXAMPLES), random_crop=True),
}
