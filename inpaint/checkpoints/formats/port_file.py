"""Networks of the port `deepfillv2-pytorch`, as PyTorch or safetensors saved them.

The port has two modules of the same layers. `networks_tf.py` is for the original's weights, and names the
layers as the original does. `networks.py` pads and reduces maps as PyTorch does, `padding="centred"` here; it
groups its layers in blocks, whose names changed once. Both take RGB.
"""

import dataclasses
import pathlib

import numpy as np

from inpaint.errors import UserError
from inpaint.io import safetensors_file, torch_file
from inpaint.models.architecture import (
    ATTENTION_DECODER,
    ATTENTION_ENCODER,
    COARSE,
    CONVOLUTION_BRANCH,
    DECODER,
)

_ENCODER = (
    "conv1",
    "down_block1.conv1_downsample",
    "down_block1.conv2",
    "down_block2.conv1_downsample",
    "down_block2.conv2",
)
_MIDDLE = tuple(f"conv_bn{number}" for number in range(1, 8))
_DECODER = (
    "up_block1.conv1_upsample",
    "up_block1.conv2",
    "up_block2.conv1_upsample",
    "up_block2.conv2",
    "conv_to_rgb",
)


def _names(table):
    return tuple(name for name, _, _ in table)


# Our layers in the order in which the port lists its blocks.
_OURS = (
    *(*_names(COARSE), "conv17"),
    *_names(CONVOLUTION_BRANCH),
    *(*_names(ATTENTION_ENCODER), *_names(ATTENTION_DECODER)),
    *(*_names(DECODER), "allconv17"),
)


def _blocks(convolved, attended):
    """The layers of `networks.py`, by what the names of its two branches begin with."""
    parts = {
        "stage1.": (*_ENCODER, *_MIDDLE, *_DECODER),
        f"stage2.{convolved}": (*_ENCODER, *_MIDDLE[:5]),
        f"stage2.{attended}": (*_ENCODER, _MIDDLE[0], *_MIDDLE[3:5]),
        "stage2.": (*_MIDDLE[5:], *_DECODER),
    }
    return dict(zip(_OURS, (begin + name for begin, names in parts.items() for name in names), strict=True))


@dataclasses.dataclass(frozen=True)
class _Layout:
    """A module of the port: its file, its padding, and the names of its layers by ours."""

    file: str
    padding: str
    layers: dict

    def array(self, name):
        """What the array is called that belongs to a weight, by its name in the original's checkpoints."""
        _, layer, *_, kind = name.split("/")
        inner = ".conv" if layer.endswith("upsample") else ""
        return f"{self.layers[layer]}{inner}.conv.{'weight' if kind == 'kernel' else 'bias'}"


_LAYOUTS = (
    _Layout("networks_tf.py", "same", {name: name for name in _OURS}),
    _Layout("networks.py", "centred", _blocks("conv_", "ca_")),
    _Layout("networks.py", "centred", _blocks("b1_", "b2_")),
)
_MARK = "inpaint_net/xconv1/kernel"  # a weight that tells the layouts apart
_MMAGIC = "stage1.encoder.enc1.conv.conv.weight"
_NO_WEIGHT = ".contextual_attention.fuse_weight"  # a constant that is saved, too
_IMAGE_LAYERS, _COLOUR_LAYERS = ("conv1", "xconv1", "pmconv1"), ("conv17", "allconv17")


def description(path):
    """What the file says of the network. Needs no TensorFlow.

    Raises:
        UserError: there is no such file, it is damaged, or holds a network of another kind.
    """
    layout, _ = _read(path, arrays=False)
    return {"guided": False, "padding": layout.padding, "network": "gated"}


def load(path, generator):
    """Give a generator like the port's the file's weights; UserError if they do not fit."""
    from inpaint.checkpoints.native import check_names, model_variables

    layout, arrays = _read(path)
    variables, found = model_variables(generator), {}
    for name in variables:
        if (theirs := layout.array(name)) in arrays:
            array = arrays.pop(theirs)
            found[name] = array.transpose(2, 3, 1, 0) if array.ndim == 4 else array  # [k, k, C, F]
    check_names(path, variables, {name: array.shape for name, array in {**found, **arrays}.items()})
    for name, variable in variables.items():
        variable.assign(_bgr(name, found[name].astype(np.float32)))
    return f"a network of deepfillv2-pytorch ({layout.file})"


def _bgr(name, array):
    """A weight for images whose colours are in the other order."""
    layer = name.split("/")[1]
    if layer in _COLOUR_LAYERS:
        return array[..., ::-1]
    if layer in _IMAGE_LAYERS and array.ndim == 4:
        return np.concatenate([array[:, :, 2::-1], array[:, :, 3:]], axis=2)
    return array


def _read(path, arrays=True):
    """(the `_Layout`; dict of its arrays by name, none of them unless they are asked for)."""
    if not pathlib.Path(path).is_file():
        raise UserError(f"no checkpoint at {path}: no such file")
    reader = safetensors_file if pathlib.Path(path).suffix == ".safetensors" else torch_file
    recognised = []

    def choose(names):
        layout, begin = _recognised(path, names)
        recognised.append((layout, begin))
        return [n for n in names if n.startswith(begin) and not n.endswith(_NO_WEIGHT)] if arrays else []

    read = reader.read_arrays(path, choose)
    layout, begin = recognised[0]
    return layout, {name.removeprefix(begin): array for name, array in read.items()}


def _recognised(path, names):
    """(the `_Layout` that names belong to, what all of them begin with)."""
    for layout in _LAYOUTS:
        if begin := _before(layout.array(_MARK), names):
            return layout, begin[0]
    if _before(_MMAGIC, names):
        raise UserError(
            f"{path} is MMagic's DeepFillv2, which is another network: it gates its output layers, and its "
            f"refinement takes five channels"
        )
    some = ", ".join(names[:3]) or "nothing"
    raise UserError(
        f"{path} holds no network of deepfillv2-pytorch (networks_tf.py or networks.py), but {some}"
    )


def _before(end, names):
    """What names begin with that end so, such as "" or "G."; the shortest first."""
    begins = [name.removesuffix(end) for name in names if name.endswith(end)]
    return sorted((begin for begin in begins if begin[-1:] in ("", ".")), key=len)
