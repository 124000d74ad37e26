"""Helpers of tests of the exported model: encoded images, and asking its signatures."""

import io

import numpy as np
import tensorflow as tf
from PIL import Image

from inpaint.images.mask_rule import MaskRule
from inpaint.inference.fill_file import Job, fill_loaded, load


def png(array, **options):
    """An array or Pillow image as the bytes of a PNG, or of another format."""
    image = array if isinstance(array, Image.Image) else Image.fromarray(array)
    file = io.BytesIO()
    image.save(file, **{"format": "PNG", **options})
    return file.getvalue()


def filled_by_test_py(inpainter, folder, image, mask, sketch=None):
    """The bytes of the PNG that test.py makes of encoded images, without its process."""
    paths = [folder / name for name in ("image", "mask", "output.png", "sketch")]
    for path, data in zip(paths, (image, mask, None, sketch)):
        if data is not None:
            path.write_bytes(data)
    rule = MaskRule(allow_empty=True)
    job = Job(*paths[:3], None if sketch is None else paths[3], rule=rule)
    fill_loaded(inpainter, load(job), say=lambda line: None)
    return paths[2].read_bytes()


def same_image(first, second):
    """Whether two encoded images have the same mode and pixels."""
    images = [Image.open(io.BytesIO(data)) for data in (first, second)]
    return images[0].mode == images[1].mode and np.array_equal(*map(np.asarray, images))


def filled_bytes(signatures, *images):
    """What serving_bytes makes of images, each (image, mask) or (image, mask, sketch)."""
    names = ("image_bytes", "mask_bytes", "sketch_bytes")
    inputs = {name: tf.constant(list(each)) for name, each in zip(names, zip(*images))}
    return list(signatures["serving_bytes"](**inputs)["output_bytes"].numpy())


def filled_pixels(signatures, *arrays):
    inputs = {name: tf.constant(array) for name, array in zip(("image", "mask", "sketch"), arrays)}
    return signatures["serving_default"](**inputs)["output"].numpy()
