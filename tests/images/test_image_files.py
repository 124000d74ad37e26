import os
import stat
import struct
import sys
import types

import cv2
import numpy as np
import pytest
from PIL import EpsImagePlugin, Image, ImageCms

from inpaint.errors import Note, UserError
from inpaint.images.image_files import ImageFile, check_output, image_size, read_image, write_image
from inpaint.images.mask_files import read_gray, read_mask


@pytest.fixture
def rgb(rng):
    return rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)


@pytest.fixture
def saved(tmp_path):
    """Save a Pillow image; returns its path."""

    def save(image, name="x.png", **options):
        image.save(tmp_path / name, **options)
        return tmp_path / name

    return save


def srgb():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def test_plain_and_grayscale(saved, rgb):
    image = read_image(saved(Image.fromarray(rgb)))
    np.testing.assert_array_equal(image.rgb, rgb)
    assert image.alpha is None and not image.gray
    gray = read_image(saved(Image.fromarray(rgb[..., 0])))
    np.testing.assert_array_equal(gray.rgb, np.repeat(rgb[..., :1], 3, axis=-1))
    assert gray.gray


def test_sixteen_bit_is_scaled_not_clipped(saved):
    values = np.uint16([[0, 257, 32768, 65535]])
    image = read_image(saved(Image.fromarray(values)))
    assert image.rgb[0, :, 0].tolist() == [0, 1, 128, 255]


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_are_rounded_alike_in_gray_and_colour(tmp_path, rng, suffix, channels):
    values = rng.integers(0, 65536, (20, 30, channels), dtype=np.uint16)
    cv2.imwrite(str(tmp_path / f"x.{suffix}"), values)
    image = read_image(tmp_path / f"x.{suffix}")
    expected = np.rint(values / 257)
    found = image.rgb[..., :1] if channels == 1 else image.rgb[..., ::-1]  # OpenCV writes BGR
    np.testing.assert_array_equal(found, expected[..., :3])
    if channels == 4:
        np.testing.assert_array_equal(image.alpha, expected[..., 3])


def test_palette_with_and_without_transparency(saved):
    image = Image.new("P", (3, 1))
    image.putpalette([10, 20, 30, 200, 100, 50, 1, 2, 3])
    image.putdata([0, 1, 2])
    assert read_image(saved(image)).rgb[0].tolist() == [[10, 20, 30], [200, 100, 50], [1, 2, 3]]
    found = read_image(saved(image, transparency=1))
    assert found.rgb[0, 1].tolist() == [200, 100, 50]
    assert found.alpha[0].tolist() == [255, 0, 255]


@pytest.mark.parametrize("profile", [None, b"damaged", srgb(), b"x" * 16 + b"CMYK" + b"x" * 200])
def test_cmyk(saved, profile):
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    found = read_image(saved(image, "x.jpg", quality=100, icc_profile=profile))
    assert np.abs(found.rgb.astype(int) - [255, 0, 0]).max() <= 3
    assert found.icc_profile is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(saved, rgb, orientation):
    upright = Image.fromarray(rgb)
    # What the camera stored, so that applying the orientation gives `upright`.
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = upright if orientation == 1 else upright.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Maker"
    path = saved(stored, exif=exif)
    image = read_image(path)
    np.testing.assert_array_equal(image.rgb, rgb)
    assert image_size(path) == (5, 7)
    write_image(path, image)
    with Image.open(path) as again:
        assert again.getexif().get(0x0112, 1) == 1 and again.getexif()[0x010F] == "Maker"
    np.testing.assert_array_equal(read_image(path).rgb, rgb)


def test_tiff_is_turned_once(saved, rgb):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = saved(Image.fromarray(rgb), "x.tif", exif=exif)
    image = read_image(path)
    assert image_size(path) == image.size == (7, 5)
    np.testing.assert_array_equal(image.rgb, np.rot90(rgb, -1))
    assert image.metadata.exif is None


def test_damaged_exif_costs_no_pixels(saved, rgb):
    odd = Image.Exif()
    odd[0x0112] = 9
    resolution = b"\x1a\x01\x02\x00\x04\x00\x00\x00abc\x00"  # text where a fraction belongs
    damaged = b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00" + resolution + bytes(4)
    for exif in (odd, damaged, b"Exif\x00\x00II*\x00garbage"):
        path = saved(Image.fromarray(rgb), exif=exif)
        np.testing.assert_array_equal(read_image(path).rgb, rgb)
        assert image_size(path) == (5, 7)


def test_profiles_that_do_not_describe_the_pixels_are_left_out(saved, rgb, tmp_path):
    gray = srgb()[:16] + b"GRAY" + srgb()[20:]
    assert read_image(saved(Image.fromarray(rgb), icc_profile=gray)).icc_profile is None
    image = read_image(saved(Image.fromarray(rgb[..., 0]), icc_profile=gray))
    assert image.icc_profile == gray
    write_image(tmp_path / "o.webp", image)
    write_image(tmp_path / "o.png", image)
    assert read_image(tmp_path / "o.webp").icc_profile is None
    assert read_image(tmp_path / "o.png").icc_profile == gray


def test_thirty_two_bits_are_refused_not_clipped(saved):
    for values in (np.float32([[0.5]]), np.int32([[70000]])):
        with pytest.raises(UserError, match="32 bits a pixel"):
            read_image(saved(Image.fromarray(values), "x.tif"))


@pytest.mark.parametrize("suffix", [".png", ".webp", ".tif"])
def test_alpha_and_profile_survive(tmp_path, rgb, rng, suffix):
    alpha = rng.integers(0, 256, (5, 7), dtype=np.uint8)
    alpha[0, 0] = 0  # what is clear keeps its colour
    write_image(tmp_path / f"x{suffix}", ImageFile(rgb, alpha, srgb()))
    image = read_image(tmp_path / f"x{suffix}")
    np.testing.assert_array_equal(image.rgb, rgb)
    np.testing.assert_array_equal(image.alpha, alpha)
    assert image.icc_profile == srgb()


def test_jpeg_is_close_and_keeps_the_profile(tmp_path):
    ramp = np.repeat(np.linspace(0, 255, 64).astype(np.uint8)[None, :, None], 64, axis=0).repeat(3, axis=2)
    write_image(tmp_path / "x.jpg", ImageFile(ramp, np.zeros((64, 64), np.uint8), srgb()))
    image = read_image(tmp_path / "x.jpg")
    assert np.abs(image.rgb.astype(int) - ramp).max() <= 3
    assert image.icc_profile == srgb() and image.alpha is None


def test_gray_is_written_gray(tmp_path, rgb):
    gray = np.repeat(rgb[..., :1], 3, axis=-1)
    write_image(tmp_path / "x.png", ImageFile(gray, gray=True))
    with Image.open(tmp_path / "x.png") as image:
        assert image.mode == "L"
        np.testing.assert_array_equal(np.asarray(image), gray[..., 0])


def test_masks_hard_soft_and_with_alpha(saved):
    soft = np.uint8([[0, 127, 128, 255]])
    assert read_mask(saved(Image.fromarray(soft))).tolist() == [[0, 0, 1, 1]]
    assert read_mask(saved(Image.fromarray(soft > 127))).tolist() == [[0, 0, 1, 1]]
    # White everywhere, drawn only where it is opaque.
    layer = np.full((1, 4, 4), 255, np.uint8)
    layer[..., 3] = soft
    path = saved(Image.fromarray(layer))
    assert read_mask(path).tolist() == [[0, 0, 1, 1]]
    np.testing.assert_allclose(read_gray(path), soft)


@pytest.mark.parametrize(
    "content, message",
    [
        (None, "no such file"),
        (b"", "is empty"),
        (b"hello, I am no image", "is not an image"),
        (b"P6 0 5 255\n", "is not an image"),  # no pixels
    ],
)
def test_files_that_are_no_images(tmp_path, content, message):
    path = tmp_path / "x.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=message):
        read_image(path)


def test_pixel_limit_is_checked_before_decoding(saved, rgb):
    path = saved(Image.fromarray(rgb))
    path.write_bytes(path.read_bytes()[:60])  # only the header is left
    with pytest.raises(UserError, match="7 x 5, over the limit of 63 pixels"):
        read_image(path, max_pixels=63)  # 8 x 8 when it is filled


@pytest.mark.parametrize(
    "name, message",
    [
        ("x.bmp", "must end in one of"),
        (".", "it is a folder"),
        ("no/x.png", "there is no folder"),
        ("x" * 300 + ".png", "File name too long"),
        ("a\nb.bmp", "must end"),
    ],
)
def test_where_nothing_can_be_written(tmp_path, rgb, name, message):
    with pytest.raises(UserError, match=message):
        write_image(tmp_path / name, ImageFile(rgb))


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP", "TIFF"])
def test_several_frames_are_refused(tmp_path, rgb, format):
    frames = [Image.fromarray(rgb), Image.fromarray(255 - rgb)]
    frames[0].save(tmp_path / "x", format, save_all=True, append_images=frames[1:])
    for read in (read_image, image_size, read_mask):
        with pytest.raises(UserError, match="x has several frames or pages: take it apart"):
            read(tmp_path / "x")


def test_the_photograph_of_a_phone_has_a_second_frame(tmp_path, rgb):
    frames = [Image.fromarray(np.full((16, 16, 3), value, np.uint8)) for value in (200, 50)]
    frames[0].save(tmp_path / "x.jpg", "MPO", save_all=True, append_images=frames[1:])
    assert read_image(tmp_path / "x.jpg").rgb.mean() == pytest.approx(200, abs=1)


def test_the_composite_of_a_layered_psd(tmp_path):
    def psd(*version):
        layer = struct.pack(">4iH", 0, 0, 2, 2, 0) + bytes(12) + bytes(4)
        layers = struct.pack(">h", 2) + 2 * layer
        layers = struct.pack(">I", len(layers)) + layers
        resources = b"".join(
            b"8BIM" + struct.pack(">H", 1057) + bytes(2) + struct.pack(">I", 5) + v + b"\0" for v in version
        )
        header = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, 2, 2, 8, 3)
        parts = (b"", resources, layers)
        return header + b"".join(struct.pack(">I", len(p)) + p for p in parts) + bytes(2) + bytes(range(12))

    path = tmp_path / "x.psd"
    for content in (psd(), psd(b"\0\0\0\1\1")):
        path.write_bytes(content)
        np.testing.assert_array_equal(read_image(path).rgb, np.arange(12).reshape(3, 2, 2).transpose(1, 2, 0))
        assert image_size(path) == (2, 2)
    path.write_bytes(psd(b"\0\0\0\1\0"))
    with pytest.raises(UserError, match="x.psd holds layers alone: save it with maximized compatibility"):
        read_image(path)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_without_its_end_marker(tmp_path, rng, progressive):
    pixels = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    path = tmp_path / "x.jpg"
    Image.fromarray(pixels).save(path, progressive=progressive)
    whole, content = read_image(path).rgb, path.read_bytes()
    assert content.endswith(b"\xff\xd9")
    path.write_bytes(content[:-2])
    with pytest.warns(Note, match="x.jpg lacks the end marker of a JPEG"):
        np.testing.assert_array_equal(read_image(path).rgb, whole)
    for missing in (3, 20, 500):
        path.write_bytes(content[:-missing])
        with pytest.raises(UserError, match="x.jpg cannot be read, it is damaged"):
            read_image(path)


def test_postscript_is_never_run(tmp_path, rgb, monkeypatch):
    Image.fromarray(rgb).save(tmp_path / "x.eps")
    (tmp_path / "x.jpg").write_bytes((tmp_path / "x.eps").read_bytes())
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *_, **__: pytest.fail("Ghostscript was run"))
    for name in ("x.eps", "x.jpg"):
        for read in (read_image, image_size):
            with pytest.raises(UserError, match=f"{name} is not an image that can be read"):
                read(tmp_path / name)


@pytest.mark.parametrize("format", ["AVIF", "JPEG2000", "ICO", "PCX", "SGI", "TGA", "QOI", "DIB"])
def test_rarer_formats(tmp_path, rgb, format):
    Image.fromarray(np.kron(rgb, np.ones((8, 8, 1), np.uint8))).save(tmp_path / "x", format)
    assert read_image(tmp_path / "x").rgb.ndim == 3


def test_heic_needs_a_library(tmp_path, rgb, monkeypatch):
    path = tmp_path / "x.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(UserError, match="x.heic is a HEIC image: pip install pillow-heif to read it"):
        read_image(path)
    # With it, Pillow opens such files.
    registered = []
    library = types.SimpleNamespace(register_heif_opener=lambda: registered.append(True))
    monkeypatch.setitem(sys.modules, "pillow_heif", library)
    with pytest.raises(UserError, match="x.heic cannot be read"):
        read_image(path)
    assert registered


def test_what_is_replaced_keeps_its_mode(tmp_path, rgb):
    path = tmp_path / "x.png"
    write_image(path, ImageFile(rgb))
    plain = tmp_path / "plain"
    plain.touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    for mode in (0o600, 0o640, 0o444):
        path.chmod(mode)
        write_image(path, ImageFile(rgb))
        assert stat.S_IMODE(path.stat().st_mode) == mode
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plain", "x.png"]


def test_what_is_replaced_keeps_its_owner(tmp_path, rgb, monkeypatch):
    path, owners = tmp_path / "x.png", []
    path.touch()
    monkeypatch.setattr(os, "chown", lambda part, *owner: owners.append(owner))
    write_image(path, ImageFile(rgb))
    assert owners == [(os.getuid(), os.getgid())]

    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "chown", refuse)
    write_image(path, ImageFile(rgb))


def test_too_large_for_the_format(tmp_path):
    for name, format, most in (("x.webp", "WEBP", 16_383), ("x.jpg", "JPEG", 65_500)):
        write_image(tmp_path / name, ImageFile(np.zeros((most, 1, 3), np.uint8)))
        (tmp_path / name).unlink()
        told = f"{name}: {format} holds up to {most} pixels a side, the image is {most + 1} x 1: write a .png"
        with pytest.raises(UserError, match=told):
            write_image(tmp_path / name, ImageFile(np.zeros((1, most + 1, 3), np.uint8)))
    assert not list(tmp_path.iterdir())


def test_writes_through_links(tmp_path, rgb):
    (tmp_path / "x.png").symlink_to(tmp_path / "target.png")
    write_image(tmp_path / "x.png", ImageFile(rgb))
    assert (tmp_path / "x.png").is_symlink()
    np.testing.assert_array_equal(read_image(tmp_path / "target.png").rgb, rgb)


def test_failed_write_leaves_what_was_there(tmp_path, rgb, monkeypatch):
    path = tmp_path / "x.png"
    path.write_bytes(b"before")

    def full(self, file, format, **options):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(UserError, match="x.png: No space left on device"):
        write_image(path, ImageFile(rgb))
    assert [p.name for p in tmp_path.iterdir()] == ["x.png"] and path.read_bytes() == b"before"


def test_what_is_no_regular_file_is_not_replaced(tmp_path, rgb):
    os.mkfifo(tmp_path / "x.png")
    with pytest.raises(UserError, match="x.png: it is no regular file"):
        write_image(tmp_path / "x.png", ImageFile(rgb))


def test_a_folder_that_is_not_writable_is_noticed_before_the_work(tmp_path, monkeypatch):
    check_output(tmp_path / "x.png")
    monkeypatch.setattr(os, "access", lambda path, mode: not (path == tmp_path and mode == os.W_OK))
    with pytest.raises(UserError, match=f"the folder {tmp_path} is not writable"):
        check_output(tmp_path / "x.png")
