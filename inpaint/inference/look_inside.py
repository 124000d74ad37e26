"""Visualization of the network while it fills an image: gates, masks, attention and its stages."""

import dataclasses

import cv2
import numpy as np
import tensorflow as tf

from inpaint.errors import UserError
from inpaint.inference.pictures import as_levels
from inpaint.models.generator import complete
from inpaint.models.plans import Everywhere
from inpaint.models.preprocessing import from_network
from inpaint.ops import flow_image

_KEY_SIDE = 129


@dataclasses.dataclass(frozen=True)
class Inside:
    """The stages of one image in the network; images are uint8 [H, W, 3], RGB.

    Attributes:
        incomplete: the image with a gray hole, as the network receives it.
        coarse: the entire output of the coarse network; None for a network of one stage.
        refined: the entire output of the refinement network, or of the U-Net.
        completed: the known pixels, with the hole filled from `refined`.
        flow: offset of the best match in the attention, for each position in the hole: hue is the
            direction, saturation the distance, in the colours of `flow_key`. White outside the hole. None for
            a network without attention.
        gates: dict of layer name to four panels, uint8 [2H, 2W, 3]: the mean of all gates, then the three
            channels whose gates differ most between the hole and its surroundings, in the colours of
            `gate_key`, with the hole outlined. Only gated convolutions have gates.
        masks: dict of layer name, of the coarse network or U-Net, to where it knows the image by the rule of
            partial convolution, whether it is one or not: uint8 [H, W, 3], in the same colours, with the hole
            outlined. The rule forgets the hole within some layers; gates need not.
    """

    incomplete: np.ndarray
    coarse: np.ndarray | None
    refined: np.ndarray
    completed: np.ndarray
    flow: np.ndarray | None
    gates: dict[str, np.ndarray]
    masks: dict[str, np.ndarray]

    def named(self):
        """Return the images as a dict; those of layers are named `gates_<layer>` and `masks_<layer>`."""
        images = {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        gates = {f"gates_{name}": panels for name, panels in self.gates.items()}
        return {**images, **gates, **{f"masks_{name}": panel for name, panel in self.masks.items()}}

    def keys(self):
        """Return the keys to the colours of these images, as a dict: `gate_key`, and `flow_key` if needed."""
        return {"gate_key": gate_key(), **({} if self.flow is None else {"flow_key": flow_key()})}


def look_inside(inpainter, image, mask, sketch=None, layers=None):
    """Fill an image and record the intermediate results.

    Args:
        inpainter: an `Inpainter`.
        image, mask, sketch: one image, as in a call of the `Inpainter`; the mask must have a hole.
        layers: names of layers, from the network's `architecture.layers`. Default: its `shown_layers`.

    Returns:
        An `Inside`.

    Raises:
        UserError: if a layer is unknown, the mask has no hole, or as the `Inpainter`.
    """
    generator = inpainter.generator
    layers = generator.shown_layers if layers is None else layers
    generator.architecture.check_layers(layers)
    inputs = inpainter.checked(as_levels(image)[0], mask, sketch)
    hole = inputs[1][0, ..., 0] > 0  # [H, W]
    if not hole.any():
        raise UserError("the mask has no hole: there is nothing to show")
    size = hole.shape
    incomplete, holes, lines = inpainter.filler.inputs(*(tf.constant(x) for x in inputs))
    gates, gated = {}, set(layers).intersection(generator.gated_layers)

    def keep_gates(layer, x):
        if layer.name in gated:
            values = layer.gates(x)[0].numpy()
            gates[layer.name] = _panels(values, hole, holes.shape[1] // len(values))

    result = generator.forward(incomplete, holes, lines, Everywhere(keep_gates))
    stages = {"incomplete": incomplete, **result.named()}
    stages["completed"] = complete(result.refined, incomplete, holes)
    offsets = stages.pop("offsets", None)
    drawn = {name: from_network(x)[0, : size[0], : size[1]].numpy() for name, x in stages.items()}
    known = {name: x[0, ..., 0].numpy() for name, x in generator.known(holes).items() if name in layers}
    return Inside(
        **{"coarse": None, **drawn},
        flow=None if offsets is None else _flow(offsets, holes)[: size[0], : size[1]],
        gates={name: gates[name] for name in layers if name in gates},
        masks={
            name: _panel(known[name], hole, holes.shape[1] // len(known[name]))
            for name in layers
            if name in known
        },
    )


def gate_key():
    """The colours of gate values from 0 (closed, left) to 1 (open, right): uint8 [24, 256, 3], RGB."""
    return _coloured(np.tile(np.linspace(0, 1, 256), (24, 1)))


def flow_key():
    """The colours of attention offsets: uint8 [129, 129, 3], RGB.

    The offset is zero in the centre of the disc. Any other position has the colour of an offset in that
    direction, with a length relative to the longest offset in the image.
    """
    reach = _KEY_SIDE // 2
    offsets = np.stack(np.mgrid[-reach : reach + 1, -reach : reach + 1], axis=-1)  # rows, columns
    offsets[np.hypot(*np.moveaxis(offsets, -1, 0)) > reach] = 0
    return _levels(flow_image(offsets[None])[0])


def _flow(offsets, holes):
    """[1, H / 8, W / 8, 2] and [1, H, W, 1] -> uint8 [H, W, 3], white around the hole."""
    cells = tf.nn.max_pool2d(holes, 8, 8, "VALID")  # other offsets must not affect the scale
    flow = _levels(flow_image(tf.cast(offsets, tf.float32) * cells)[0])
    flow = flow.repeat(8, axis=0).repeat(8, axis=1)
    return np.where(holes[0] > 0, flow, np.uint8(255))


def _levels(image):
    return np.uint8(np.round((image.numpy() + 1) * 127.5))


def _panels(gates, hole, scale):
    """Draw gates [h, w, C], at 1 / `scale` of the image's resolution, as four panels."""
    height, width = hole.shape
    # Crop the positions at the bottom and right that come from mirroring.
    small = gates[: -(-height // scale), : -(-width // scale)]
    inside = cv2.resize(np.float32(hole), small.shape[1::-1], interpolation=cv2.INTER_AREA) > 0
    difference = np.zeros(gates.shape[-1])
    if not inside.all():
        difference = np.abs(small[inside].mean(axis=0) - small[~inside].mean(axis=0))  # [C]
    chosen = np.argsort(-difference, kind="stable")[:3]
    panels = [small.mean(axis=-1), *np.moveaxis(small[..., chosen], -1, 0)]
    panels = [_panel(panel, hole, scale) for panel in panels]
    return np.concatenate([np.concatenate(row, axis=1) for row in (panels[:2], panels[2:])])


def _panel(values, hole, scale):
    values = np.kron(values, np.ones((scale, scale), values.dtype))[: hole.shape[0], : hole.shape[1]]
    panel = _coloured(values)
    edges, _ = cv2.findContours(np.uint8(hole), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(panel, edges, -1, (255, 255, 255))


def _coloured(values):
    """[H, W] in [0, 1] -> uint8 [H, W, 3], RGB."""
    colours = cv2.applyColorMap(np.uint8(np.round(values * 255)), cv2.COLORMAP_VIRIDIS)
    return np.ascontiguousarray(colours[..., ::-1])
