"""Training examples: an image, cropped or resized to the training size, and its sketch."""

import cv2
import numpy as np

from inpaint.errors import UserError
from inpaint.images.image_files import read_image
from inpaint.images.mask_files import read_gray, read_mask
from inpaint.lists.file_lists import sketch_path


def load_example(path, options, rng):
    """Read an image and bring it to the training size.

    Args:
        path: path of the image.
        options: an `ExampleOptions`.
        rng: `numpy.random.Generator` for the position of the crop.

    Returns:
        (image, sketch): float32 [H, W, 3] BGR in [-1, 1], and float32 [H, W, 1] in {0, 1}, all
        zero if not guided.

    Raises:
        UserError: if the image or its sketch cannot be read.
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
    """Crop or resize an image to a given size, with OpenCV's bilinear interpolation.

    Args:
        channels: list of [h, w] arrays of any dtype. They are converted to float32 one at a time:
            converting a huge image at once would take four times its memory.
        size: (height, width).
        random_crop: Whether to keep the scale and crop at a uniformly random position, upscaling
            images that are too small, instead of resizing without keeping the aspect ratio.
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
    """Load a mask file, resized with nearest-neighbour interpolation.

    Args:
        path: path of a mask, see `read_mask`.
        size: (height, width) of the result.

    Returns:
        uint8 [height, width].

    Raises:
        UserError: if the file cannot be read or, once resized, has no hole.
    """
    mask = cv2.resize(read_mask(path, max_pixels=None), size[::-1], interpolation=cv2.INTER_NEAREST)
    if not mask.any():
        raise UserError(f"{path} has no hole: white is the hole, black is known")
    return mask
