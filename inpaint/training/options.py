"""The options of a run. Known before TensorFlow is imported."""

import dataclasses

STRATEGIES = ("auto", "mirrored", "multi_worker", "tpu")


@dataclasses.dataclass(frozen=True)
class RunOptions:
    """Names as in the original's options; what they mean stands in `train.py --help`."""

    log_dir: str
    model_restore: str = ""
    batch_size: int = 16
    seed: int = 0
    max_iters: int = 100_000_000
    train_spe: int = 4000
    keep_checkpoints: int = 5
    keep_every_hours: float = 0.0
    max_bad_share: float = 0.01
    stall_seconds: float = 60.0
    val_psteps: int = 2000
    viz_max_out: int = 10
