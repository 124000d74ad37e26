"""Event handlers of the page. They are stateless."""

import functools
import pathlib
import tempfile
import time

import cv2
import numpy as np

from inpaint.demo.canvas import drawn_on, on_canvas
from inpaint.demo.offline import gr
from inpaint.errors import UserError
from inpaint.inference.look_inside import flow_key, gate_key, look_inside
from inpaint.io.image_files import read_image, size_text, write_image
from inpaint.io.mask_files import read_mask

LOOK_SIDE = 512
_STAGES = {
    "incomplete": "Incomplete",
    "coarse": "Coarse",
    "refined": "Refined",
    "completed": "Completed",
    "flow": "Attention",
}


def _shows_errors(action):
    """Decorator that shows a UserError on the page."""

    @functools.wraps(action)
    def wrapper(*arguments):
        try:
            return action(*arguments)
        except UserError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return wrapper


class Actions:
    """Event handlers of the page.

    Args:
        inpainter: an `Inpainter`.
        max_pixels: maximum number of pixels of an image.
        folder: folder for results.
        examples: list of (photograph, mask) paths.
    """

    def __init__(self, inpainter, max_pixels, folder, examples=()):
        self.inpainter = inpainter
        self.max_pixels = max_pixels
        self.folder = folder
        self.examples = [(str(photograph), str(mask)) for photograph, mask in examples]

    @_shows_errors
    def show(self, photograph, mask):
        """Show an uploaded photograph and mask in the editors.

        Args:
            photograph, mask: paths, or None.

        Returns:
            Updates of the hole editor and the sketch editor, and the photograph's size as text.
        """
        if photograph is None:
            return gr.update(value=None, visible=False), gr.update(value=None, visible=False), ""
        image = self._read(photograph)
        hole = on_canvas(image.rgb, self._uploaded(mask, image))
        guided = self.inpainter.generator.guided
        sketch = on_canvas(image.rgb) if guided else None
        size = f"{size_text(image.size)} pixels"
        return gr.update(value=hole, visible=True), gr.update(value=sketch, visible=guided), size

    def example(self, index):
        """Return the paths of an example, followed by the result of `show` for them."""
        photograph, mask = self.examples[index]
        return photograph, mask, *self.show(photograph, mask)

    @_shows_errors
    def fill(self, photograph, mask, drawn, sketched):
        """Fill the union of the mask's hole and the drawn one.

        Args:
            photograph, mask: paths; the mask may be None.
            drawn, sketched: values of the hole editor and the sketch editor.

        Returns:
            ((before, after), path, note): the path is a PNG file with the size, transparency, colour
            profile and EXIF data of the photograph.
        """
        image, hole, sketch = self._inputs(photograph, mask, drawn, sketched)
        start = time.monotonic()
        before, image.rgb = image.rgb, self.inpainter(image.rgb, hole, sketch)
        seconds = time.monotonic() - start
        result = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / "filled.png"
        write_image(result, image)
        note = f"Filled {hole.sum():,} pixels, {hole.mean():.1%} of the image, in {seconds:.1f} seconds."
        after = read_image(result).rgb  # as downloaded: gray images stay gray
        return (before, after), str(result), note

    @_shows_errors
    def look(self, photograph, mask, drawn, sketched, layers):
        """Visualize how the network fills a photograph, downsized to at most `LOOK_SIDE` per side.

        Args:
            photograph, mask, drawn, sketched: as in `fill`.
            layers: names of gated convolutions.

        Returns:
            (stages, gates): lists of (image, caption).
        """
        image, hole, sketch = self._inputs(photograph, mask, drawn, sketched)
        rgb, hole, sketch = (_at_most(x, LOOK_SIDE) for x in (image.rgb, hole, sketch))
        inside = look_inside(self.inpainter, rgb, hole > 0.5, sketch, layers)
        stages = [(getattr(inside, name), caption) for name, caption in _STAGES.items()]
        stages.append((flow_key(), "Attention: key"))
        gates = [(panels, name) for name, panels in inside.gates.items()]
        gates.append((gate_key(), "Gates: key"))
        return stages, gates

    def _read(self, photograph):
        if photograph is None:
            raise UserError("there is no photograph yet: drop one, or choose an example")
        return _renamed(photograph, "the photograph", lambda: read_image(photograph, self.max_pixels))

    def _uploaded(self, mask, image):
        """Return the mask's hole, bool [H, W]; all false without a mask."""
        if mask is None:
            return np.zeros(image.size, bool)
        hole = _renamed(mask, "the mask", lambda: read_mask(mask, self.max_pixels)) > 0
        if hole.shape != image.size:
            raise UserError(
                f"the mask is {size_text(hole.shape)}, the photograph {size_text(image.size)}: they must "
                f"have the same size"
            )
        return hole

    def _inputs(self, photograph, mask, drawn, sketched):
        """(image, hole, sketch): an `ImageFile`, bool [H, W], uint8 [H, W] or None."""
        image = self._read(photograph)
        hole = self._uploaded(mask, image) | drawn_on(drawn, image.size)
        if not hole.any():
            raise UserError("there is no hole yet: draw one with the brush, or drop a mask")
        sketch = None
        if self.inpainter.generator.guided:
            sketch = np.uint8(255 * drawn_on(sketched, image.size))
        return image, hole, sketch


def _renamed(path, name, read):
    """Return the result of `read`; its errors mention `name` instead of a path on this machine."""
    try:
        return read()
    except UserError as error:
        raise UserError(str(error).replace(str(path), name)) from error


def _at_most(array, side):
    """Downsize an image, mask or sketch so that no side is longer than `side`; None stays None."""
    if array is None or max(array.shape[:2]) <= side:
        return array
    scale = side / max(array.shape[:2])
    size = [max(round(length * scale), 1) for length in array.shape[1::-1]]
    return cv2.resize(np.uint8(array), size, interpolation=cv2.INTER_AREA)
