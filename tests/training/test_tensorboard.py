"""What stops TensorBoard's files from being written is told; an error in what they show is not."""

import pytest
import tensorflow as tf

from inpaint.errors import UserError
from inpaint.training.reports.run_reports import RunReports
from inpaint.training.reports.tensorboard import RunSummaries


class Broken:
    """In the place of a trainer: its strips cannot be computed."""

    filler = None

    def forward(self, *inputs):
        raise ValueError("dimensions must be equal")


def test_files_that_cannot_be_written_are_told(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="^cannot write TensorBoard's files: (?i:.*not a directory)"):
        RunSummaries(str(tmp_path / "file"))

    def full():
        raise tf.errors.ResourceExhaustedError(None, None, "events.v2; No space left on device")

    summaries = RunSummaries(str(tmp_path / "run"))
    monkeypatch.setattr(summaries._writer, "flush", full)
    with pytest.raises(UserError, match="^cannot write TensorBoard's files: .* No space left on device$"):
        summaries.scalars(1, {"l1": 2.5})


def test_errors_of_ours_come_through(tmp_path):
    reports = RunReports(str(tmp_path), 0, Broken(), 1)
    with pytest.raises(ValueError, match="^dimensions must be equal$"):
        reports.images(1, {"image": tf.zeros([1, 8, 8, 3]), "mask": tf.zeros([1, 8, 8, 1])})
    with pytest.raises(TypeError):  # no number
        reports.scalars(1, {"l1": tf.zeros([2])})
