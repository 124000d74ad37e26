"""A training run: its length, its checkpoints, the devices."""

import dataclasses

from inpaint.errors import UserError
from inpaint.options.filling import fill_size
from inpaint.options.option import Options, option
from inpaint.options.precision import PRECISION

ENDLESS = 100_000_000  # iterations: the original's default, of a run until it is stopped
STRATEGIES = ("auto", "mirrored", "multi_worker", "tpu")


@dataclasses.dataclass(frozen=True)
class RunOptions(Options):
    """Options of a run beside its data, network and recipe."""

    GROUP = "Run"
    COMMON = ("log_dir", "model_restore", "batch_size", "max_iters", "learning_rate", "precision", "val")

    log_dir: str | None = option(
        None,
        "Folder of checkpoints, losses and samples; a run found there is continued. Default: logs/<name "
        "of the training images>, such as logs/photos for --data_flist=photos, or logs/<dataset>.",
    )
    continue_with_other_data: bool = option(
        False, "Go on with a run though its training images are no longer those that it began with."
    )
    model_restore: str = option("", "Checkpoint to start from, this project's, the original's or a file.")
    fill_size: str | None = option(
        None,
        "Default --fill_size of `fill` with this network, saved with its checkpoints: whole, auto or a "
        "number. Default: auto.",
    )
    batch_size: int = option(16, "Images per batch, over all devices.", least=1)
    max_iters: int = option(ENDLESS, "Iterations of the whole run.", least=1)
    learning_rate: float = option(1e-4, "Learning rate of Adam.", least=0)
    precision: str = PRECISION
    val: bool = option(
        False,
        "At each checkpoint, measure the validation images, draw some in TensorBoard, and keep the best "
        "checkpoint in <log_dir>/best.",
    )
    train_spe: int = option(4000, "Iterations between checkpoints.", least=1)
    keep_checkpoints: int = option(5, "Number of newest checkpoints to keep.", least=1)
    val_psteps: int = option(2000, "Iterations between images in TensorBoard.", least=1)
    static_view_size: int = option(30, "Number of validation images that TensorBoard shows.", least=1)
    viz_max_out: int = option(10, "Number of training images that TensorBoard shows.", least=1)
    max_bad_share: float = option(
        0.01, "Stop if more than this share of the images cannot be read.", least=0, most=1
    )
    random_seed: int = option(0, "Seed of weights, crops and masks.", least=0, most=2**32 - 1)
    ema: float = option(
        0.0,
        "Decay per iteration of an exponential mean of the weights, which then fills and is validated: 0.998 "
        "averages about 500 iterations. 0: off.",
        least=0,
        most=1,
    )
    scaled_init: bool = option(
        False,
        "Scale the initial weights of a new gated network so that the signal keeps its size from layer to "
        "layer. It learns faster.",
    )
    freeze_encoder_norm: bool = option(
        False, "Freeze the encoder's batch normalisation, to fine-tune --network=pconv_unet."
    )
    strategy: str = option(
        "auto",
        "Devices to train on: all GPUs of this machine, the machines of TF_CONFIG, or a TPU.",
        choices=STRATEGIES,
    )
    deterministic: bool = option(False, "Make runs on GPUs reproducible; slower.")
    jit_compile: bool = option(False, "Compile the updates with XLA; for GPUs.")

    def recorded(self):
        names = ("batch_size", "precision", "random_seed", "ema", "freeze_encoder_norm")
        return {name: getattr(self, name) for name in names}

    def check(self):
        fill_size(self.fill_size)
        if self.ema == 1:
            raise UserError("--ema must be below 1, received 1: a mean that never moves")
        if self.scaled_init and self.model_restore:
            raise UserError("--scaled_init is for a new network: leave it out, or --model_restore")

    def check_network(self, architecture, network):
        """Raise UserError for options that are not for this network, an `Architecture` and its name."""
        if self.scaled_init and architecture.convolution != "gated":
            raise UserError(f"--scaled_init is for gated convolutions, received --network={network}")
        if self.freeze_encoder_norm and not architecture.has_batch_norm:
            raise UserError(f"--freeze_encoder_norm is for --network=pconv_unet, received {network}")
