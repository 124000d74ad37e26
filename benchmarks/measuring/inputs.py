"""What is filled."""

import numpy as np
from PIL import Image

from benchmarks.measuring.measure import ROOT

_PHOTOGRAPH = ROOT / "inpaint" / "examples" / "photographs" / "coffee.png"


def hole(height, width):
    """A mask, uint8 [height, width]: 255 in a centred box with a quarter of each side, else 0."""
    mask = np.zeros((height, width), np.uint8)
    mask[height * 3 // 8 : height * 5 // 8, width * 3 // 8 : width * 5 // 8] = 255
    return mask


def write_inputs(folder, height, width):
    """Write a photograph and a hole of a size; the path of their file."""
    with Image.open(_PHOTOGRAPH) as photograph:
        image = np.asarray(photograph.convert("RGB").resize((width, height)))
    path = folder / f"{height}x{width}.npz"
    np.savez(path, image=image, mask=hole(height, width))
    return path
