"""What people draw over an image, in the form that Gradio's image editor takes and gives."""

import collections

import numpy as np

from inpaint.demo.offline import gr
from inpaint.errors import UserError
from inpaint.io.image_files import size_text

HOLE_COLOUR = (255, 45, 120)
SKETCH_COLOUR = (0, 160, 255)

_DRAWINGS = 64
_DRAWING_BYTES = 1 << 22


def canvas(label, colour, **options):
    """An editor for drawing in one colour over an image that is given to it; hidden until then.

    Args:
        label: what stands above it.
        colour: RGB levels of the brush.
        options: further arguments of `gr.ImageEditor`.
    """
    editor = gr.ImageEditor(
        label=label,
        sources=[],
        transforms=[],
        layers=False,
        brush=gr.Brush(colors=[f"rgb{colour}"], color_mode="fixed"),
        buttons=[],
        height=480,
        interactive=True,
        visible=False,
        **options,
    )
    editor.blob_storage = _Drawings()
    return editor


class _Drawings(collections.OrderedDict):
    """Where an editor keeps what browsers send until it is used: here only drawings, and the newest.

    Gradio's own dict keeps for ever what a visitor has sent and never used, and images of the
    whole canvas that nobody looks at.
    """

    def __setitem__(self, key, sent):
        sent.background = sent.composite = None
        if sum(len(layer or b"") for layer in sent.layers) > _DRAWING_BYTES:
            raise ValueError(f"a drawing has more than {_DRAWING_BYTES} bytes")
        super().__setitem__(key, sent)
        self.move_to_end(key)
        while len(self) > _DRAWINGS:
            self.popitem(last=False)


def on_canvas(rgb, hole=None):
    """The value of an editor in which nothing is drawn yet.

    Args:
        rgb: uint8 [H, W, 3], the image under the drawing.
        hole: bool [H, W], shown in the hole's colour as a part of that image; or None.
    """
    if hole is not None:
        rgb = np.where(hole[..., None], np.uint8(HOLE_COLOUR), rgb)
    return {"background": rgb, "layers": [], "composite": None}


def drawn_on(value, size):
    """Where something is drawn.

    Args:
        value: an editor's value, or None.
        size: (height, width) of the image.

    Returns:
        bool [H, W].

    Raises:
        UserError: the drawing has another size.
    """
    drawn = np.zeros(size, bool)
    for layer in value["layers"] if value else []:
        alpha = layer[..., 3]
        if alpha.shape != size:
            raise UserError(
                f"the drawing is {size_text(alpha.shape)}, the photograph {size_text(size)}: undo went too "
                f"far, redo a step or drop the photograph again"
            )
        drawn |= alpha > 127
    return drawn
