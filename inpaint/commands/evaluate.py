"""Measure how well holes are filled: --image_dir photos --output_dir results."""

import hashlib
import json
import pathlib

from absl.flags import DEFINE_bool, DEFINE_integer, DEFINE_string

from flags import filling
from flags.network import follow_checkpoint
from inpaint.cli.progress_bar import ProgressBar
from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.commands.filling import make_inpainter
from inpaint.errors import UserError
from inpaint.evaluation.baselines import Method, baselines, missing_baselines
from inpaint.evaluation.mask_sets import KINDS, MaskFolder
from inpaint.io.atomic import write_whole
from inpaint.io.file_lists import image_paths
from inpaint.io.image_files import ImageFile, write_image


def define(flags):
    DEFINE_string("flist", None, "File list of the images, a path a line.", flag_values=flags)
    DEFINE_string("image_dir", None, "Folder of the images, instead of --flist.", flag_values=flags)
    DEFINE_string(
        "output_dir",
        None,
        "Where the results go; what was measured there is not repeated.",
        required=True,
        flag_values=flags,
    )
    DEFINE_bool(
        "resize",
        False,
        "Bring images to 256 x 256, as for faces, instead of cutting them.",
        flag_values=flags,
    )
    DEFINE_string(
        "mask_dir",
        None,
        "Masks to use, or where new ones go. Default: <output_dir>/masks.",
        flag_values=flags,
    )
    DEFINE_integer("mask_seed", 0, "Seed of masks that are made.", 0, flag_values=flags)
    DEFINE_integer("batch_size", 8, "Images that are filled at once.", 1, flag_values=flags)
    DEFINE_bool(
        "baselines",
        False,
        "Also measure OpenCV's Telea and Navier-Stokes, the mean colour and, where installed, OpenCV "
        "contrib's shift-map and FSR and scikit-image's biharmonic inpainting.",
        flag_values=flags,
    )
    DEFINE_string(
        "original_dir",
        None,
        "Also measure this second checkpoint, such as the original's.",
        flag_values=flags,
    )
    DEFINE_string(
        "inception_weights",
        None,
        "InceptionV3 weights without top (.h5): measure FID too.",
        flag_values=flags,
    )
    DEFINE_integer("sheet_images", 6, "Images on each contact sheet.", 1, flag_values=flags)
    filling.define(flags)


def main(flags):
    if bool(flags.flist) == bool(flags.image_dir):
        raise UserError("the images are named by --flist or by --image_dir: give one of them")
    follow_checkpoint(flags, flags.checkpoint_dir)
    paths = image_paths(flags.flist or flags.image_dir, guided=flags.guided)
    folder = pathlib.Path(flags.output_dir)
    mask_dir = pathlib.Path(flags.mask_dir or folder / "masks")
    if flags.image_dir:
        _check_apart(flags.image_dir, [folder, mask_dir])
    masks = MaskFolder(mask_dir, len(paths), flags.mask_seed)
    if flags.inception_weights and len(paths) < 2:
        raise UserError("FID needs at least two images, received one")
    load_tensorflow()
    from inpaint.evaluation.fid import Inception
    from inpaint.evaluation.report import contact_sheet, markdown, summary
    from inpaint.evaluation.runner import Evaluation

    inception = Inception(flags.inception_weights) if flags.inception_weights else None
    if inception is None:
        print("note: no FID without --inception_weights")
    if flags.baselines and (missing := missing_baselines()):
        told = ", ".join(f"{name} (pip install {package})" for name, package in missing.items())
        print(f"note: not measured, as their libraries are not installed: {told}")
    methods = _methods(flags)
    settings = {"fid": flags.inception_weights} if flags.inception_weights else {}
    if not flags.mask_dir:
        settings["mask_seed"] = flags.mask_seed
    if flags.guided:
        settings["edge_threshold"] = flags.edge_threshold
    evaluation = Evaluation(
        folder, paths, masks, methods, settings, flags.guided, inception, flags.max_pixels, flags.resize
    )
    steps = evaluation.steps()
    with ProgressBar(len(steps), "steps") as bar:
        for done, step in enumerate(steps, start=1):
            evaluation.run(step, flags.batch_size)
            bar.update(done)
    real_features = evaluation.real_features(flags.batch_size) if inception else None
    found = summary(evaluation, methods, real_features)
    write_whole(folder / "results.json", json.dumps({"images": len(paths), "results": found}, indent=1))
    write_whole(folder / "results.md", markdown(found, len(paths), flags.resize))
    for kind in KINDS:
        sheet = contact_sheet(evaluation, kind, methods, range(min(flags.sheet_images, len(paths))))
        write_image(folder / f"{kind}.jpg", ImageFile(sheet))
    print(f"{folder / 'results.md'}, results.json, and a contact sheet for each kind of mask")


def _check_apart(image_dir, folders):
    """What is written among the images would be taken for images the next time."""
    for folder in folders:
        if folder.resolve().is_relative_to(pathlib.Path(image_dir).resolve()):
            raise UserError(f"{folder} is inside of --image_dir={image_dir}: name a folder outside of it")


def _methods(flags):
    """dict of name -> `Method` that the flags ask for."""
    methods = {"model": _network(flags)}
    if flags.original_dir:
        methods["original"] = _network(flags, flags.original_dir)
    return {**methods, **(baselines() if flags.baselines else {})}


def _network(flags, checkpoint=None):
    inpainter = make_inpainter(flags, checkpoint)
    weights = hashlib.sha256(b"".join(w.tobytes() for w in inpainter.generator.get_weights()))
    padding = inpainter.generator.padding.upper()
    words = f"weights {weights.hexdigest()[:16]}, {flags.precision}, padding {padding}"
    return Method(words, inpainter)
