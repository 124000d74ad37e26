"""One process for long, with threads; forks of it, and processes that it starts."""

import concurrent.futures
import subprocess
import sys

import numpy as np
import pytest
from support.helpers import ROOT

_BEGIN = """
import multiprocessing, os, pathlib, signal, sys
import numpy as np
sys.path.insert(0, sys.argv[1])
from inpaint import Inpainter, UserError

def problem(seed, least=40, most=120):
    rng = np.random.default_rng(seed)
    height, width = rng.integers(least, most, 2)
    mask = np.zeros((height, width), np.uint8)
    mask[height // 4 : height // 2, width // 4 : width // 2] = 1
    return rng.integers(0, 256, (height, width, 3), dtype=np.uint8), mask
"""
_FORK = """
inpainter = Inpainter.from_checkpoint()
if os.fork() == 0:
    signal.alarm(120)  # ends what waits for ever
    for attempt in (lambda: inpainter(*problem(1)), Inpainter.from_checkpoint):
        try:
            attempt()
        except UserError as error:
            print(error, flush=True)
    os._exit(0)
os.wait()
"""
_SPAWN = """
def fill(seed):
    return int(Inpainter.from_checkpoint()(*problem(seed)).sum())

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.map(fill, range(3))
    assert found == [fill(seed) for seed in range(3)], found
"""
_LONG = """
def resident():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20

inpainter = Inpainter.from_checkpoint(fill_size=sys.argv[2])
sizes = []
for seed in range(500):
    image, mask = problem(seed, 16, 200)
    filled = inpainter(image, mask)
    assert (filled[mask == 0] == image[mask == 0]).all()
    sizes.append(resident())
print(max(sizes[:200]), max(sizes))
"""


def run(tmp_path, text, *arguments):
    (tmp_path / "script.py").write_text(_BEGIN + text)
    command = [sys.executable, tmp_path / "script.py", ROOT, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_a_fork_is_told_instead_of_waiting_for_ever(tmp_path):
    told = run(tmp_path, _FORK).splitlines()
    assert len(told) == 2 and all("does not work in a fork" in line and "spawn" in line for line in told)


def test_threads_share_an_inpainter(as_it_comes, rng):
    images = [rng.integers(0, 256, (40 + 8 * i, 64, 3), dtype=np.uint8) for i in range(6)]
    masks = [np.zeros(image.shape[:2], bool) for image in images]
    for mask in masks:
        mask[10:30, 12:40] = True
    alone = [as_it_comes(*each) for each in zip(images, masks)]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for found, expected in zip(pool.map(as_it_comes, images * 4, masks * 4), alone * 4):
            assert np.abs(found.astype(int) - expected).max() <= 1


@pytest.mark.slow
def test_processes_that_are_started_anew_fill_alike(tmp_path):
    run(tmp_path, _SPAWN)


@pytest.mark.slow
@pytest.mark.parametrize("fill_size", ["whole", "auto"])
def test_memory_stays_in_a_long_life(tmp_path, fill_size):
    after_200, after_500 = map(int, run(tmp_path, _LONG, fill_size).split())
    assert after_500 - after_200 < 40  # MB
