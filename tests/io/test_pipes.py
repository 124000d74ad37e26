"""What is no regular file: pipes are read, everything else is refused, and nothing waits for ever."""

import os
import threading

import numpy as np
import pytest
from PIL import Image

from inpaint.errors import UserError
from inpaint.images.image_files import read_image
from inpaint.io import pipes
from inpaint.lists.file_lists import image_paths


@pytest.fixture
def fifo(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    return tmp_path / "fifo"


@pytest.fixture
def content(tmp_path, rng):
    """(A PNG file's bytes, larger than a pipe's buffer; its pixels.)"""
    pixels = rng.integers(0, 256, (200, 250, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "x.png")
    return (tmp_path / "x.png").read_bytes(), pixels


def test_an_image_that_comes_slowly(fifo, content):
    encoded, pixels = content
    reader_waits, found = threading.Event(), []
    keep_open = os.open(fifo, os.O_RDWR)  # a writer is there, and writes nothing yet
    before = pipes.select.select

    def waits(*arguments):
        reader_waits.set()
        return before(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipes.select, "select", waits)
        reader = threading.Thread(target=lambda: found.append(read_image(fifo).rgb))
        reader.start()
        assert reader_waits.wait(60)
        with open(os.open(fifo, os.O_WRONLY), "wb") as writer:
            os.close(keep_open)
            writer.write(encoded)
        reader.join(60)
    np.testing.assert_array_equal(found[0], pixels)


def test_a_list_from_a_pipe(content, tmp_path):
    reader, writer = os.pipe()
    os.write(writer, f"{tmp_path}/x.png\n".encode())
    os.close(writer)
    assert image_paths(f"/dev/fd/{reader}") == [f"{tmp_path}/x.png"]
    os.close(reader)


def test_nothing_waits_for_a_writer(fifo):
    for read in (read_image, image_paths):
        with pytest.raises(UserError, match="fifo is a pipe from which nothing came: nothing writes to it"):
            read(fifo)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null"])
def test_devices_are_refused(path):
    for read in (read_image, image_paths):
        with pytest.raises(UserError, match=f"{path} is a device or socket: a file or a pipe is needed"):
            read(path)


def test_a_pipe_without_end_is_refused(fifo, monkeypatch):
    monkeypatch.setattr(pipes, "_MOST_BYTES", 1 << 21)
    keep, stop = os.open(fifo, os.O_RDWR), threading.Event()

    def write():
        with open(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK), "wb", buffering=0) as pipe:
            while not stop.is_set():
                pipe.write(bytes(4096))  # None where the pipe is full

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with pytest.raises(UserError, match="more than 2 MB came from the pipe"):
            read_image(fifo)
    finally:
        stop.set()
        writer.join(60)
        os.close(keep)
    with pytest.raises(UserError, match="x has more than 2 MB"):
        large = fifo.with_name("x")
        large.write_bytes(bytes((1 << 21) + 1))
        image_paths(large)
