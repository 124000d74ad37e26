"""The chunks of a PNG beside its pixels."""

import io
import struct
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms
from support.encoders import chunk, png

from inpaint.errors import Note, UserError
from inpaint.images.image_files import image_size, read_image, write_image

GAMMA = {b"gAMA": struct.pack(">I", 100_000)}
PRIMARIES = {b"cHRM": struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)}
SRGB = {b"cICP": b"\x01\x0d\x00\x01", b"gAMA": struct.pack(">I", 45455), b"sRGB": b"\x00"}
PQ = {b"cICP": b"\x09\x10\x00\x01"}
VALUES = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.png"


def encoded(before=(), after=()):
    return png([row.tobytes() for row in VALUES], 4, 8, 2, before, after)


def chunks(content):
    """[(name, data)] of a PNG."""
    found, start = [], 8
    while start < len(content):
        length = int.from_bytes(content[start : start + 4], "big")
        found.append((content[start + 4 : start + 8], content[start + 8 : start + 8 + length]))
        start += 12 + length
    return found


@pytest.mark.parametrize("told", [GAMMA, PRIMARIES, GAMMA | PRIMARIES, SRGB, PQ])
@pytest.mark.parametrize("strip", [False, True])
def test_colours_are_written_back(path, told, strip):
    path.write_bytes(encoded([chunk(*item) for item in told.items()]))
    image = read_image(path)
    if strip:
        image.metadata = image.metadata.stripped()
    write_image(path, image)
    written = chunks(path.read_bytes())
    names = [name for name, _ in written]
    assert {name: data for name, data in written if name in told} == told
    assert all(names.index(name) < names.index(b"IDAT") and names.count(name) == 1 for name in told)
    np.testing.assert_array_equal(read_image(path).rgb, VALUES)


@pytest.mark.parametrize(
    "told, lost", [(GAMMA, "gAMA"), (PRIMARIES, "cHRM"), (PQ, "cICP"), (SRGB, None), ({}, None)]
)
def test_formats_without_a_place_for_colours(path, told, lost):
    path.write_bytes(encoded([chunk(*item) for item in told.items()]))
    image = read_image(path)
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        write_image(path.with_suffix(".tif"), image)
    assert [str(note.message) for note in notes] == (
        [f"{path.with_suffix('.tif')} has no place for the colours that the PNG told ({lost}): write a .png"]
        if lost
        else []
    )


def damaged(name, data):
    """A chunk with a wrong checksum."""
    return chunk(name, data)[:-1] + b"?"


@pytest.mark.parametrize(
    "bad",
    [
        chunk(b"zTXt", b"Comment\0\x05" + zlib.compress(b"text")),  # no such method of compression
        damaged(b"zTXt", b"Comment\0\0" + zlib.compress(b"text")),
        damaged(b"abCd", b"of some program"),
        chunk(b"iCCP", b"name"),
        chunk(b"pHYs", b"\0"),
        chunk(b"gAMA", b"\0"),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(9 << 20))),
    ],
)
@pytest.mark.parametrize("after", [False, True])
def test_what_is_beside_the_pixels_stops_no_reading(path, bad, after):
    sound = chunk(b"tEXt", b"Title\0kept")
    path.write_bytes(encoded(*(((sound,), (bad,)) if after else ((bad, sound),))))
    with pytest.warns(Note, match=rf"x.png: left out what is damaged .* \({bad[4:8].decode()}\)"):
        image = read_image(path)
    np.testing.assert_array_equal(image.rgb, VALUES)
    assert image.metadata.text == {"Title": "kept"}
    with pytest.warns(Note):
        assert image_size(path) == (3, 4)


def test_a_file_that_ends_after_the_pixels(path):
    path.write_bytes(encoded(after=[chunk(b"tEXt", b"Title\0" + bytes(100))])[:-50])
    with pytest.warns(Note, match=r"\(tEXt\)"):
        np.testing.assert_array_equal(read_image(path).rgb, VALUES)


@pytest.mark.parametrize("name", [b"IDAT", b"tRNS", b"PLTE"])
def test_what_pixels_depend_on_is_not_left_out(path, name):
    path.write_bytes(encoded([damaged(name, bytes(6))]))
    with pytest.raises(
        UserError, match="x.png (cannot be read, it is damaged|is not an image that can be read)"
    ):
        read_image(path)


def test_large_texts_and_profiles_are_kept(path):
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = srgb + bytes((3 << 20) - len(srgb))
    text = "a" * (2 << 20)
    path.write_bytes(
        encoded(
            [chunk(b"iCCP", b"x\0\0" + zlib.compress(profile))],
            [chunk(b"zTXt", b"Comment\0\0" + zlib.compress(text.encode()))],
        )
    )
    image = read_image(path)
    assert image.icc_profile == profile and image.metadata.text == {"Comment": text}
    write_image(path, image)
    with Image.open(io.BytesIO(path.read_bytes())) as again:
        again.load()
        assert again.info["icc_profile"] == profile and again.text["Comment"] == text
