"""Drawing over an image with Gradio's image editor."""

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
    """Create an editor for drawing over an image in one colour, hidden until it gets an image.

    Args:
        label: label of the editor.
        colour: RGB colour of the brush, 0 to 255.
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
    """Storage for what browsers send to an editor: only drawings, and only the newest ones.

    Gradio's own dict keeps unused drawings forever, together with images of the whole canvas that
    this page does not need.
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
    """Return the value of an editor without drawings.

    Args:
        rgb: uint8 [H, W, 3], the image to draw over.
        hole: bool [H, W], painted into the image in the hole's colour, or None.
    """
    if hole is not None:
        rgb = np.where(hole[..., None], np.uint8(HOLE_COLOUR), rgb)
    return {"background": rgb, "layers": [], "composite": None}


def drawn_on(value, size):
    """Return where something is drawn.

    Args:
        value: value of an editor, or None.
        size: (height, width) of the image.

    Returns:
        bool [H, W].

    Raises:
        UserError: if the drawing's size differs.
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
