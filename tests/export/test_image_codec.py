"""Images decoded and encoded inside a graph, against image_files."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from support.encoders import chunk
from support.encoders import png as png_of
from support.served_model import png

from inpaint.export import image_codec
from inpaint.images.image_files import read_image
from inpaint.images.mask_files import read_gray


@tf.function(input_signature=[tf.TensorSpec([], tf.string)])
def there_and_back(data):
    """(gray float32 [H, W, 1], rgb, alpha, encoded again) of an encoded image."""
    header = image_codec.read_header(data, "image_bytes", 1 << 20)
    rgb, alpha = image_codec.decode_image(header)
    return image_codec.decode_gray(header), rgb, alpha, image_codec.encode_image(rgb, alpha, header)


def deep_png(values, colours, before=()):
    """A PNG of 16 bits a channel, [H, W, channels], which Pillow cannot write but for gray."""
    rows = [row.astype(">u2").tobytes() for row in values]
    return png_of(rows, values.shape[1], 16, colours, before)


def kinds():
    rng = np.random.default_rng(5)
    rgba = rng.integers(0, 256, (33, 47, 4), dtype=np.uint8)
    deep = rng.integers(0, 1 << 16, (33, 47, 4), dtype=np.uint16)
    few = Image.fromarray(rgba[..., :3] // 128 * 255)
    colours = Image.fromarray(rgba[..., :3])
    smooth = Image.fromarray(np.uint8(np.add.outer(np.arange(33), np.arange(47))[..., None] * [1, 2, 3]))
    yield "RGB", png(rgba[..., :3])
    yield "RGBA", png(rgba)
    yield "RGB, one colour transparent", png(few, transparency=(255, 255, 0))
    yield "gray", png(rgba[..., 0])
    yield "gray with alpha", png(Image.fromarray(rgba).convert("LA"))
    yield "gray, one value transparent", png(rgba[..., 0] // 32, transparency=3)
    yield "one bit", png(Image.fromarray(rgba[..., 0]).convert("1"))
    for count in (2, 4, 16, 256):
        yield f"{count} colours", png(colours.quantize(count))
    yield "colours, some transparent", png(colours.quantize(16), transparency=bytes([0, 100, 255, 7]))
    yield "all of 16 bits, gray", png(np.arange(1 << 16, dtype=np.uint16).reshape(256, 256))
    yield "16 bits, RGB", deep_png(deep[..., :3], 2)
    for kind, channels in ((0, 1), (2, 3)):
        key = chunk(b"tRNS", deep[3, 4, :channels].astype(">u2").tobytes())
        yield f"16 bits, {channels} channels, one transparent", deep_png(deep[..., :channels], kind, [key])
    yield "16 bits, RGBA", deep_png(deep, 6)
    yield "16 bits, gray with alpha", deep_png(deep[..., :2], 4)
    for subsampling in (0, 1, 2):
        yield f"JPEG {subsampling}", png(smooth, format="JPEG", quality=70, subsampling=subsampling)
    yield "progressive JPEG", png(smooth, format="JPEG", progressive=True)
    yield "gray JPEG", png(smooth.convert("L"), format="JPEG")
    yield "CMYK JPEG", png(smooth.convert("CMYK"), format="JPEG")
    # Every brightness over every alpha.
    every = np.stack(np.meshgrid(np.arange(256), np.arange(256)), axis=-1).astype(np.uint8)
    yield "every gray and alpha", png(Image.fromarray(every, "LA"))


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in kinds()])
def test_reads_what_image_files_reads(tmp_path, data):
    (tmp_path / "x").write_bytes(data)
    gray, rgb, alpha, again = (x.numpy() for x in there_and_back(data))
    image = read_image(tmp_path / "x")
    np.testing.assert_array_equal(rgb, image.rgb)
    np.testing.assert_array_equal(alpha[..., 0], 255 if image.alpha is None else image.alpha)
    np.testing.assert_array_equal(gray[..., 0], read_gray(tmp_path / "x"))
    with Image.open(io.BytesIO(again)) as written:
        # As write_image chooses it.
        assert written.mode == ("L" if image.gray else "RGB") + ("" if image.alpha is None else "A")
        np.testing.assert_array_equal(np.asarray(written.convert("RGB")), image.rgb)
        if image.alpha is not None:
            np.testing.assert_array_equal(np.asarray(written)[..., -1], image.alpha)


def test_gray_is_pillows(rng):
    rgb = rng.integers(0, 256, (300, 300, 3), dtype=np.uint8)
    np.testing.assert_array_equal(
        image_codec.to_gray(rgb)[..., 0], np.asarray(Image.fromarray(rgb).convert("L"))
    )
