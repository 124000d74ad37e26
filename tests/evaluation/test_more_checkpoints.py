"""Several checkpoints side by side, each a network of its own."""

import json

import numpy as np
import pytest
from PIL import Image

from inpaint.checkpoints.config import config_of, write_config
from inpaint.checkpoints.formats import tf1
from inpaint.evaluation.mask_sets import fixed_mask
from inpaint.evaluation.metrics import measure
from inpaint.inference.inpainter import Inpainter
from inpaint.models.generator import Generator


@pytest.fixture
def checkpoints(tmp_path):
    """Folders called "partial" and "plain" with checkpoints of such networks."""
    folders = []
    for network in ("partial", "plain"):
        generator = Generator(network=network)
        tf1.save(tmp_path / network, generator)
        write_config(tmp_path / network, config_of(generator))
        folders.append(tmp_path / network)
    return folders


@pytest.mark.slow
def test_each_is_measured_with_its_own_network(in_process, photographs, checkpoints, tmp_path):
    done = in_process(
        *("evaluate", "--images=photographs", "--output_dir=out", "--mask_kind=narrow"),
        f"--more_checkpoints={','.join(map(str, checkpoints))}",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out/results.json").read_text())["results"]
    assert list(found) == ["narrow"] and list(found["narrow"]) == ["model", "partial", "plain"]
    real = np.array(Image.open(photographs / "0.png"))
    mask = fixed_mask("narrow", 0, 0)
    for folder in checkpoints:
        with np.load(tmp_path / f"out/rows/narrow-{folder.name}-000000.npz") as rows:
            measured = dict(zip(rows["metrics"], rows["rows"][0]))
        expected = measure(real, Inpainter.from_checkpoint(folder)(real, mask), mask)
        assert measured["l1_hole"] == pytest.approx(expected["l1_hole"], rel=1e-4)
    assert (tmp_path / "out/narrow.jpg").exists() and not (tmp_path / "out/wide.jpg").exists()


def test_what_cannot_be_told_apart_or_compared(in_process, photographs, checkpoints, tmp_path):
    generator = Generator(guided=True)
    tf1.save(tmp_path / "guided", generator)
    write_config(tmp_path / "guided", config_of(generator))
    tf1.save(tmp_path / "telea", generator)
    for more, message in (
        ("plain,elsewhere/plain", "two methods would be called plain: rename the folder elsewhere/plain"),
        ("telea", "two methods would be called telea: rename the folder telea"),
        ("guided", "all checkpoints must be guided, or none: guided differs from the first"),
        ("missing", "no checkpoint at missing"),
    ):
        done = in_process(
            *("evaluate", "--images=photographs", "--output_dir=out", "--baselines"),
            f"--more_checkpoints={more}",
            cwd=tmp_path,
        )
        assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
        assert message in done.stderr
