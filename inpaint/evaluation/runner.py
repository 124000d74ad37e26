"""Filling and measuring many images by several methods, in steps that can be resumed."""

import hashlib
import json
import pathlib
import zipfile

import cv2
import numpy as np

from inpaint.errors import UserError, as_user_error
from inpaint.evaluation.mask_sets import KINDS, SIZE
from inpaint.evaluation.metrics import METRICS, measure
from inpaint.images.image_files import MAX_PIXELS, image_size, read_image
from inpaint.images.mask_files import read_gray
from inpaint.io.atomic import write_whole
from inpaint.lists.file_lists import sketch_path

CHUNK = 20  # images that are measured before they are written down


class Evaluation:
    """The measurements of a folder, which knows what is done and what is left.

    Args:
        folder: where measurements are kept.
        paths: list of images; 256 x 256 pixels of each are filled.
        masks: a `MaskFolder`.
        methods: dict of name -> `Method`.
        settings: dict for JSON: what the numbers depend on besides.
        guided: whether the methods take the sketch beside each image.
        inception: an `Inception`, or None.
        max_pixels: the largest image that is read.
        resize: whether to bring images to 256 x 256, as faces are trained, instead of cutting out
            their middle.
        kinds: of masks to measure with.

    Raises:
        UserError: the folder holds measurements of something else, or cannot be written; an image is
            too small to be cut.
    """

    def __init__(
        self,
        folder,
        paths,
        masks,
        methods,
        settings,
        guided=False,
        inception=None,
        max_pixels=MAX_PIXELS,
        resize=False,
        kinds=tuple(KINDS),
    ):
        self._rows = pathlib.Path(folder) / "rows"
        self._paths = list(map(str, paths))
        self._masks = masks
        self._methods = methods
        self._guided = guided
        self._inception = inception
        self._max_pixels = max_pixels
        self._resize = resize
        self.kinds = tuple(kinds)
        with as_user_error(f"cannot make {self._rows}"):
            self._rows.mkdir(parents=True, exist_ok=True)
        told = {f"method {name}": method.told for name, method in methods.items()}
        self._check_settings(pathlib.Path(folder) / "settings.json", {**settings, **told})

    def _check_settings(self, path, settings):
        """Contents rather than names decide: files may be moved, but not be exchanged."""
        inputs = {"resize": self._resize, "images": _digest(self._paths), "masks": self._mask_digest()}
        if self._guided:
            inputs["sketches"] = _digest(map(sketch_path, self._paths))
        before, now = {}, json.loads(json.dumps({**settings, **inputs}))
        what = f"cannot read {path}: remove the folder {path.parent}, or name another --output_dir"
        with as_user_error(what, ValueError):  # of JSON that is none
            if path.exists():
                before = json.loads(path.read_text())
            if not isinstance(before, dict):
                raise ValueError("no settings in it")
        different = [name for name in now if name in before and before[name] != now[name]]
        if different:
            raise UserError(
                f"{path.parent} holds an evaluation that differs in {', '.join(different)}: name another "
                f"--output_dir"
            )
        write_whole(path, json.dumps({**before, **now}, indent=1))

    def steps(self):
        """What there is to do: list of (kind of mask, method, indices of the images)."""
        indices = range(len(self._paths))
        chunks = [indices[start : start + CHUNK] for start in range(0, len(indices), CHUNK)]
        return [(kind, method, chunk) for kind in self.kinds for method in self._methods for chunk in chunks]

    def run(self, step, batch_size):
        """Do one step, unless it has been done; one that lacks a metric or features is measured again.

        Args:
            step: one of `steps()`.
            batch_size: how many images are filled at once.
        """
        kind, method, indices = step
        path = self._path(step)
        if path.exists() and _has_all_metrics(path) and (not self._inception or len(_numbers(path)[1])):
            return
        rows, features = [], []
        for start in range(0, len(indices), batch_size):
            real, masks, filled = self.filled(kind, method, indices[start : start + batch_size])
            for one in zip(real, filled, masks):
                found = measure(*one)
                rows.append([found[name] for name in METRICS])
            if self._inception:
                features.append(self._inception.features(filled))
        partial = path.with_suffix(".partial.npz")
        features = np.concatenate(features) if features else []
        with as_user_error(f"cannot write {path}"):
            np.savez(partial, rows=rows, features=features, metrics=METRICS)
            partial.replace(path)

    def filled(self, kind, method, indices):
        """Some images with their holes, filled.

        Args:
            kind: of the masks.
            method: its name.
            indices: of the images.

        Returns:
            (real, masks, filled): uint8 [N, 256, 256, 3], [N, 256, 256] and [N, 256, 256, 3].

        Raises:
            UserError: an image or mask that cannot be read or has a wrong size.
        """
        real = np.stack([self._real(index) for index in indices])
        masks = np.stack([self._masks.mask(kind, index) for index in indices])
        sketches = np.stack([self._sketch(index) for index in indices]) if self._guided else None
        return real, masks, self._methods[method].fill(real, masks, sketches)

    def measured(self, kind, method):
        """All that was measured: (float64 [N, len(METRICS)], features [N, 2048] or empty)."""
        paths = [self._path(step) for step in self.steps() if step[:2] == (kind, method)]
        parts = [_numbers(path) for path in paths]
        return tuple(np.concatenate(columns) for columns in zip(*parts))

    def real_features(self, batch_size):
        """The `Inception`'s features of the real images, [N, 2048]."""
        features = []
        for start in range(0, len(self._paths), batch_size):
            indices = range(start, min(start + batch_size, len(self._paths)))
            features.append(self._inception.features(np.stack([self._real(index) for index in indices])))
        return np.concatenate(features)

    def _mask_digest(self):
        return _digest(self._masks.path(kind, i) for kind in KINDS for i in range(len(self._paths)))

    def _real(self, index):
        path = self._paths[index]
        return self._fitted(read_image(path, self._max_pixels).rgb)

    def _sketch(self, index):
        path = sketch_path(self._paths[index])
        sizes = [image_size(name, self._max_pixels) for name in (path, self._paths[index])]
        if sizes[0] != sizes[1]:
            told = [f"{width} x {height}" for height, width in sizes]
            raise UserError(f"the sketch {path} is {told[0]}, its image {told[1]}: they must be of one size")
        return self._fitted(read_gray(path, self._max_pixels))

    def _fitted(self, array):
        if not self._resize:
            return _middle(array)
        resized = cv2.resize(np.float32(array), SIZE[::-1], interpolation=cv2.INTER_LINEAR)
        return np.rint(resized).astype(array.dtype)

    def _path(self, step):
        kind, method, indices = step
        return self._rows / f"{kind}-{method}-{indices[0]:06}.npz"


def _digest(paths):
    """The beginning of a hash of files' contents, in their order."""
    digest = hashlib.sha256()
    for path in paths:
        with as_user_error(f"cannot read {path}"):
            digest.update(hashlib.sha256(pathlib.Path(path).read_bytes()).digest())
    return digest.hexdigest()[:16]


def _numbers(path):
    """(rows, features) of a file that `Evaluation.run` wrote."""
    found = _arrays(path)
    return found["rows"], found["features"]


def _has_all_metrics(path):
    """Whether a file's columns are today's; those of earlier versions are fewer, and not named."""
    return tuple(_arrays(path).get("metrics", ())) == METRICS


def _arrays(path):
    try:
        with np.load(path) as found:
            return {name: found[name] for name in {"rows", "features", *found.files}}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise UserError(f"{path} is damaged: remove it, it is measured again") from error


def _middle(array):
    height, width = array.shape[:2]
    top, left = (height - SIZE[0]) // 2, (width - SIZE[1]) // 2
    return array[top : top + SIZE[0], left : left + SIZE[1]]
