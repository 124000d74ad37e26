"""What a training run shows in TensorBoard."""

import contextlib

import tensorflow as tf

from inpaint.discriminators.sn_patchgan import FILTERS
from inpaint.errors import as_user_error

# Where numbers are shown that are no losses.
_PLACES = {
    "d_local": "critics/local",
    "d_global": "critics/global",
    "d_loss_real": "hinge/real",
    "d_loss_fake": "hinge/fake",
    "separation": "discriminator/separation",
    "score_real": "discriminator/score_real",
    "score_fake": "discriminator/score_fake",
    **{f"negative_conv{i}": f"negative_activations/conv{i}" for i in range(1, len(FILTERS) + 1)},
    "gan_loss_alpha": "training/gan_loss_alpha",
    "g_gradient": "gradients_at_refined/g_loss",
    "ae_gradient": "gradients_at_refined/ae_loss",
    "d_gradient_norm": "gradient_norms/discriminator",
    "g_gradient_norm": "gradient_norms/generator",
    "learning_rate": "training/learning_rate",
    "discriminator_learning_rate": "training/discriminator_learning_rate",
    "hole_share": "training/hole_share",
    "images_per_second": "speed/images_per_second",
    "input_share": "speed/share_of_time_in_input",
    "l1": "validation/l1_percent",
    "psnr": "validation/psnr",
    "ssim": "validation/ssim",
}
_WHAT = "cannot write TensorBoard's files"


class RunSummaries:
    """Writes scalars and image strips into the folder where TensorBoard looks."""

    def __init__(self, log_dir):
        with as_user_error(_WHAT, tf.errors.OpError):
            self._writer = tf.summary.create_file_writer(log_dir)

    def scalars(self, step, values):
        """Write numbers, a dict of floats, by the names the `Trainer` and the others give them."""
        with self._writing(step):
            for name, value in values.items():
                tf.summary.scalar(_PLACES.get(name, f"losses/{name}"), value)

    def images(self, step, strips):
        """Write what `Strips` draws."""
        with self._writing(step):
            for name, pixels in strips.items():
                tf.summary.image(name, pixels, max_outputs=len(pixels))

    @contextlib.contextmanager
    def _writing(self, step):
        """Context whose summaries are of a step; they are in the file when it ends."""
        with as_user_error(_WHAT, tf.errors.OpError), self._writer.as_default(step):
            yield
