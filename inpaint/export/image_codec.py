"""Decoding and encoding images inside a graph, consistent with `image_files`.

Supports PNG and JPEG. EXIF orientation and colour profiles are ignored, because TensorFlow has no
operations for them, and the encoded results have neither.
"""

import typing

import numpy as np
import tensorflow as tf

from inpaint.export.request_checks import require, require_pixels, require_size, size_text

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_PNG_HEADER = 26  # bytes: signature, length and name of the IHDR chunk, size, bit depth, colour type
_GRAY, _ALPHA = 0, 4  # PNG colour type of grayscale; bit of the colour type for alpha


class Header(typing.NamedTuple):
    """Header of an encoded image.

    Attributes:
        is_png: bool scalar, true for PNG, false for JPEG.
        size: int64 [2], height and width.
        gray: bool scalar, whether the image is grayscale.
        alpha: bool scalar, whether it has transparency.
        deep: bool scalar, whether it has 16 bits per channel.
        data: string scalar, the encoded image; available only after the checks of the header.
    """

    is_png: tf.Tensor
    size: tf.Tensor
    gray: tf.Tensor
    alpha: tf.Tensor
    deep: tf.Tensor
    data: tf.Tensor


def read_header(data, name, max_pixels, wanted=None, multiple=8):
    """Read and check the header of an encoded image without decoding it.

    Args:
        data: string scalar.
        name: name of the input for error messages, such as `"image_bytes"`.
        max_pixels: maximum number of pixels, with sides rounded up to multiples of `multiple`.
        wanted: int64 [2], the size that a mask or sketch must have, or None.
        multiple: of which the sides that the network works on are multiples.

    Returns:
        A `Header`. Evaluating any of its tensors fails with a message if the data are not a PNG or
        JPEG, or if the image has no pixels, too many, or a size other than `wanted`.
    """
    start = tf.io.decode_raw(tf.strings.substr(data, 0, _PNG_HEADER), tf.uint8)
    start = tf.cast(tf.pad(start, [[0, _PNG_HEADER - tf.size(start)]]), tf.int64)
    is_png = (tf.strings.length(data) >= _PNG_HEADER) & _starts(start, _PNG)
    known = require(is_png | _starts(start, _JPEG), f"{name} holds neither a PNG nor a JPEG image")
    with tf.control_dependencies([known]):
        data = tf.identity(data)
    size, gray, alpha, deep = tf.cond(is_png, lambda: _png_header(start, data), lambda: _jpeg_header(data))
    checks = require_pixels(
        size, tf.strings.join([f"{name} is ", size_text(size)]), max_pixels, multiple=multiple
    )
    if wanted is not None:
        checks.append(require_size(size, wanted, name.removesuffix("_bytes")))
    with tf.control_dependencies(checks):
        return Header(*(tf.identity(x) for x in (is_png, size, gray, alpha, deep, data)))


def decode_image(header):
    """Decode an image, converted to 8 bits per channel.

    Args:
        header: the image's `Header`.

    Returns:
        rgb: uint8 [H, W, 3].
        alpha: uint8 [H, W, 1], all 255 if the image has none.
    """
    data = header.data
    rgba = tf.cond(
        header.is_png,
        lambda: tf.cond(
            header.deep,
            lambda: _eight_bit(tf.io.decode_png(data, channels=4, dtype=tf.uint16)),
            lambda: tf.io.decode_png(data, channels=4),
        ),
        lambda: _opaque(tf.io.decode_jpeg(data, channels=3, dct_method="INTEGER_ACCURATE")),
    )
    # For images of less than 8 bits without alpha, the decoder returns wrong alpha values.
    alpha = tf.cond(header.alpha, lambda: rgba[..., 3:], lambda: tf.ones_like(rgba[..., 3:]) * 255)
    return rgba[..., :3], alpha


def decode_gray(header):
    """Decode the brightness of an image over black: float32 [H, W, 1] in [0, 255]."""
    rgb, alpha = decode_image(header)
    # A lookup table, because TensorFlow replaces division by multiplication with the rounded reciprocal.
    shares = tf.gather(np.arange(256, dtype=np.float32) / np.float32(255), tf.cast(alpha, tf.int32))
    return tf.cast(to_gray(rgb), tf.float32) * shares


def encode_image(rgb, alpha, header):
    """Encode a result as PNG, grayscale and with alpha if the input image was.

    Args:
        rgb: uint8 [H, W, 3].
        alpha: uint8 [H, W, 1].
        header: `Header` of the input image.

    Returns:
        String scalar.
    """
    kind = 2 * tf.cast(header.gray, tf.int32) + tf.cast(header.alpha, tf.int32)
    return tf.switch_case(
        kind,
        [
            lambda: tf.io.encode_png(rgb),
            lambda: tf.io.encode_png(tf.concat([rgb, alpha], axis=-1)),
            lambda: tf.io.encode_png(to_gray(rgb)),
            lambda: tf.io.encode_png(tf.concat([to_gray(rgb), alpha], axis=-1)),
        ],
    )


def to_gray(rgb):
    """uint8 [H, W, 3] -> uint8 [H, W, 1], in Pillow's integer arithmetic (ITU-R 601)."""
    r, g, b = tf.split(tf.cast(rgb, tf.int32), 3, axis=-1)
    return tf.cast(tf.bitwise.right_shift(19595 * r + 38470 * g + 7471 * b + 32768, 16), tf.uint8)


def _starts(values, signature):
    return tf.reduce_all(values[: len(signature)] == list(signature))


def _png_header(start, data):
    sides = tf.reduce_sum(tf.reshape(start[16:24], [2, 4]) * [1 << 24, 1 << 16, 1 << 8, 1], axis=1)
    deep, colours = start[24] == 16, start[25]
    # Pillow, and so `image_files`, has no 16-bit grayscale with alpha and reads it as colour.
    gray = (colours == _GRAY) | ((colours == _GRAY + _ALPHA) & ~deep)
    # A transparent colour, or transparent entries of a palette, are declared in tRNS before the pixels.
    before = tf.strings.split([data], "IDAT", maxsplit=1).values[0]
    keyed = tf.size(tf.strings.split([before], "tRNS", maxsplit=1).values) > 1
    alpha = (colours >= _ALPHA) | keyed
    return sides[::-1], gray, alpha, deep


def _jpeg_header(data):
    shape = tf.io.extract_jpeg_shape(data, output_type=tf.int64)
    return shape[:2], shape[2] == 1, tf.constant(False), tf.constant(False)


def _eight_bit(values):
    """uint16 -> uint8, rounded."""
    return tf.cast((tf.cast(values, tf.int32) * 255 + 32767) // 65535, tf.uint8)


def _opaque(rgb):
    return tf.concat([rgb, tf.ones_like(rgb[..., :1]) * 255], axis=-1)
