"""Measure how well holes are filled: `python evaluate.py --image_dir photos --output_dir results`."""

from flags import command  # first: it quietens TensorFlow

# isort: split

import hashlib
import json
import pathlib

import tensorflow as tf
from absl import flags

from flags import filling
from flags.filling import FLAGS
from inpaint.errors import UserError
from inpaint.evaluation.evaluation import Evaluation
from inpaint.evaluation.fixed_masks import KINDS, MaskFolder
from inpaint.evaluation.inception import Inception
from inpaint.evaluation.methods import Method, baselines
from inpaint.evaluation.report import contact_sheet, markdown, summary
from inpaint.file_lists import picture_paths
from inpaint.picture_files import Picture, write_picture
from inpaint.text_files import write_whole

flags.adopt_module_key_flags(filling)
flags.DEFINE_string("flist", None, "File list of the pictures, a path a line.")
flags.DEFINE_string("image_dir", None, "Folder of the pictures, instead of --flist.")
flags.DEFINE_string(
    "output_dir", None, "Where the results go; what was measured there is not repeated.", required=True
)
flags.DEFINE_bool("resize", False, "Bring pictures to 256 x 256, as for faces, instead of cutting them.")
flags.DEFINE_string("mask_dir", None, "Masks to use, or where new ones go. Default: <output_dir>/masks.")
flags.DEFINE_integer("mask_seed", 0, "Seed of masks that are made.", 0)
flags.DEFINE_integer("batch_size", 8, "Pictures that are filled at once.", 1)
flags.DEFINE_bool("baselines", False, "Also measure OpenCV's Telea and Navier-Stokes, and the mean colour.")
flags.DEFINE_string("original_dir", None, "Also measure this second checkpoint, such as the original's.")
flags.DEFINE_string("inception_weights", None, "InceptionV3 weights without top (.h5): measure FID too.")
flags.DEFINE_integer("sheet_pictures", 6, "Pictures on each contact sheet.", 1)


def main():
    if bool(FLAGS.flist) == bool(FLAGS.image_dir):
        raise UserError("the pictures are named by --flist or by --image_dir: give one of them")
    paths = picture_paths(FLAGS.flist or FLAGS.image_dir, guided=FLAGS.guided)
    folder = pathlib.Path(FLAGS.output_dir)
    mask_dir = pathlib.Path(FLAGS.mask_dir or folder / "masks")
    if FLAGS.image_dir:
        _check_apart(FLAGS.image_dir, [folder, mask_dir])
    masks = MaskFolder(mask_dir, len(paths), FLAGS.mask_seed)
    if FLAGS.inception_weights and len(paths) < 2:
        raise UserError("FID needs at least two pictures, received one")
    inception = Inception(FLAGS.inception_weights) if FLAGS.inception_weights else None
    if inception is None:
        print("note: no FID without --inception_weights")
    methods = _methods()
    settings = {"fid": FLAGS.inception_weights} if FLAGS.inception_weights else {}
    if not FLAGS.mask_dir:
        settings["mask_seed"] = FLAGS.mask_seed
    if FLAGS.guided:
        settings["edge_threshold"] = FLAGS.edge_threshold
    evaluation = Evaluation(
        folder, paths, masks, methods, settings, FLAGS.guided, inception, FLAGS.max_pixels, FLAGS.resize
    )
    steps = evaluation.steps()
    bar = tf.keras.utils.Progbar(len(steps), unit_name="step")
    for step in steps:
        evaluation.run(step, FLAGS.batch_size)
        bar.add(1)
    real_features = evaluation.real_features(FLAGS.batch_size) if inception else None
    found = summary(evaluation, methods, real_features)
    write_whole(folder / "results.json", json.dumps({"pictures": len(paths), "results": found}, indent=1))
    write_whole(folder / "results.md", markdown(found, len(paths), FLAGS.resize))
    for kind in KINDS:
        sheet = contact_sheet(evaluation, kind, methods, range(min(FLAGS.sheet_pictures, len(paths))))
        write_picture(folder / f"{kind}.jpg", Picture(sheet))
    print(f"{folder / 'results.md'}, results.json, and a contact sheet for each kind of mask")


def _check_apart(image_dir, folders):
    """What is written among the pictures would be taken for pictures the next time."""
    for folder in folders:
        if folder.resolve().is_relative_to(pathlib.Path(image_dir).resolve()):
            raise UserError(f"{folder} is inside of --image_dir={image_dir}: name a folder outside of it")


def _methods():
    """dict of name -> `Method` that the flags ask for."""
    methods = {"model": _network(None)}
    if FLAGS.original_dir:
        methods["original"] = _network(FLAGS.original_dir)
    return {**methods, **(baselines() if FLAGS.baselines else {})}


def _network(checkpoint):
    inpainter = filling.inpainter(checkpoint)
    weights = hashlib.sha256(b"".join(w.tobytes() for w in inpainter.generator.get_weights()))
    words = f"weights {weights.hexdigest()[:16]}, {FLAGS.precision}, padding {FLAGS.padding}"
    return Method(words, inpainter)


if __name__ == "__main__":
    command.run(main)
