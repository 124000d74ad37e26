"""Visitors' files go with the server: at its end, or, where it was killed, when the next one starts."""

import os
import subprocess
import sys

import pytest
from support.helpers import ROOT

SERVER = """
import sys
from inpaint.demo.kept.page_folder import page_folder
with page_folder() as folder:
    (folder / "photo").write_text("private")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def start(tmp_path):
    """Start a process that holds a folder: (process, its folder's name)."""
    begun = []

    def run():
        environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        begun.append(subprocess.Popen([sys.executable, "-c", SERVER], env=environment, **pipes))
        return begun[-1], begun[-1].stdout.readline().split("/")[-2]

    yield run
    for process in begun:
        process.kill()
        process.communicate()


def test_folders_of_killed_servers_are_removed_by_the_next(start, tmp_path):
    dead, living = start(), start()
    (tmp_path / "inpaint-page-by-hand").mkdir()  # no lock tells of a server
    dead[0].kill()
    dead[0].wait()
    assert (tmp_path / dead[1] / "photos/photo").read_text() == "private"
    last = start()
    assert sorted(os.listdir(tmp_path)) == sorted([living[1], last[1], "inpaint-page-by-hand"])
    last[0].communicate("")
    assert last[0].returncode == 0
    assert sorted(os.listdir(tmp_path)) == sorted([living[1], "inpaint-page-by-hand"])
