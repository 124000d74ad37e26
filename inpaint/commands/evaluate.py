"""Measure the quality of filled holes: --images photos --output_dir results."""

import dataclasses
import hashlib
import json
import pathlib
import sys

from inpaint.checkpoints.config import resolve
from inpaint.cli.make_inpainter import make_inpainter
from inpaint.cli.process import warn
from inpaint.cli.progress_bar import ProgressBar
from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.data.dataset_lists import checked
from inpaint.errors import UserError
from inpaint.evaluation.baselines import Method, baselines, missing_baselines
from inpaint.evaluation.mask_sets import KINDS, SIZE, MaskFolder
from inpaint.images.image_files import ImageFile, write_image
from inpaint.io.atomic import write_whole
from inpaint.lists.file_lists import image_paths, sketch_path
from inpaint.options.examples import IMAGES
from inpaint.options.filling import InpainterOptions, ScaleOptions
from inpaint.options.option import option


@dataclasses.dataclass(frozen=True)
class Options(InpainterOptions, ScaleOptions):
    images: str | None = IMAGES
    output_dir: str | None = option(
        None, "Folder for the results. Measurements found there are not repeated.", required=True
    )
    resize: bool = option(False, "Resize images to 256 x 256, as for faces, instead of cropping.")
    mask_dir: str | None = option(None, "Folder of masks; created if missing. Default: <output_dir>/masks.")
    mask_seed: int = option(0, "Seed of new masks.", least=0)
    batch_size: int = option(8, "Number of images filled at once.", least=1)
    baselines: bool = option(
        False,
        "Also measure OpenCV's Telea and Navier-Stokes, the mean colour and, where installed, OpenCV "
        "contrib's shift-map and FSR and scikit-image's biharmonic inpainting.",
    )
    original_dir: str | None = option(None, "Another checkpoint to measure, such as one of the original.")
    more_checkpoints: tuple = option(
        (),
        "Further checkpoints to measure, separated by commas. The report names them by their folders.",
    )
    mask_kind: tuple = option(
        tuple(KINDS), "Kind of masks; repeat the flag for several.", choices=tuple(KINDS)
    )
    inception_weights: str | None = option(
        None, "InceptionV3 weights without top (.h5), to measure FID, too."
    )
    sheet_images: int = option(6, "Number of images on each contact sheet.", least=1)


def main(options):
    checkpoints = _checkpoints(options)  # before TensorFlow and the masks, to fail early
    guided = checkpoints["model"][1].guided
    listed = image_paths(options.images, guided=guided)
    usable = _usable(listed, guided, options)
    paths = [listed[index] for index in usable]
    folder = pathlib.Path(options.output_dir)
    mask_dir = pathlib.Path(options.mask_dir or folder / "masks")
    if pathlib.Path(options.images).is_dir():
        _check_apart(options.images, [folder, mask_dir])
    if options.inception_weights and len(paths) < 2:
        raise UserError("FID needs at least two images, received one")
    load_tensorflow()
    from inpaint.evaluation.fid import Inception
    from inpaint.evaluation.report import contact_sheet, markdown, summary
    from inpaint.evaluation.runner import Evaluation

    inception = Inception(options.inception_weights) if options.inception_weights else None
    if inception is None:
        print("note: no FID without --inception_weights")
    if options.baselines and (missing := missing_baselines()):
        told = ", ".join(f"{name} ({package})" for name, package in missing.items())
        print(f"note: not measured, as their libraries are not installed: {told}")
    methods = {
        name: _network(dataclasses.replace(options, checkpoint_dir=checkpoint), config)
        for name, (checkpoint, config) in checkpoints.items()
    }
    if options.baselines:
        methods |= baselines()
    masks = MaskFolder(mask_dir, len(listed), options.mask_seed).only(usable)
    settings = {"fid": options.inception_weights} if options.inception_weights else {}
    if not options.mask_dir:
        settings["mask_seed"] = options.mask_seed
    if guided:
        settings["edge_threshold"] = options.edge_threshold
    evaluation = Evaluation(
        folder,
        paths,
        masks,
        methods,
        settings,
        guided=guided,
        inception=inception,
        max_pixels=options.max_pixels,
        resize=options.resize,
        kinds=options.mask_kind,
    )
    steps = evaluation.steps()
    with ProgressBar("steps", len(steps)) as bar:
        for done, step in enumerate(steps, start=1):
            evaluation.run(step, options.batch_size)
            bar.update(done)
    real_features = evaluation.real_features(options.batch_size) if inception else None
    found = summary(evaluation, methods, real_features)
    write_whole(folder / "results.json", json.dumps({"images": len(paths), "results": found}, indent=1))
    write_whole(folder / "results.md", markdown(found, len(paths), options.resize))
    for kind in evaluation.kinds:
        sheet = contact_sheet(evaluation, kind, methods, range(min(options.sheet_images, len(paths))))
        write_image(folder / f"{kind}.jpg", ImageFile(sheet))
    print(f"wrote {folder / 'results.md'}, results.json and a contact sheet for each kind of mask")
    if len(paths) < len(listed):
        warn(f"{len(listed) - len(paths)} of {len(listed)} images were left out of all numbers, see above")
        sys.exit(1)


def _usable(paths, guided, options):
    """The indices of images that can be read and are large enough, as their sketches; tells of all others."""
    sketches = [str(sketch_path(path)) for path in paths] if guided else paths
    least = 1 if options.resize else min(SIZE)
    good = set(checked(sorted({*paths, *sketches}), least, max_pixels=options.max_pixels, say=warn))
    indices = [i for i, files in enumerate(zip(paths, sketches)) if good.issuperset(files)]
    if not indices:
        raise UserError("none of the images can be used; --resize takes small ones")
    return indices


def _check_apart(images, folders):
    """Raise UserError if results would be written into the image folder and read as images later."""
    for folder in folders:
        if folder.resolve().is_relative_to(pathlib.Path(images).resolve()):
            raise UserError(f"{folder} is inside of --images={images}: name a folder outside of it")


def _checkpoints(options):
    """The checkpoints to measure, by the names of their methods: dict of (path, `GeneratorConfig`)."""
    config = resolve(options.checkpoint_dir, **options.requested())
    found = {"model": (options.checkpoint_dir, config)}
    if options.original_dir:
        # No config.json tells whether a snapshot of the original is guided.
        same = {**options.requested(), "guided": config.guided}
        found["original"] = (options.original_dir, resolve(options.original_dir, **same))
    for checkpoint in options.more_checkpoints:
        name = pathlib.Path(checkpoint).name
        if name in {"original", *found, *(baselines() if options.baselines else ())}:
            raise UserError(f"two methods would be called {name}: rename the folder {checkpoint}")
        found[name] = (checkpoint, resolve(checkpoint, **options.requested()))
        if found[name][1].guided != config.guided:
            raise UserError(f"all checkpoints must be guided, or none: {checkpoint} differs from the first")
    return found


def _network(options, config):
    inpainter = make_inpainter(options, config)
    weights = hashlib.sha256(b"".join(w.tobytes() for w in inpainter.generator.get_weights()))
    padding = inpainter.generator.padding.upper()
    description = f"weights {weights.hexdigest()[:16]}, {options.precision}, padding {padding}"
    if inpainter.generator.network != "gated":
        description += f", network {inpainter.generator.network}"
    if inpainter.fill_size != "whole" or inpainter.detail != "none":
        description += f", fill_size {inpainter.fill_size}, detail {inpainter.detail}"
    return Method(description, inpainter)
