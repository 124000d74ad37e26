"""Draw what happens inside: `python visualize.py --image x.png --mask m.png --output_dir inside`."""

from flags import command  # first: it quietens TensorFlow

# isort: split

import pathlib

from absl import flags

from flags import filling, one_picture
from flags.filling import FLAGS
from inpaint.errors import telling
from inpaint.fill_files import load
from inpaint.look_inside import LAYERS, flow_key, gate_key, look_inside
from inpaint.picture_files import Picture, write_picture

flags.adopt_module_key_flags(one_picture)
flags.DEFINE_string("output_dir", None, "The folder that the pictures are written to.", required=True)
flags.DEFINE_list("layers", list(LAYERS), "Gated convolutions whose gates are drawn.")


def main():
    folder = pathlib.Path(FLAGS.output_dir)
    picture, mask, sketch = load(one_picture.job(output=None), FLAGS.max_pixels)
    inside = look_inside(filling.inpainter(), picture.rgb, mask, sketch, FLAGS.layers)
    with telling(f"cannot make the folder {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
    for name, pixels in {**inside.named(), "gate_key": gate_key(), "flow_key": flow_key()}.items():
        write_picture(folder / f"{name}.png", Picture(pixels))
        print(folder / f"{name}.png")


if __name__ == "__main__":
    command.run(main)
