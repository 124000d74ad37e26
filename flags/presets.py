"""The datasets that `--dataset` knows; lists lie where the original keeps them."""

import dataclasses
import pathlib

_EXAMPLES = pathlib.Path(__file__).parent.parent / "inpaint" / "examples" / "photographs"


@dataclasses.dataclass(frozen=True)
class Preset:
    """Where a dataset's images are listed and how it is trained.

    Attributes:
        training: file list or folder.
        validation: file list or folder.
        random_crop: cut from the image (scenes) or resize the whole of it (aligned faces).
    """

    training: str
    validation: str
    random_crop: bool


def _listed(folder, random_crop):
    return Preset(
        f"data/{folder}/train_shuffled.flist",
        f"data/{folder}/validation_static_view.flist",
        random_crop,
    )


PRESETS = {
    "celebahq": _listed("celeba_hq", random_crop=False),
    "celeba": _listed("celeba", random_crop=True),
    "places2": _listed("places2", random_crop=True),
    "imagenet": _listed("imagenet", random_crop=True),
    # The photographs that come with the project: enough to see training run, not to learn from.
    "sample": Preset(str(_EXAMPLES), str(_EXAMPLES), random_crop=True),
}
