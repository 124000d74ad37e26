"""Requests that the exported model refuses, each followed by one that it does not."""

import itertools
import struct

import numpy as np
import pytest
import tensorflow as tf
from support.encoders import bomb
from support.served_model import filled_bytes, filled_pixels, png, same_image


def of_size(width, height):
    return png(np.zeros((height, width), np.uint8))


def jpeg_bomb():
    """A JPEG whose header tells of 60000 x 50000 pixels, of which it holds few."""
    data = bytearray(png(np.zeros((16, 16, 3), np.uint8), format="JPEG"))
    start = data.index(b"\xff\xc0")
    data[start + 5 : start + 9] = struct.pack(">HH", 50000, 60000)
    return bytes(data)


IMAGE = of_size(64, 48)


@pytest.mark.parametrize(
    "image, mask, message",
    [
        (
            of_size(640, 480),
            of_size(320, 240),
            "the mask must have the size of the image: the image is 640 x 480, the mask 320 x 240",
        ),
        (b"hello", IMAGE, "image_bytes holds neither a PNG nor a JPEG image"),
        (b"", IMAGE, "image_bytes holds neither a PNG nor a JPEG image"),
        (IMAGE[:20], IMAGE, "image_bytes holds neither a PNG nor a JPEG image"),
        (IMAGE, b"GIF89a", "mask_bytes holds neither a PNG nor a JPEG image"),
        (IMAGE[:60], IMAGE, "Invalid PNG data, size 60"),
        (png(np.zeros((48, 64)) > 0, format="JPEG")[:300], IMAGE, "Invalid JPEG data"),
        (bomb(0, 48), IMAGE, "there are no pixels: image_bytes is 0 x 48"),
        (
            bomb(60000, 50000),
            IMAGE,
            "image_bytes is 60000 x 50000, over the limit of 1048576 pixels (sides rounded up to multiples "
            "of 8): send smaller or fewer images, or export the model with a higher --max_pixels",
        ),
        (bomb(2**32 - 1, 2**32 - 1), IMAGE, "image_bytes is 4294967295 x 4294967295, over the limit"),
        (bomb(1048577, 1), IMAGE, "image_bytes is 1048577 x 1, over the limit"),
        (bomb(131073, 1), IMAGE, "image_bytes is 131073 x 1, over the limit"),  # 131080 x 8
        (jpeg_bomb(), IMAGE, "image_bytes is 60000 x 50000, over the limit"),
        (IMAGE, bomb(60000, 50000), "mask_bytes is 60000 x 50000, over the limit"),
    ],
    ids=itertools.count(),
)
def test_bytes_refused(signatures, image, mask, message):
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        filled_bytes(signatures, (image, mask))
    assert message in str(caught.value)
    assert filled_bytes(signatures, (IMAGE, IMAGE))  # the next request works


def test_bytes_of_unequal_number_refused(signatures):
    encoded = signatures["serving_bytes"]
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"masks received: 1, images: 2\]"):
        encoded(image_bytes=tf.constant([IMAGE] * 2), mask_bytes=tf.constant([IMAGE]))
    none = tf.constant([], tf.string)
    with pytest.raises(tf.errors.InvalidArgumentError, match="no pixels: image_bytes holds no image"):
        encoded(image_bytes=none, mask_bytes=none)


def test_largest_images(signatures):
    # Just within the limit, as bytes and as pixels; without a hole, so that nothing is computed.
    image = png(np.full((1024, 1024, 3), 9, np.uint8))
    assert same_image(filled_bytes(signatures, (image, of_size(1024, 1024)))[0], image)
    image = np.full((4, 512, 505, 3), 9, np.uint8)
    np.testing.assert_array_equal(filled_pixels(signatures, image, image[..., :1] * 0), image)


@pytest.mark.parametrize(
    "image, mask, message",
    [
        (
            (1, 480, 640),
            (1, 240, 320),
            "the mask must have the size of the image: the image is 640 x 480, the mask 320 x 240",
        ),
        ((2, 48, 64), (1, 48, 64), "as many masks as images: masks received: 1, images: 2"),
        ((1, 48, 64), (2, 48, 64), "as many masks as images: masks received: 2, images: 1"),
        ((0, 48, 64), (0, 48, 64), "there are no pixels: image holds 0 of 64 x 48"),
        ((1, 0, 64), (1, 0, 64), "there are no pixels: image holds 1 of 64 x 0"),
        ((1, 48, 0), (1, 48, 0), "there are no pixels: image holds 1 of 0 x 48"),
        ((5, 512, 505), (5, 512, 505), "image holds 5 of 505 x 512, over the limit of 1048576 pixels"),
    ],
)
def test_pixels_refused(signatures, request_of_two, image, mask, message):
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        filled_pixels(signatures, np.zeros((*image, 3), np.uint8), np.zeros((*mask, 1), np.uint8))
    assert message in str(caught.value)
    images, masks = request_of_two
    assert np.any(filled_pixels(signatures, images, masks) != images)  # the next request works


@pytest.mark.parametrize("shape", [(1, 48, 64), (48, 64), (1, 48, 64, 3), ()])
def test_masks_of_another_rank(signatures, shape):
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        filled_pixels(signatures, np.zeros((1, 48, 64, 3), np.uint8), np.zeros(shape, np.uint8))
    assert f"the mask must be [N, H, W, 1], received [{' '.join(map(str, shape))}]" in str(caught.value)


def test_guided_refusals(guided):
    *_, signatures = guided
    message = "the sketch must have the size of the image: the image is 64 x 48, the sketch 8 x 16"
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        filled_bytes(signatures, (IMAGE, IMAGE, of_size(8, 16)))
    image, mask = np.zeros((1, 48, 64, 3), np.uint8), np.zeros((1, 48, 64, 1), np.uint8)
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        filled_pixels(signatures, image, mask, mask[:, :16, :8])
    with pytest.raises(tf.errors.InvalidArgumentError, match="as many sketches as images"):
        filled_pixels(signatures, image, mask, np.repeat(mask, 2, axis=0))
    with pytest.raises(tf.errors.InvalidArgumentError, match="sketch_bytes holds neither"):
        filled_bytes(signatures, (IMAGE, IMAGE, b"lines"))
