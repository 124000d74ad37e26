"""From a mask file, or an image with erased pixels, to a hole."""

import dataclasses

import cv2
import numpy as np

from inpaint.errors import UserError
from inpaint.images.image_files import size_text
from inpaint.images.mask_files import check_convention, hole_in, why_no_hole

MOST_GROWTH = 1000
# What turns a mask that was drawn on the pixels as stored, by EXIF orientation; the keys swap the sides.
_TURNS = {
    5: lambda mask: mask.T,
    6: lambda mask: np.rot90(mask, -1),
    7: lambda mask: np.rot90(mask, 2).T,
    8: lambda mask: np.rot90(mask),
}


@dataclasses.dataclass(frozen=True)
class MaskRule:
    """How the hole is taken from a file. Applied in this order.

    Attributes:
        from_alpha: whether the hole is where the file is transparent, not where it is white.
        hard_alpha: whether only fully transparent pixels are, see `erased`.
        invert: whether all other pixels are the hole.
        resize: whether a mask of another size is resized to the image's.
        grow: radius in pixels by which the hole grows or, if negative, shrinks, see `grown`.
        allow_empty: whether there may be no hole.
    """

    from_alpha: bool = False
    hard_alpha: bool = False
    invert: bool = False
    resize: bool = False
    grow: int = 0
    allow_empty: bool = False

    def hole(self, file, path):
        """The hole in a file, at the file's size.

        Args:
            file: an `ImageFile`.
            path: its name, for messages.

        Returns:
            (uint8 [H, W] in {0, 1}, why there is no hole in the file or None).

        Raises:
            UserError: the file has no alpha to take the hole from, or is no mask, see `check_convention`.
        """
        if self.from_alpha:
            if file.alpha is None:
                raise UserError(
                    f"{path} has no transparency to take the hole from: give a --mask that is white in the "
                    f"hole, without --mask_from_alpha",
                    "without transparency",
                )
            hole = erased(file.alpha, self.hard_alpha)
        else:
            hole = hole_in(file)
            check_convention(file, hole, path, self.invert)
        if self.invert:
            hole = 1 - hole
        if hole.any():
            return hole, None
        if self.from_alpha:
            return hole, "no pixel is fully transparent" if not self.invert else "all of it is transparent"
        return hole, "it is white everywhere" if self.invert else why_no_hole(file, path)

    def fitted(self, hole, image):
        """A hole, resized to the size of an `ImageFile` if that is asked for; uint8 [H, W] in {0, 1}.

        A pixel is in the hole if more than half of its area is. A hole that lacks the quarter turn by which
        the image's EXIF data turned the image is turned, too; any other one that has the image's sides
        swapped is left as it is.
        """
        if not self.resize or hole.shape == image.size:
            return hole
        if hole.shape == image.size[::-1]:
            return np.ascontiguousarray(_TURNS[image.turned](hole)) if image.turned else hole
        share = cv2.resize(np.float32(hole), image.size[::-1], interpolation=cv2.INTER_AREA)
        return np.uint8(share > 0.5)


def grown(hole, pixels):
    """Grow a hole in all directions, or shrink it.

    A pixel is in the grown hole if the centre of a pixel of the hole is at most `pixels` away: a disc of
    radius `pixels`. A shrunken hole lacks the pixels that are at most `-pixels` away from a known one; it
    does not shrink at the image's borders.

    Args:
        hole: uint8 [H, W] in {0, 1}.
        pixels: integer radius, from `-MOST_GROWTH` to `MOST_GROWTH`.

    Returns:
        uint8 [H, W] in {0, 1}.
    """
    if pixels < 0:
        return 1 - grown(1 - hole, -pixels)
    if not pixels or not hole.any():
        return hole
    distance = cv2.distanceTransform(1 - hole, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.uint8(distance <= pixels + 1e-4)  # the next distance is sqrt(pixels^2 + 1)


def erased(alpha, hard=False):
    """What was erased in an editor.

    Args:
        alpha: uint8 [H, W].
        hard: whether a soft brush's rim is not part of it.

    Returns:
        uint8 [H, W] in {0, 1}: 1 where alpha is 0 and, unless `hard`, where it is below the highest (255, as
        a rule) and connected to such a place by pixels below the highest, diagonals included.
    """
    clear = alpha == 0
    if hard or not clear.any():
        return np.uint8(clear)
    _, labels = cv2.connectedComponents(np.uint8(alpha < alpha.max()), connectivity=8)
    reached = np.zeros(labels.max() + 1, np.uint8)
    reached[labels[clear]] = 1
    return reached[labels]


def check_size(kind, path, shape, image, image_path):
    """Raise UserError unless a mask or sketch, [H, W], has the size of an `ImageFile`."""
    if shape == image.size:
        return
    advice = "they must have the same size"
    if shape == image.size[::-1]:
        advice = f"turn the {kind} by a quarter"
        if image.turned:
            advice = f"its EXIF data turns it by a quarter, turn the {kind}, too"
    if kind == "mask" and (image.turned or shape != image.size[::-1]):
        advice += ", or add --resize_mask"
    raise UserError(
        f"the {kind} {path} is {size_text(shape)}, the image {image_path} is {size_text(image.size)}: "
        f"{advice}",
        "of another size",
    )
