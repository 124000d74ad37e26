"""Masks that stay the same from one evaluation to the next, made from a seed and kept as files."""

import copy
import pathlib

import numpy as np

from inpaint.data.masks import centred_box, free_form_strokes, random_box, training_mask
from inpaint.errors import UserError, as_user_error
from inpaint.images.image_files import ImageFile, write_image
from inpaint.images.mask_files import read_mask
from inpaint.io.atomic import write_whole
from inpaint.lists.file_lists import read_lines

SIZE = (256, 256)
# Free-form masks of three widths: from which and up to which share of the image is hole.
SHARES = {"narrow": (0.01, 0.1), "medium": (0.1, 0.25), "wide": (0.25, 0.5)}


def _of_share(least, most):
    def draw(rng, size):
        mask = np.zeros(size, np.uint8)
        while not least < mask.mean() <= most:
            if mask.mean() > most:
                mask[:] = 0
            mask |= free_form_strokes(rng, size)
        return mask

    return draw


KINDS = {
    "centre_box": lambda rng, size: centred_box(size),
    "random_box": random_box,
    "free_form": free_form_strokes,
    "box_and_free_form": training_mask,
    **{name: _of_share(*shares) for name, shares in SHARES.items()},
}


def fixed_mask(kind, seed, index):
    """One of the masks: uint8 [256, 256], 1 in the hole. It depends on nothing but the arguments.

    Args:
        kind: one of `KINDS`.
        seed, index: whole numbers.
    """
    return KINDS[kind](np.random.default_rng([seed, list(KINDS).index(kind), index]), SIZE)


class MaskFolder:
    """Masks of all kinds in a folder, `<kind>/00000.png` and so on, each kind listed in `<kind>.flist`.

    Args:
        folder: is filled where it has no list of a kind; else what is there is used, so that others can
            measure with the same masks.
        count: how many masks are needed of each kind.
        seed: of masks that are made.

    Raises:
        UserError: too few masks, or the folder cannot be written.
    """

    def __init__(self, folder, count, seed):
        self._folder = pathlib.Path(folder)
        self._names = {kind: self._listed(kind, count, seed) for kind in KINDS}

    def only(self, indices):
        """The same masks, but of these images only."""
        chosen = copy.copy(self)
        chosen._names = {kind: [names[i] for i in indices] for kind, names in self._names.items()}
        return chosen

    def mask(self, kind, index):
        """uint8 [256, 256], 1 in the hole; raises UserError if it cannot be read or has another size."""
        path = self.path(kind, index)
        mask = read_mask(path)
        if mask.shape != SIZE or not mask.any():
            raise UserError(f"{path} must be 256 x 256 and have a hole, received {mask.shape[::-1]}")
        return mask

    def path(self, kind, index):
        """The file of a mask."""
        return self._folder / self._names[kind][index]

    def _listed(self, kind, count, seed):
        flist = self._folder / f"{kind}.flist"
        with as_user_error(f"cannot read {flist}"):
            made = flist.exists()
        if not made:
            self._make(kind, count, seed, flist)
        names = [line.strip() for line in read_lines(flist) if line.strip()]
        if len(names) < count:
            raise UserError(
                f"{flist} lists {len(names)} masks for {count} images: take fewer images, or another "
                f"--mask_dir"
            )
        return names

    def _make(self, kind, count, seed, flist):
        with as_user_error(f"cannot make {flist.parent / kind}"):
            (flist.parent / kind).mkdir(parents=True, exist_ok=True)
        names = [f"{kind}/{index:05}.png" for index in range(count)]
        for index, name in enumerate(names):
            pixels = 255 * fixed_mask(kind, seed, index)
            write_image(flist.parent / name, ImageFile(np.repeat(pixels[..., None], 3, axis=-1), gray=True))
        write_whole(flist, "".join(f"{name}\n" for name in names))  # last: a list tells of whole masks
