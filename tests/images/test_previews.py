"""What shows the image as it was does not survive a filling, and what a file promised is not promised."""

import base64
import io
import warnings

import numpy as np
import pytest
from PIL import ExifTags, Image
from support.helpers import ROOT

from inpaint.errors import Note
from inpaint.images.image_files import ImageFile, read_image, write_image
from inpaint.images.metadata import Metadata

CASES = ROOT / "tests/images/cases"
NAMES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpGImg": "http://ns.adobe.com/xap/1.0/g/img/",
    "GImage": "http://ns.google.com/photos/1.0/image/",
    "GPano": "http://ns.google.com/photos/1.0/panorama/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
}


@pytest.fixture
def small():
    """A JPEG file, as thumbnails are."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 10, 10)).save(file, "JPEG")
    return file.getvalue()


def packet(inside, attributes=""):
    spaces = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
    return (
        f'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta {spaces}><rdf:RDF>'
        f'<rdf:Description rdf:about="" dc:title="kept é" {attributes}>{inside}</rdf:Description></rdf:RDF>'
        f'</x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def filled(path, **metadata):
    """Save an image, read and write it as a filling does; what is written, opened."""
    write_image(path, ImageFile(np.full((16, 16, 3), 90, np.uint8), metadata=Metadata(**metadata)))
    write_image(path, read_image(path))
    with Image.open(path) as image:
        image.load()
    return image


@pytest.mark.parametrize(
    "name, lost, promises",
    [
        ("motion_photo.jpg", "the video of the motion photo", (b"GCamera", b"Container", b"MotionPhoto")),
        ("ultra_hdr.jpg", "the HDR gain map", (b"hdrgm", b"hdr-gain-map", b"Container", b"GainMap")),
    ],
)
@pytest.mark.parametrize("strip", [False, True])
def test_nothing_is_promised_that_is_not_written(tmp_path, name, lost, promises, strip):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # reading alone tells nothing
        image = read_image(CASES / name)
    assert image.metadata.xmp.startswith(b"<") and b"Description" in image.metadata.xmp
    if strip:
        image.metadata = image.metadata.stripped()
    with pytest.warns(Note, match=f"x.jpg is written without {lost}$"):
        write_image(tmp_path / "x.jpg", image)
    content = (tmp_path / "x.jpg").read_bytes()
    assert not [promise for promise in promises if promise in content]
    assert not read_image(tmp_path / "x.jpg").metadata.lost


def test_the_gain_map_of_iso_21496(tmp_path):
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "JPEG")
    part = b"urn:iso:std:iso:ts:21496:-1\0" + bytes(4)
    segment = b"\xff\xe2" + (len(part) + 2).to_bytes(2, "big") + part
    (tmp_path / "x.jpg").write_bytes(content.getvalue()[:2] + segment + content.getvalue()[2:])
    assert read_image(tmp_path / "x.jpg").metadata.lost == ("the HDR gain map",)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
def test_pictures_in_xmp(tmp_path, small, suffix):
    encoded = base64.b64encode(small).decode()
    thumbnails = (
        f'<xmp:Thumbnails><rdf:Alt><rdf:li rdf:parseType="Resource"><xmpGImg:image>{encoded}</xmpGImg:image>'
        f"</rdf:li></rdf:Alt></xmp:Thumbnails><dc:source>{encoded}</dc:source>"
    )
    attributes = f'GImage:Data="{encoded}" GPano:FullPanoWidthPixels="16" xmpNote:HasExtendedXMP="AB"'
    xmp = filled(tmp_path / f"x.{suffix}", xmp=packet(thumbnails, attributes)).info["xmp"]
    assert not [
        word for word in (encoded[:20], "Thumbnails", "xmpGImg", "GImage", "Extended") if word.encode() in xmp
    ]
    for kept in ('dc:title="kept é"', 'GPano:FullPanoWidthPixels="16"', "<?xpacket begin", NAMES["dc"]):
        assert kept.encode() in xmp


@pytest.mark.parametrize(
    "damage",
    [
        lambda xmp: xmp[:-40],
        lambda xmp: b"<!DOCTYPE x>" + xmp,
        lambda xmp: xmp.replace(b"<rdf:RDF>", b"<rdf:RDF>" + b" " * (1 << 19)),
        lambda xmp: xmp.replace(b"<rdf:RDF>", b"<rdf:RDF>" + b"<a>" * 5000 + b"</a>" * 5000),
    ],
)
def test_xmp_that_cannot_be_taken_apart_is_left_out(tmp_path, damage):
    xmp = damage(packet("<xmp:Thumbnails>a</xmp:Thumbnails>"))
    assert "xmp" not in filled(tmp_path / "x.png", xmp=xmp).info
    other = damage(
        packet("").replace(NAMES["xmpGImg"].encode(), b"a").replace(NAMES["GImage"].encode(), b"b")
    )
    other = other.replace(NAMES["xmpNote"].encode(), b"c")
    assert filled(tmp_path / "x.png", xmp=other).info["xmp"] == other


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
def test_pictures_in_exif(tmp_path, small, suffix):
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.ImageDescription] = "Maker", "words"
    exif[0x014A], exif[0x8649] = 8, b"8BIM" + small
    inner = {
        ExifTags.IFD.MakerNote: b"Maker\0" + bytes(20),
        ExifTags.Base.UserComment: b"ASCII\0\0\0" + small,
    }
    exif.get_ifd(ExifTags.IFD.Exif).update(inner | {ExifTags.Base.ExposureTime: 0.5})
    image = filled(tmp_path / f"x.{suffix}", exif=exif.tobytes())
    found, inside = image.getexif(), image.getexif().get_ifd(ExifTags.IFD.Exif)
    assert (found[ExifTags.Base.Make], found[ExifTags.Base.ImageDescription]) == ("Maker", "words")
    assert inside == {ExifTags.Base.ExposureTime: 0.5}
    assert (
        0x014A not in found and 0x8649 not in found and small not in (tmp_path / f"x.{suffix}").read_bytes()
    )


def test_the_thumbnail_of_exif(tmp_path, small):
    ifd0 = b"\x01\x00" + b"\x0f\x01\x02\x00\x04\x00\x00\x00Abc\0" + (26).to_bytes(4, "little")
    length = len(small).to_bytes(4, "little")
    ifd1 = b"\x02\x00" + b"\x01\x02\x04\x00\x01\x00\x00\x00\x38\x00\x00\x00"
    ifd1 += b"\x02\x02\x04\x00\x01\x00\x00\x00" + length + bytes(4)
    exif = b"Exif\0\0II*\0\x08\0\0\0" + ifd0 + ifd1 + small
    image = filled(tmp_path / "x.jpg", exif=exif)
    assert image.getexif()[ExifTags.Base.Make] == "Abc"
    assert not image.getexif().get_ifd(ExifTags.IFD.IFD1) and small not in (tmp_path / "x.jpg").read_bytes()


def test_pictures_in_texts(tmp_path, small):
    encoded = base64.b64encode(small).decode()
    text = {"workflow": f"data:image/jpeg;base64,{encoded}", "Title": "kept"}
    assert filled(tmp_path / "x.png", text=text).text == {"Title": "kept"}
    assert "comment" not in filled(tmp_path / "x.jpg", comment=small).info
