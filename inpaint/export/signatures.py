"""The signatures of a SavedModel: an `Inpainter` for arrays and for encoded images."""

import tensorflow as tf

from inpaint.checkpoints.native import model_variables
from inpaint.export.image_codec import decode_gray, decode_image, encode_image, read_header
from inpaint.export.request_checks import (
    one_channel,
    require,
    require_as_many,
    require_pixels,
    require_size,
)
from inpaint.images.mask_files import HOLE_ABOVE
from inpaint.models.preprocessing import holes


class Served(tf.Module):
    """Two signatures that fill images and reject invalid requests with a message.

    `serving_default`: `image` uint8 [N, H, W, 3] RGB, `mask` uint8 [N, H, W, 1] (see
    `preprocessing.holes`) -> `output` uint8 [N, H, W, 3]. If guided, also `sketch` uint8 [N, H, W, 1].

    `serving_bytes`: `image_bytes`, `mask_bytes` string [N], each a PNG or JPEG -> `output_bytes`
    string [N], each a PNG. If guided, also `sketch_bytes`. White in a mask (above 127.5) is the hole.
    Files are read as by `image_files`, except for orientation and colour profile. Images may differ in
    size; they are decoded, filled and encoded one at a time.

    Args:
        inpainter: an `Inpainter`.
        max_pixels: maximum number of pixels, with sides rounded up to multiples of 8 (U-Net: 256): of all
            images of a request in `serving_default`, of each image in `serving_bytes`.
    """

    def __init__(self, inpainter, max_pixels):
        super().__init__()
        self._inpainter = inpainter
        self._limits = {"max_pixels": max_pixels, "multiple": inpainter.generator.architecture.multiple}
        # Only the network's variables: tracking the Keras model would export its own functions, too.
        self._variables = model_variables(inpainter.generator)
        plane = tf.TensorSpec(None, tf.uint8)  # of any rank, so that a wrong one is told in words
        pixels = [tf.TensorSpec([None, None, None, 3], tf.uint8), plane]
        encoded = [tf.TensorSpec([None], tf.string)] * 2
        if inpainter.generator.guided:
            pixels.append(plane)
            encoded.append(encoded[0])
        self.fill_pixels = tf.function(self._fill_pixels, input_signature=pixels)
        self.fill_encoded = tf.function(self._fill_encoded, input_signature=encoded)

    def signature_functions(self):
        """Return the signatures as a dict for `tf.saved_model.save`."""
        return {"serving_default": self.fill_pixels, "serving_bytes": self.fill_encoded}

    def _fill_pixels(self, image, mask, sketch=None):
        mask = one_channel(mask, "mask")
        sketch = None if sketch is None else one_channel(sketch, "sketch")
        shape = tf.shape(image, tf.int64)
        received = tf.strings.format("image holds {} of {} x {}", (shape[0], shape[2], shape[1]))
        checks = require_pixels(shape[1:3], received, count=shape[0], **self._limits)
        for name, other in _given(mask=mask, sketch=sketch).items():
            other_shape = tf.shape(other, tf.int64)
            checks.append(require_as_many(other_shape[0], shape[0], name))
            checks.append(require_size(other_shape[1:3], shape[1:3], name))
        with tf.control_dependencies(checks):
            image, mask = tf.identity(image), holes(tf.identity(mask))
        return {"output": self._filled(image, mask, sketch)}

    def _fill_encoded(self, image_bytes, mask_bytes, sketch_bytes=None):
        count = tf.size(image_bytes)
        others = _given(mask=mask_bytes, sketch=sketch_bytes)
        checks = [require_as_many(tf.size(other), count, name) for name, other in others.items()]
        checks.append(require(count > 0, "there are no pixels: image_bytes holds no image"))
        with tf.control_dependencies(checks):
            encoded = tuple(tf.identity(x) for x in (image_bytes, *others.values()))
        output = tf.map_fn(
            lambda one: self._fill_one(*one), encoded, fn_output_signature=tf.string, parallel_iterations=1
        )
        return {"output_bytes": output}

    def _fill_one(self, image_bytes, mask_bytes, sketch_bytes=None):
        """String scalars -> string scalar."""
        header = read_header(image_bytes, "image_bytes", **self._limits)
        headers = [read_header(mask_bytes, "mask_bytes", wanted=header.size, **self._limits)]
        if sketch_bytes is not None:
            headers.append(read_header(sketch_bytes, "sketch_bytes", wanted=header.size, **self._limits))
        with tf.control_dependencies([other.data for other in headers]):
            rgb, alpha = decode_image(header)
        mask = tf.cast(decode_gray(headers[0]) > HOLE_ABOVE, tf.uint8)[None]
        sketch = None if sketch_bytes is None else tf.cast(decode_gray(headers[1]), tf.uint8)[None]
        return encode_image(self._filled(rgb[None], mask, sketch)[0], alpha, header)

    def _filled(self, image, mask, sketch):
        """Fill uint8 [N, H, W, 3]; mask in {0, 1}. Without a hole, nothing is computed."""
        inputs = [image, mask] if sketch is None else [image, mask, sketch]
        return tf.cond(tf.reduce_any(mask > 0), lambda: self._inpainter.fill(*inputs), lambda: image)


def _given(**inputs):
    return {name: value for name, value in inputs.items() if value is not None}
