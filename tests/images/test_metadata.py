"""What is kept of a file besides its pixels, in every format that is written."""

import numpy as np
import pytest
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from inpaint.images.image_files import ImageFile, read_image, write_image
from inpaint.images.metadata import Metadata

GPS = {1: "N", 2: (52.0, 31.0, 0.0)}
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description dc:title="t"/></x:xmpmeta>'


@pytest.fixture
def rgb(rng):
    return rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)


@pytest.fixture
def exif():
    found = Image.Exif()
    found[ExifTags.Base.Make], found[ExifTags.Base.Artist] = "Maker", "Someone"
    found.get_ifd(ExifTags.IFD.Exif).update({ExifTags.Base.ExposureTime: 0.01})
    found.get_ifd(ExifTags.IFD.GPSInfo).update(GPS)
    return found


def told(image):
    """(Make, exposure, position) in the EXIF data of a Pillow image."""
    found = image.getexif()
    exposure = found.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.ExposureTime)
    return found.get(ExifTags.Base.Make), exposure, found.get_ifd(ExifTags.IFD.GPSInfo).get(2)


@pytest.mark.parametrize("source", ["png", "jpg", "webp", "tif"])
@pytest.mark.parametrize("target", ["png", "jpg", "webp", "tif"])
def test_exif_and_xmp_survive(tmp_path, rgb, exif, source, target):
    write_image(tmp_path / f"a.{source}", ImageFile(rgb, metadata=Metadata(exif.tobytes(), XMP)))
    write_image(tmp_path / f"b.{target}", read_image(tmp_path / f"a.{source}"))
    with Image.open(tmp_path / f"b.{target}") as image:
        assert told(image) == ("Maker", 0.01, (52.0, 31.0, 0.0))
        assert image.info["xmp"] == XMP
    if "jpg" not in (source, target):
        np.testing.assert_array_equal(read_image(tmp_path / f"b.{target}").rgb, rgb)


@pytest.mark.parametrize("source, target", [("png", "png"), ("png", "jpg"), ("jpg", "tif"), ("tif", "png")])
def test_resolution_survives(tmp_path, rgb, source, target):
    Image.fromarray(rgb).save(tmp_path / f"a.{source}", dpi=(300, 72))
    write_image(tmp_path / f"b.{target}", read_image(tmp_path / f"a.{source}"))
    with Image.open(tmp_path / f"b.{target}") as image:
        assert image.info["dpi"] == pytest.approx((300, 72), abs=0.02)


def test_no_resolution_is_invented(tmp_path, rgb):
    Image.fromarray(rgb).save(tmp_path / "a.tif")
    assert read_image(tmp_path / "a.tif").metadata.dpi is None


@pytest.mark.parametrize("dpi", [(0, 72), (float("nan"), 72), (1e9, 72), "x", (72,), None])
def test_impossible_resolutions_are_left_out(tmp_path, rgb, dpi, monkeypatch):
    before = Image.open

    def opened(source, formats):
        image = before(source, formats=formats)
        image.info["dpi"] = dpi
        return image

    Image.fromarray(rgb).save(tmp_path / "x.png")
    with monkeypatch.context() as patch:
        patch.setattr(Image, "open", opened)
        image = read_image(tmp_path / "x.png")
    assert image.metadata.dpi is None
    write_image(tmp_path / "x.jpg", image)


def test_text_of_a_png_and_comment_of_a_jpeg(tmp_path, rgb):
    text = PngInfo()
    text.add_text("Title", "Ähre")
    text.add_itxt("Beschreibung", "麦", lang="de", tkey="Beschreibung")
    Image.fromarray(rgb).save(tmp_path / "x.png", pnginfo=text)
    write_image(tmp_path / "y.png", read_image(tmp_path / "x.png"))
    with Image.open(tmp_path / "y.png") as image:
        assert image.text == {"Title": "Ähre", "Beschreibung": "麦"}
    Image.fromarray(rgb).save(tmp_path / "x.jpg", comment=b"by hand")
    write_image(tmp_path / "y.jpg", read_image(tmp_path / "x.jpg"))
    with Image.open(tmp_path / "y.jpg") as image:
        assert image.info["comment"] == b"by hand"


def test_the_orientation_is_applied_once(tmp_path, rgb):
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    text = PngInfo()
    text.add_itxt("XML:com.adobe.xmp", xmp.decode())
    Image.fromarray(rgb).save(tmp_path / "x.png", pnginfo=text)
    image = read_image(tmp_path / "x.png")
    assert image.turned
    np.testing.assert_array_equal(image.rgb, np.rot90(rgb, -1))
    write_image(tmp_path / "y.png", image)
    np.testing.assert_array_equal(read_image(tmp_path / "y.png").rgb, image.rgb)
    assert b"Orientation" not in image.metadata.xmp and image.metadata.xmp.startswith(b"<x:xmpmeta")


def test_what_is_too_long_for_a_jpeg_is_left_out(tmp_path, rgb):
    image = ImageFile(rgb, metadata=Metadata(xmp=XMP + b" " * 70_000, comment=b"kept", dpi=(10, 10)))
    write_image(tmp_path / "x.jpg", image)
    with Image.open(tmp_path / "x.jpg") as written:
        assert "xmp" not in written.info and written.info["comment"] == b"kept"
    write_image(tmp_path / "x.png", image)
    assert read_image(tmp_path / "x.png").metadata.xmp == image.metadata.xmp


def test_a_tiff_keeps_its_layout(tmp_path, rgb, exif):
    for tag, value in ((256, 99), (262, 0), (277, 1), (322, 16), (339, 3)):
        exif[tag] = value  # of another image's layout
    write_image(tmp_path / "x.tif", ImageFile(rgb, metadata=Metadata(exif.tobytes())))
    np.testing.assert_array_equal(read_image(tmp_path / "x.tif").rgb, rgb)
    with Image.open(tmp_path / "x.tif") as image:
        assert told(image)[0] == "Maker"
