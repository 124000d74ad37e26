"""The benchmarks run and their numbers agree with each other; how fast they are is not tested."""

import json

import numpy as np
import pytest
from PIL import Image

from benchmarks.measuring.machine import cores
from benchmarks.measuring.measure import MeasureOptions, Setting, measure, report
from benchmarks.measuring.peer import PeerOptions
from inpaint.errors import UserError

pytestmark = pytest.mark.slow

# A peer without PyTorch: it is imported with its neighbours, and checks what it is given.
PEER = """
import numpy as np
import neighbour

def filler(precision):
    assert precision == "float32"
    def fill(image, mask):
        assert image.shape == (64, 72, 3) and image.dtype == mask.dtype == np.uint8
        assert mask.shape == (64, 72) and set(np.unique(mask)) == {0, 255} and mask[24:40, 27:45].all()
        assert (mask > 0).mean() == 1 / 16
        return image
    return fill

def updater(precision, batch_size, size):
    assert (precision, batch_size, size) == ("float32", 1, 136)
    return np.ones(5_000_000).sum
"""


@pytest.fixture
def peer(tmp_path):
    folder = tmp_path / "port"
    folder.mkdir()
    (folder / "neighbour.py").write_text("")
    path = folder / "other.py"
    path.write_text(PEER)
    return path


def results_of(script, path, name, *flags):
    """The results of a benchmark by program, all of them in a list, and what was printed."""
    done = script(f"benchmarks/{name}.py", "--rounds=1", f"--output={path}", *flags)
    assert done.returncode == 0, done.stderr
    written = json.loads(path.read_text())
    machine, results = written["machine"], written["results"]
    assert machine["cores"] == cores() and machine["cpu"] and machine["memory_gb"] > 1
    assert set(machine["versions"]) == {one["program"] for one in results}
    assert set(machine["versions"]["this project"]) >= {"python", "numpy", "tensorflow", "keras"}
    assert len(done.stdout.splitlines()) == 2 + len(results)
    for one in results:
        assert 0 < one["seconds"] and 0 < one["first_cpu_seconds"]
    return {one["program"]: one for one in results}, results, machine


def test_training(script, peer, tmp_path):
    by_name, results, machine = results_of(
        script,
        tmp_path / "training.json",
        "training",
        "--precision=float32",
        "--size=136",
        "--batch_size=1",
        "--repeats=2",
        f"--peer={peer}",
    )
    told = [(one["program"], one["batches"]) for one in results]
    assert told == [("this project", 1), ("this project", 2), ("other", 1), ("input pipeline", 20)]
    for one in results:
        assert one["images_per_second"] == pytest.approx(one["batches"] / one["seconds"], rel=0.02)
    assert by_name["input pipeline"]["seconds"] / 20 < by_name["this project"]["seconds"]
    assert 300 < by_name["this project"]["peak_mb"] < 4000 and 38 < by_name["other"]["peak_mb"] < 200
    assert "tensorflow" not in machine["versions"]["other"]


def test_inference(script, peer, tmp_path):
    by_name, results, _ = results_of(
        script,
        tmp_path / "filling.json",
        "inference",
        "--precision=float32",
        "--sizes=64x72",
        "--repeats=1",
        "--naive",
        f"--peer={peer}",
    )
    assert [one["program"] for one in results] == ["this project", "naive", "other"]
    assert {(one["height"], one["width"], one["precision"]) for one in results} == {(64, 72, "float32")}
    assert {one.get("fill_size") for one in results} == {"whole", None}
    assert 300 < by_name["this project"]["peak_mb"] < 4000 and by_name["other"]["peak_mb"] < 200
    assert by_name["this project"]["first_seconds"] > by_name["this project"]["seconds"]


def test_settings_take_turns(tmp_path, capsys):
    (tmp_path / "program.py").write_text(
        "def writer(path, word):\n"
        "    def write():\n"
        "        print(word, file=open(path, 'a'))\n"
        "        print('progress of a peer')\n"
        "        return [len(word)]\n"
        "    return write\n"
    )
    log = tmp_path / "log"
    ones = [
        Setting(
            {"program": word},
            "writer",
            {"path": str(log), "word": word},
            tmp_path / "program.py",
            warm_up=2,
            saved=tmp_path / f"{word}.npy",
        )
        for word in ("a", "bb")
    ]
    large = np.ones(20_000_000)  # in this process, not in those
    machine, results = measure(ones, MeasureOptions(rounds=2, repeats=3))
    assert max(one["peak_mb"] for one in results) < 100 < large.nbytes >> 20
    assert log.read_text().split() == (["a"] * 5 + ["bb"] * 5) * 2
    assert np.load(tmp_path / "bb.npy") == 2
    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == [
        "1/2 a",
        "1/2 bb",
        "2/2 a",
        "2/2 bb",
    ]
    report(machine, [{"program": "a", "seconds": 1.5}, {"program": "b", "psnr": None}], None)
    assert capsys.readouterr().out.splitlines() == [
        "| program | seconds | psnr |",
        "| --- | --- | --- |",
        "| a | 1.5 |  |",
        "| b |  | None |",
    ]


@pytest.mark.parametrize(
    "flag, message",
    [
        ("--sizes=big", "--sizes must be like 512x680, received 'big'"),
        ("--precision=int8", "--precision must be float32 or mixed_bfloat16 or mixed_float16, received int8"),
        ("--peer=docs", "--peer must be a checkout with model/networks.py, or a Python file for one with "),
        ("--peer_python=python3", "--peer_python needs --peer, without which it has no effect"),
    ],
)
def test_wrong_flags(script, flag, message):
    done = script("benchmarks/inference.py", flag)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {message}") and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "program, reason",
    [
        ("import nowhere", "ModuleNotFoundError: No module named 'nowhere' (PEER, line 1)"),
        ("updater = 1", "AttributeError: module 'program' has no attribute 'filler'"),
        (
            "def filler(precision):\n    return lambda *given: 1 / 0",
            "ZeroDivisionError: division by zero (PEER,",
        ),
        ("raise SystemExit(3)", "it ended with status 3"),
    ],
)
def test_peers_that_fail(program, reason, tmp_path):
    path = tmp_path / "peer.py"
    path.write_text(program)
    options = PeerOptions(peer=str(path), rounds=1)
    with pytest.raises(UserError) as raised:
        measure(options.peer_setting({}, "filler", {"precision": "float32"}), options)
    assert str(raised.value).startswith(
        f"--peer={path} cannot be measured: {reason.replace('PEER', str(path))}"
    )


def test_peers_that_cannot_start(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model/networks.py").write_text("")
    options = PeerOptions(peer=str(tmp_path))
    with pytest.raises(UserError, match=r"(torch|Discriminator)'.* \(.*programs/port.py, line"):
        measure(options.peer_setting({}, "filler", {"precision": "float32"}), options)
    options = PeerOptions(peer=str(tmp_path), peer_python="nothing")
    with pytest.raises(UserError, match="cannot start nothing: No such file"):
        measure(options.peer_setting({}, "filler", {}), options)


def test_plot(script, tmp_path):
    sizes, results, picture = ((64, 64), (64, 128)), tmp_path / "results.json", tmp_path / "plot.png"
    measured = [
        {"program": name, "height": height, "width": width, "precision": "float32", "seconds": width / speed}
        for name, speed in {"this project": 50, "port": 5}.items()
        for height, width in sizes
    ]
    results.write_text(json.dumps({"results": [one | {"peak_mb": 9 * one["seconds"]} for one in measured]}))
    done = script("benchmarks/plot.py", f"--results={results}", f"--output={picture}")
    assert done.returncode == 0, done.stderr
    with Image.open(picture) as drawn:
        colours = dict(map(reversed, drawn.convert("RGB").getcolors(1 << 20)))
    for line in (31, 119, 180), (255, 127, 14):  # the first two of matplotlib
        assert colours[line] > 500
    results.write_text(json.dumps({"results": [{"program": "this project", "batches": 1}]}))
    done = script("benchmarks/plot.py", f"--results={results}", f"--output={picture}")
    assert done.stderr == f"error: --results must be files of inference.py, received {results}\n"
