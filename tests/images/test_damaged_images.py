"""Damaged image files: every one is read or refused, and nothing else hides behind "damaged"."""

import io
import warnings

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageFile

from inpaint.errors import UserError
from inpaint.images.image_files import image_size, read_image, write_image

FORMATS = ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP", "PPM", "DDS")


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="PIL")
        yield


@pytest.fixture
def encoded(rng):
    """An image of 16 x 12 random pixels as a file's bytes: encoded("PNG")."""
    pixels = Image.fromarray(rng.integers(0, 256, (12, 16, 3), dtype=np.uint8))

    def encode(format, **options):
        buffer = io.BytesIO()
        pixels.save(buffer, format, **options)
        return buffer.getvalue()

    return encode


@pytest.mark.parametrize("format", FORMATS)
def test_changed_bytes_are_read_or_refused(tmp_path, rng, encoded, format):
    path, original, refused = tmp_path / "x", np.frombuffer(encoded(format), np.uint8), 0
    for trial in range(120):
        data = original.copy()
        # Anywhere, or in the header, which is small and where most can go wrong.
        reach = len(data) if trial % 2 else min(len(data), 80)
        data[rng.integers(reach, size=3)] = rng.integers(256, size=3)
        if trial % 4 == 0:
            start = rng.integers(len(data))
            data = np.delete(data, slice(start, start + rng.integers(1, 9)))
        path.write_bytes(data.tobytes())
        for read in (read_image, image_size):
            try:
                read(path, max_pixels=1 << 20)
            except UserError as error:
                assert "\n" not in str(error)
                refused += 1
    assert refused > 10


@pytest.mark.parametrize("format", FORMATS)
def test_truncated_anywhere_is_a_user_error(tmp_path, rng, encoded, format):
    path, data = tmp_path / "x", encoded(format)
    for length in sorted(set(rng.integers(1, len(data) * 3 // 4, 60).tolist())):
        path.write_bytes(data[:length])
        with pytest.raises(UserError):
            read_image(path)


def test_size_of_a_truncated_png(tmp_path, encoded):
    path = tmp_path / "x.png"
    path.write_bytes(encoded("PNG")[:300])
    with pytest.raises(UserError, match="x.png cannot be read, it is damaged: "):
        image_size(path)


def test_changed_exif_costs_no_pixels(tmp_path, rng, encoded):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation], exif[ExifTags.Base.Make] = 6, "Maker"
    exif[ExifTags.Base.XResolution], exif[ExifTags.Base.BitsPerSample] = 72.5, (8, 8, 8)
    exif.get_ifd(ExifTags.IFD.Exif).update({0x9000: b"0230", 0x829A: 0.01, 0x9003: "2020"})
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (1.0, 2.0, 3.0)})
    original = np.frombuffer(exif.tobytes(), np.uint8)
    path, kept, turned = tmp_path / "x.png", 0, 0
    for _ in range(600):
        data = original.copy()
        data[rng.integers(6, len(data), size=3)] = rng.integers(256, size=3)
        path.write_bytes(encoded("PNG", exif=data.tobytes()))
        image = read_image(path)
        assert image.size == image_size(path) and sorted(image.size) == [12, 16]
        kept += image.metadata.exif is not None
        for suffix in ("tif", "jpg", "png", "webp"):
            write_image(tmp_path / f"y.{suffix}", image)
        turned += image.size == (16, 12)
    assert 300 < kept < 600 and 300 < turned < 600


def test_too_little_memory_is_no_damage(tmp_path, encoded, monkeypatch):
    def fail(self):
        raise MemoryError

    path = tmp_path / "x.png"
    path.write_bytes(encoded("PNG"))
    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    with pytest.raises(UserError, match="x.png is too large: there is not enough memory"):
        read_image(path)


@pytest.mark.parametrize("method", ["load", "convert"])
@pytest.mark.parametrize("error", [AttributeError, NameError])
def test_errors_in_a_program_get_through(tmp_path, encoded, monkeypatch, method, error):
    def fail(self, *arguments):
        raise error("has no attribute")

    path = tmp_path / "x.png"
    path.write_bytes(encoded("PNG"))
    monkeypatch.setattr(Image.Image, method, fail)
    with pytest.raises(error, match="has no attribute"):
        read_image(path)
