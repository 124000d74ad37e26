"""How bright an image is follows from what its file tells of its samples."""

import struct

import numpy as np
import pytest
from support.encoders import chunk, packed, png, tiff

from inpaint.errors import Note, UserError
from inpaint.images.image_files import image_size, read_image


@pytest.fixture
def read(tmp_path):
    """Read an image from a file's bytes."""

    def read_bytes(content):
        (tmp_path / "x").write_bytes(content)
        return read_image(tmp_path / "x")

    return read_bytes


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
@pytest.mark.parametrize("white_is_zero", [False, True])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("deflate", [False, True])
def test_gray_tiffs(read, rng, bits, white_is_zero, order, deflate):
    values = rng.integers(0, 1 << bits, (9, 13))
    values[0, :2] = 0, (1 << bits) - 1
    image = read(tiff(values, bits, photometric=1 - white_is_zero, order=order, deflate=deflate))
    expected = np.rint(values * 255 / ((1 << bits) - 1))
    np.testing.assert_array_equal(image.rgb[..., 1], 255 - expected if white_is_zero else expected)
    assert image.gray and image.alpha is None


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("orientation", [1, 3])
def test_colour_tiffs(read, rng, bits, order, orientation):
    values = rng.integers(0, 1 << bits, (9, 13, 3))
    image = read(tiff(values, bits, photometric=2, order=order, orientation=orientation))
    seen = values if orientation == 1 else values[::-1, ::-1]
    np.testing.assert_array_equal(image.rgb, np.rint(seen * 255 / ((1 << bits) - 1)))


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_gray_tiffs_are_turned(read, rng, tmp_path, bits, orientation):
    values = rng.integers(0, 1 << bits, (5, 7))
    image = read(tiff(values, bits, orientation=orientation))
    seen = np.rint(values * 255 / ((1 << bits) - 1))
    seen = seen.T if orientation > 4 else seen
    seen = seen[:, ::-1] if orientation in (2, 3, 6, 7) else seen
    seen = seen[::-1] if orientation in (3, 4, 7, 8) else seen
    assert image_size(tmp_path / "x") == seen.shape
    np.testing.assert_array_equal(image.rgb[..., 0], seen)


@pytest.mark.parametrize("bits, lowest, highest", [(16, 300, 25_500), (16, -2000, 2000), (8, -100, 27)])
@pytest.mark.parametrize("white_is_zero", [False, True])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("deflate", [False, True])
def test_signed_tiffs_span_black_to_white(read, bits, lowest, highest, white_is_zero, order, deflate):
    values = np.linspace(lowest, highest, 60).astype(int).reshape(6, 10)
    with pytest.warns(Note, match=f"signed values: {lowest} is read as black, {highest} as white"):
        image = read(tiff(values, bits, 1 - white_is_zero, deflate, order, signed=True))
    expected = (values - lowest) * 255 / (highest - lowest)
    np.testing.assert_allclose(image.rgb[..., 0], 255 - expected if white_is_zero else expected, atol=0.501)


def test_a_signed_tiff_of_one_value_is_black(read):
    with pytest.warns(Note, match="signed"):
        assert not read(tiff(np.full((2, 3), 77), 16, signed=True)).rgb.any()


def test_a_deep_tiff_that_nothing_reads_is_refused_in_words(read):
    cut = tiff(np.zeros((40, 40), int), 10)[:400]
    with pytest.raises(UserError, match="has 10 bits a sample: save it with 8 or 16 bits"):
        read(cut)


@pytest.mark.parametrize("most", [255, 1023, 65535])
@pytest.mark.parametrize("plain", [False, True])
def test_gray_pgm(read, most, plain):
    values = np.linspace(0, most, 12).astype(int).reshape(3, 4)
    packed_values = values.astype(">u2" if most > 255 else "u1").tobytes()
    data = " ".join(map(str, values.flat)).encode() if plain else packed_values
    image = read(b"P%d 4 3 %d\n" % (2 if plain else 5, most) + data)
    np.testing.assert_allclose(image.rgb[..., 0], values * 255 / most, atol=0.51)
    assert image.gray


def test_the_transparent_colour_of_sixteen_bits(read):
    colours = [1000, 2000, 3000, 1001, 2000, 3000]  # alike in 8 bits
    key = chunk(b"tRNS", struct.pack(">3H", *colours[:3]))
    image = read(png([struct.pack(">6H", *colours)], 2, 16, 2, [key]))
    assert image.alpha.tolist() == [[0, 255]] and image.rgb[0].tolist() == [[4, 8, 12]] * 2
    key = chunk(b"tRNS", struct.pack(">H", 1000))
    image = read(png([struct.pack(">3H", 999, 1000, 1001)], 3, 16, 0, [key]))
    assert image.alpha.tolist() == [[255, 0, 255]] and image.gray and image.rgb[0, :, 0].tolist() == [4] * 3


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_the_transparent_gray_of_fewer_bits(read, depth):
    most = (1 << depth) - 1
    row = packed(np.array([[0, most // 3, most]]), depth)
    for key in {most // 3, most}:
        image = read(png([row], 3, depth, 0, [chunk(b"tRNS", struct.pack(">H", key))]))
        assert image.alpha[0].tolist() == [255 * (v != key) for v in (0, most // 3, most)]
        np.testing.assert_array_equal(image.rgb[0, :, 0], np.array([0, most // 3, most]) * 255 // most)


def test_sixteen_bits_of_gray_with_alpha(read):
    image = read(png([struct.pack(">4H", 1000, 65535, 40000, 30000)], 2, 16, 4))
    assert image.rgb[0, :, 0].tolist() == [4, 156] and image.alpha[0].tolist() == [255, 117]
