"""What a run leaves in its folder for people to look at."""

import sys
import types

import numpy as np
import pytest
from PIL import Image

from inpaint.errors import UserError
from inpaint.training.reports.losses import LossTable, draw_losses
from inpaint.training.reports.strips import write_strips


def test_a_row_for_each_report(tmp_path):
    path = tmp_path / "losses.csv"
    table = LossTable(path, 0)
    table.add(10, {"d_loss": 1.0, "g_loss": 0.123456789})
    table.add(20, {"d_loss": 0.5, "g_loss": 2e-9})
    table.add(30, {"d_loss": 0.25, "psnr": 21.5})
    table.add(40, {"g_loss": -1.0})
    assert path.read_text() == (
        "iteration,d_loss,g_loss,psnr\n10,1,0.123457,\n20,0.5,2e-09,\n30,0.25,,21.5\n40,,-1,\n"
    )
    assert table.rows()[2] == {"iteration": 30, "d_loss": 0.25, "psnr": 21.5}


def test_it_is_the_table_of_one_run(tmp_path):
    path = tmp_path / "losses.csv"
    path.write_text("iteration,d_loss,psnr\n10,1.0,\n20,0.5,21.5\n30,0.4,\n40,0.")  # killed in the middle
    LossTable(path, 20).add(25, {"d_loss": 0.75})
    assert path.read_text() == "iteration,d_loss,psnr\n10,1,\n20,0.5,21.5\n25,0.75,\n"
    LossTable(path, 0).add(1, {"g_loss": 3.0})
    assert path.read_text() == "iteration,g_loss\n1,3\n"


@pytest.mark.parametrize("content", [b"step,loss\n1,2\n", b"iteration,x\none,2\n", b"iteration,x\n1,\xff\n"])
def test_a_file_of_somebody_elses_stays(tmp_path, content):
    (tmp_path / "losses.csv").write_bytes(content)
    with pytest.raises(UserError, match="losses.csv is no table of a run's losses: remove it$"):
        LossTable(tmp_path / "losses.csv", 0)
    assert (tmp_path / "losses.csv").read_bytes() == content


def test_a_table_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(UserError, match="^cannot write .*gone/losses.csv: No such file or directory$"):
        LossTable(tmp_path / "gone/losses.csv", 0).add(1, {"d_loss": 1.0})


ROWS = [
    {"iteration": 1, "d_loss": 1.0},
    {"iteration": 2, "d_loss": 0.5, "g_loss": 3.0, "psnr": 20.0, "l1": 4},
]


class Figure:
    """In the place of Matplotlib's: remembers what is drawn."""

    def __init__(self, **options):
        self.drawn, self.labels = {}, []

    def add_subplot(self, *place):
        return self

    def plot(self, x, y, label, **options):
        self.drawn[label] = (x, y)

    def savefig(self, file, format):
        file.write(repr(self.drawn).encode())

    def __getattr__(self, name):
        return lambda *arguments: None


def test_losses_are_drawn_over_the_iterations(tmp_path, monkeypatch):
    module = types.ModuleType("matplotlib")
    module.__spec__, module.__path__ = types.SimpleNamespace(), []
    module.figure = types.ModuleType("matplotlib.figure")
    module.figure.Figure = Figure
    monkeypatch.setitem(sys.modules, "matplotlib", module)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", module.figure)
    draw_losses(ROWS, tmp_path / "losses.png")
    drawn = {"d_loss": ((1, 2), (1.0, 0.5)), "g_loss": ((2,), (3.0,)), "psnr": ((2,), (20.0,))}
    assert (tmp_path / "losses.png").read_text() == repr(drawn)


def test_they_are_drawn_by_matplotlib(tmp_path):
    pytest.importorskip("matplotlib")
    for rows, height in ((ROWS, 800), (ROWS[:1], 400)):
        draw_losses(rows, tmp_path / "losses.png")
        image = Image.open(tmp_path / "losses.png").convert("RGB")
        assert image.size == (800, height) and len(image.getcolors(1 << 20)) > 10


def test_without_matplotlib_nothing_is_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    draw_losses(ROWS, tmp_path / "losses.png")
    assert not list(tmp_path.iterdir())


def test_strips_lie_one_below_the_other(tmp_path):
    strips = {
        "training": np.full((2, 8, 32, 3), 200, np.uint8),
        "validation": np.zeros((1, 8, 32, 3), np.uint8),
    }
    write_strips(tmp_path / "samples/000020.jpg", strips)
    image = np.asarray(Image.open(tmp_path / "samples/000020.jpg"))
    assert image.shape == (24, 32, 3) and image[:8].max() < 5 and image[8:].min() > 195
    write_strips(tmp_path / "samples/000040.jpg", {"training": np.zeros((40, 2048, 8, 3), np.uint8)})
    assert Image.open(tmp_path / "samples/000040.jpg").size == (8, 31 * 2048)
