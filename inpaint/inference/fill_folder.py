"""Filling the images of a folder: each with the mask of its name."""

import dataclasses
import os
import pathlib
import re

from inpaint.errors import UserError, as_user_error
from inpaint.images.image_files import SUFFIXES
from inpaint.inference.fill_file import Job
from inpaint.lists.file_lists import folder_images, sketch_path
from inpaint.lists.image_folder import is_image_name
from inpaint.lists.line_order import check_order

# What the name of a mask may have that the image's has not: `_mask`, `-mask 2`, `.hole`, `_m`.
_OF_MASKS = re.compile(r"([ ._-]?(mask|hole)|[ ._-]m)[ ._-]?\d*$", re.IGNORECASE)


def folder_jobs(images, masks, output, guided, failures, **more):
    """Pair the images of a folder with masks.

    A mask has its image's path below the folder. Its suffix may be another one, and its stem may end in what
    `_OF_MASKS` finds; it must if both are in one folder. Outputs have the images' paths, with the suffix .png
    if the image's format cannot be written.

    Args:
        images: a folder.
        masks: a folder, one mask for all images, or None where the images' transparency is the hole.
        output: the folder of the results; made if missing, with its sub-folders.
        guided: whether each image has a sketch beside it.
        failures: a `Failures`; receives images without a mask, or with several.
        more: further attributes of each `Job`.

    Returns:
        list of `Job`s.

    Raises:
        UserError: a folder cannot be read or made, or the output is inside of another folder.
    """
    found = folder_images(images, guided)
    mask_of = (lambda image: masks) if masks is None or not os.path.isdir(masks) else _Masks(masks, images)
    _check_output_folder(output, [images, masks])
    if isinstance(mask_of, _Masks):
        found = mask_of.without_masks(found)
    jobs, outputs = [], {}
    for line, image in enumerate(found, start=1):
        job = Job(str(image), None, "", line=line, **more)
        with failures.of(job.line):
            below = image.relative_to(images)
            mask = mask_of(image)
            suffix = below.suffix if below.suffix.lower() in SUFFIXES else ".png"
            target = pathlib.Path(output, below).with_suffix(suffix)
            if (other := outputs.setdefault(target, image)) != image:
                raise UserError(f"{image} and {other} would both become {target}", "of one name")
            with as_user_error(f"cannot make the folder {target.parent}"):
                target.parent.mkdir(parents=True, exist_ok=True)
            sketch = str(sketch_path(image)) if guided else None
            paths = {"mask": mask and str(mask), "output": str(target), "sketch": sketch}
            jobs.append(dataclasses.replace(job, **paths))
    check_order(lambda: ((job.image, job.output, filter(None, [job.mask, job.sketch])) for job in jobs))
    return jobs


class _Masks:
    """The masks of a folder; a call returns that of an image, or raises UserError."""

    def __init__(self, masks, images):
        self._masks, self._images = pathlib.Path(masks), pathlib.Path(images)
        self._together = os.path.realpath(masks) == os.path.realpath(images)
        self._named, self._suffixed = {}, {}
        for path in folder_images(masks):
            key = path.relative_to(masks).with_suffix("")
            if not self._together:
                self._named.setdefault(key, []).append(path)
            if bare := _OF_MASKS.sub("", key.name):
                if bare != key.name:
                    self._suffixed.setdefault(key.with_name(bare), []).append(path)

    def __call__(self, image):
        key = image.relative_to(self._images).with_suffix("")
        found = self._named.get(key) or self._suffixed.get(key) or []
        if not found:
            raise UserError(
                f"{image} has no mask in {self._masks}: none is called {key} or {key}_mask", "without a mask"
            )
        if len(found) > 1:
            several = ", ".join(map(str, found[:3]))
            raise UserError(f"{image} has {len(found)} masks, {several}: leave one", "with several masks")
        return found[0]

    def without_masks(self, images):
        """The paths that are no masks: where these are among the images, or in a folder below."""
        if self._together:
            keys = {path.relative_to(self._images).with_suffix("") for path in images}
            of_images = {path for key in keys & self._suffixed.keys() for path in self._suffixed[key]}
            return [path for path in images if path not in of_images]
        if self._masks.resolve() in self._images.resolve().parents:
            return images
        return [path for path in images if not path.resolve().is_relative_to(self._masks.resolve())]


def _check_output_folder(output, folders):
    """Raise UserError if results would lie among images or masks, and be read as such the next time."""
    if is_image_name(pathlib.Path(output)) and not os.path.isdir(output):
        raise UserError(f"--image is a folder: add --output=FOLDER ({output} is the name of an image)")
    for folder in folders:
        if folder and os.path.isdir(folder):
            if pathlib.Path(output).resolve().is_relative_to(pathlib.Path(folder).resolve()):
                raise UserError(f"--output={output} is inside of {folder}: name a folder outside of it")
