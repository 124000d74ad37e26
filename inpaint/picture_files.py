"""Picture files in and out, through Pillow."""

import contextlib
import dataclasses
import io
import os
import pathlib
import secrets

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from inpaint.errors import UserError

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
MAX_PIXELS = 1 << 20

_SAVE_OPTIONS = {
    ".png": {},
    ".jpg": {"quality": 95, "subsampling": 0},
    ".jpeg": {"quality": 95, "subsampling": 0},
    # exact: colours under transparent pixels stay as they are.
    ".webp": {"lossless": True, "exact": True},
}

# Our own limit is checked before a picture is decoded; Pillow's would only warn.
Image.MAX_IMAGE_PIXELS = None


@dataclasses.dataclass
class Picture:
    """A picture as it is seen, upright, with what the network has no use for.

    Attributes:
        rgb: uint8 [H, W, 3].
        alpha: uint8 [H, W], or None.
        icc_profile: colour profile of `rgb`, bytes, or None.
        exif: EXIF data without the orientation, bytes, or None.
        gray: whether the file held a grayscale picture; it is written as one again.
    """

    rgb: np.ndarray
    alpha: np.ndarray | None = None
    icc_profile: bytes | None = None
    exif: bytes | None = None
    gray: bool = False

    @property
    def size(self):
        """(height, width)."""
        return self.rgb.shape[:2]


def read_picture(path, max_pixels=MAX_PIXELS):
    """Read any picture Pillow can: grayscale, palette, 16-bit (brought to 8), CMYK, with alpha.

    Args:
        path: the file.
        max_pixels: the largest height x width that is decoded, or None.

    Returns:
        a `Picture`.

    Raises:
        UserError: no such file, not a picture, truncated, without pixels, or too large.
    """
    with _opened(path, max_pixels) as image:
        gray = image.mode in ("1", "L", "LA", "La", "I") or image.mode.startswith("I;16")
        exif = image.getexif()
        profile = image.info.get("icc_profile")
        if image.mode == "CMYK":
            image, profile = _cmyk_to_rgb(image, profile), None
        # A profile describes one kind of colour: a gray one says nothing of an RGB picture.
        image = ImageOps.exif_transpose(_eight_bit(image))
        exif.pop(0x0112, None)  # orientation: the pixels are upright now
        alpha = None
        if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
            image = image.convert("RGBA")
            alpha = np.asarray(image)[..., 3]
        rgb = np.asarray(image.convert("RGB"))
    return Picture(rgb, alpha, profile, exif.tobytes() if exif else None, gray)


def read_mask(path, max_pixels=MAX_PIXELS):
    """Read a mask: white is hole. A mask with alpha is read over black, so clear means known.

    Args:
        path: the file.
        max_pixels: the largest height x width that is decoded, or None.

    Returns:
        uint8 [H, W], 1 where the gray value is above 127.5 (hole), else 0.

    Raises:
        UserError: as `read_picture`.
    """
    return (read_gray(path, max_pixels) > 127.5).astype(np.uint8)


def read_gray(path, max_pixels=MAX_PIXELS):
    """Read a picture's brightness over black: float32 [H, W] in [0, 255]. Raises as `read_picture`."""
    picture = read_picture(path, max_pixels)
    gray = np.asarray(Image.fromarray(picture.rgb).convert("L"), np.float32)
    return gray if picture.alpha is None else gray * (picture.alpha / np.float32(255))


def picture_size(path, max_pixels=MAX_PIXELS):
    """(height, width) of a picture as it is seen, from the file's header. Raises as `read_picture`."""
    with _opened(path, max_pixels, decode=False) as image:
        width, height = image.size
        sideways = image.getexif().get(0x0112, 1) >= 5
    return (width, height) if sideways else (height, width)


def check_output(path):
    """Raise UserError unless a picture can be written to `path`: known suffix, existing folder."""
    path = pathlib.Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise UserError(f"cannot write {path}: the name must end in one of {', '.join(SUFFIXES)}")
    if not path.parent.is_dir():
        raise UserError(f"cannot write {path}: there is no folder {path.parent}, create it first")
    if path.is_dir():
        raise UserError(f"cannot write {path}: it is a folder")


def keeps_alpha(path):
    """Whether the format that a path's suffix names has transparency."""
    return pathlib.Path(path).suffix.lower() not in (".jpg", ".jpeg")


def write_picture(path, picture):
    """Write a picture, whole or not at all; PNG and WebP without loss, JPEG at quality 95.

    JPEG has no alpha: there it is left out.

    Args:
        path: the file; its suffix names the format.
        picture: a `Picture`.

    Raises:
        UserError: as `check_output`, or the file cannot be written.
    """
    check_output(path)
    path = pathlib.Path(path)
    image = Image.fromarray(picture.rgb)
    if picture.gray:
        image = image.convert("L")
    if picture.alpha is not None and keeps_alpha(path):
        image.putalpha(Image.fromarray(picture.alpha))
    extras = {"icc_profile": picture.icc_profile, "exif": picture.exif}
    extras = {name: value for name, value in extras.items() if value}
    part = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part{path.suffix}")
    try:
        image.save(part, **_SAVE_OPTIONS[path.suffix.lower()], **extras)
        os.replace(part, path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def _opened(path, max_pixels, decode=True):
    """The opened Pillow image; whatever Pillow finds wrong with the file becomes a UserError."""
    path = pathlib.Path(path)
    if not path.exists():
        raise UserError(f"no such file: {path}")
    if path.is_dir():
        raise UserError(f"{path} is a folder, a picture file is needed")
    if path.stat().st_size == 0:
        raise UserError(f"{path} is empty (0 bytes)")
    try:
        with Image.open(path) as image:
            width, height = image.size
            if width * height == 0:
                raise UserError(f"{path} has no pixels: it is {width} x {height}")
            if max_pixels is not None and width * height > max_pixels:
                raise UserError(
                    f"{path} is {width} x {height}, over the limit of {max_pixels} pixels: make it "
                    f"smaller, or raise --max_pixels if memory allows"
                )
            if decode:
                image.load()
            yield image
    except UnidentifiedImageError as error:
        raise UserError(f"{path} is not a picture that can be read") from error
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises on damaged files
        raise UserError(f"{path} cannot be read, it is damaged: {error}") from error


def _eight_bit(image):
    """Bring 16-bit grayscale to 8 bits; Pillow's own conversion would clip it."""
    if image.mode != "I" and not image.mode.startswith("I;16"):
        return image
    values = np.asarray(image).astype(np.uint32)
    orientation = image.getexif()
    image = Image.fromarray(((values * 255 + 32767) // 65535).clip(0, 255).astype(np.uint8))
    image.getexif().update(orientation)
    return image


def _cmyk_to_rgb(image, profile):
    """To sRGB, by the picture's own profile where it has one."""
    if not profile:
        return image.convert("RGB")
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
