"""Show the page to draw on: `python demo.py`, then open the address that it prints."""

from flags import command  # first: it quietens TensorFlow

# isort: split

import importlib.util
import os
import tempfile

from absl import flags

from flags import filling
from flags.filling import FLAGS
from inpaint.errors import UserError

flags.adopt_module_key_flags(filling)
flags.DEFINE_string("host", "127.0.0.1", "Address to listen on; 0.0.0.0 lets other machines in.")
flags.DEFINE_integer("port", None, "Port to listen on. Default: the first free one from 7860.", 1, 65535)
flags.DEFINE_integer("max_upload_mb", 64, "Largest file that is taken, in megabytes.", 1)
flags.DEFINE_float("keep_minutes", 60, "After so long a visitor's files are removed.", 0.001)


def main():
    if importlib.util.find_spec("gradio") is None:
        raise UserError('the page is made with Gradio, which is not installed: pip install -e ".[demo]"')
    inpainter = filling.inpainter()
    with tempfile.TemporaryDirectory(prefix="inpaint-page-") as folder:
        os.environ["GRADIO_TEMP_DIR"] = folder  # gone with everything in it when the page is
        from inpaint.page.serve import serve

        limits = FLAGS.max_upload_mb, FLAGS.keep_minutes
        serve(inpainter, FLAGS.max_pixels, folder, FLAGS.host, FLAGS.port, *limits)


if __name__ == "__main__":
    command.run(main)
