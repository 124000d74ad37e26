"""Examples: an image, cut or resized to the size that is trained on, and its sketch."""

import dataclasses

import cv2
import numpy as np

from inpaint.data.masks import BoxOptions
from inpaint.errors import UserError
from inpaint.io.file_lists import sketch_path
from inpaint.io.image_files import read_gray, read_image, read_mask


@dataclasses.dataclass(frozen=True)
class DataOptions:
    """How images become examples; names as in the original's options.

    Attributes:
        size: (height, width) of an example.
        random_crop: cut a random part out, enlarging only what is too small; else resize to fit.
        box: the masks' box.
        guided: whether to read sketches.
        edge_threshold: a sketch's line is where its value / 255 is above this.
        masks: files of the user's own masks; one is drawn for each example, and resized. Without
            any, the masks are a random box and free-form strokes.
    """

    size: tuple = (256, 256)
    random_crop: bool = False
    box: BoxOptions = BoxOptions()
    guided: bool = False
    edge_threshold: float = 0.6
    masks: tuple = ()


def load_example(path, options, rng):
    """Read and fit one image.

    Args:
        path: the image.
        options: a `DataOptions`.
        rng: `numpy.random.Generator` for the place of the crop.

    Returns:
        (image, sketch): float32 [H, W, 3] BGR in [-1, 1], and float32 [H, W, 1] in {0, 1}, all
        zero if not guided.

    Raises:
        UserError: as `read_image`.
    """
    image = read_image(path, max_pixels=None).rgb[..., ::-1]  # the network sees BGR
    channels = [image[..., i] for i in range(3)]
    if options.guided:
        sketch = read_gray(sketch_path(path), max_pixels=None)
        if sketch.shape != image.shape[:2]:
            sketch = cv2.resize(sketch, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        channels.append(sketch)
    example = fit(channels, options.size, options.random_crop, rng)
    sketch = np.zeros((*options.size, 1), np.float32)
    if options.guided:
        sketch = np.float32(example[..., 3:] / 255 > options.edge_threshold)
    return example[..., :3] / np.float32(127.5) - 1, sketch


def fit(channels, size, random_crop, rng):
    """Bring an image to a size with OpenCV's bilinear, or by enlarging and cutting.

    Args:
        channels: list of [h, w] arrays of any dtype. One at a time becomes float32: a huge image
            as a whole would take four times its bytes.
        size: (height, width).
        random_crop: keep the scale and cut at a uniformly random place; an image that is too
            small is enlarged first. Otherwise the image is resized, its proportions too.
        rng: `numpy.random.Generator`.

    Returns:
        float32 [height, width, C].
    """
    height, width = size
    if not random_crop:
        return np.stack([_resized(channel, (width, height)) for channel in channels], axis=-1)
    h, w = channels[0].shape
    factor = max(height / h, width / w)
    if factor > 1:
        h, w = max(height, round(h * factor)), max(width, round(w * factor))
        channels = [_resized(channel, (w, h)) for channel in channels]
    top, left = rng.integers(h - height + 1), rng.integers(w - width + 1)
    crops = [channel[top : top + height, left : left + width] for channel in channels]
    return np.stack(crops, axis=-1).astype(np.float32)


def _resized(channel, size):
    return cv2.resize(np.float32(channel), size, interpolation=cv2.INTER_LINEAR)


def load_mask(path, size):
    """One of the user's own masks, resized without soft edges.

    Args:
        path: the file, as `read_mask` takes it.
        size: (height, width) of the mask.

    Returns:
        uint8 [height, width].

    Raises:
        UserError: as `read_mask`, or no hole in it.
    """
    mask = cv2.resize(read_mask(path, max_pixels=None), size[::-1], interpolation=cv2.INTER_NEAREST)
    if not mask.any():
        raise UserError(f"{path} has no hole: white is hole, black is known")
    return mask
