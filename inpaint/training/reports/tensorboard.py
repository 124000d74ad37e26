"""What a training run shows in TensorBoard."""

import contextlib

import tensorflow as tf

from inpaint.discriminators.sn_patchgan import FILTERS
from inpaint.errors import as_user_error
from inpaint.models.preprocessing import from_network
from inpaint.ops import flow_image

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
    """Writes scalars and image strips.

    Args:
        log_dir: where TensorBoard looks.
        trainer: the `Trainer` whose `filler` is shown.
        viz_max_out: the most training images drawn.
        validation: a `Validation` whose static view is drawn every time, or None.
    """

    def __init__(self, log_dir, trainer, viz_max_out, validation=None):
        with as_user_error(_WHAT, tf.errors.OpError):
            self._writer = tf.summary.create_file_writer(log_dir)
        self._trainer = trainer
        self._viz_max_out = viz_max_out
        self._validation = validation

    def scalars(self, step, values):
        """Write numbers by the names the `Trainer` and the others give them."""
        named = {_PLACES.get(name, f"losses/{name}"): float(value) for name, value in values.items()}
        with self._writing(step):
            for name, value in named.items():
                tf.summary.scalar(name, value)

    def images(self, step, batch):
        """Write strips of a training batch, and of the static view if there is one."""
        batch = {name: tensor[: self._viz_max_out] for name, tensor in batch.items()}
        strips = {"training": self.strips(batch)}
        if self._validation:
            view = _one_by_one(self._validation.static_view)
            strips["validation"] = tf.concat([self.strips(one) for one in view], 0)
        with self._writing(step):
            for name, pixels in strips.items():
                tf.summary.image(name, pixels, max_outputs=len(pixels))

    @contextlib.contextmanager
    def _writing(self, step):
        """Context whose summaries are of a step; they are in the file when it ends."""
        with as_user_error(_WHAT, tf.errors.OpError), self._writer.as_default(step):
            yield

    def strips(self, batch):
        """`real | incomplete | completed | flow` side by side; the flow is left out where there is none.

        Args:
            batch: dict of tensors as the `Trainer` takes it.

        Returns:
            uint8 [N, H, 4W or 3W, 3], RGB.
        """
        result = self._trainer.forward(batch, self._trainer.filler)
        parts = [batch["image"], result.incomplete, result.completed]
        if result.offsets is not None:
            # The wheel is drawn in RGB, the rest is as the network sees it.
            parts.append(tf.reverse(flow_image(result.offsets, scale=8), axis=[-1]))
        return from_network(tf.concat(parts, axis=2))


def _one_by_one(batch):
    parts = {name: tf.split(tensor, tensor.shape[0]) for name, tensor in batch.items()}
    return [dict(zip(parts, row)) for row in zip(*parts.values())]
