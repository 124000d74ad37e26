"""Hostile files by the thousand: each is read, or refused in one line, and nothing is half-written.

Hypothesis draws the files, the same in every run, and counts them: `pytest --hypothesis-show-statistics`.
"""

import functools
import io
import pathlib
import resource
import tempfile
import warnings

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from support import safetensors_writer, torch_writer
from support.encoders import chunk, png, tiff

from inpaint.checkpoints import native
from inpaint.checkpoints.locate import find
from inpaint.errors import UserError
from inpaint.images.image_files import image_size, read_image, write_image
from inpaint.images.mask_files import read_mask
from inpaint.images.mask_rule import MaskRule
from inpaint.inference.arguments import checked
from inpaint.inference.fill_list import Failures, fill_list, read_jobs
from inpaint.inference.pictures import as_levels
from inpaint.io import safetensors_file, torch_file

pytestmark = pytest.mark.slow

FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP", "PPM")
DEEP = ("TIFF 10", "TIFF 12", "TIFF 16", "TIFF signed", "PNG 16", "PGM 16")
SUFFIX = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "TIFF": ".tif"}
MAX_PIXELS = 1 << 16
MEMORY = 1 << 30  # bytes that a test may take, far above what images of this size need


def many(count):
    """Settings for `count` inputs, always the same ones, each of which may take two seconds."""
    return hypothesis.settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=2000,
        suppress_health_check=list(hypothesis.HealthCheck),
    )


@functools.cache
def encoded(format):
    """Files with the same 24 x 16 pixels and all the metadata that a format has."""
    pixels = np.random.default_rng(0).integers(0, 256, (16, 24, 3), dtype=np.uint8)
    deep = pixels[..., 0].astype(np.uint16)
    if format == "PNG 16":
        key = chunk(b"tRNS", deep[0, 0].astype(">u2").tobytes())
        return png([row.astype(">u2").tobytes() for row in deep], 24, 16, 0, [key])
    if format == "PGM 16":
        return b"P5 24 16 65535\n" + deep.astype(">u2").tobytes()
    if format in DEEP:
        bits = 16 if format == "TIFF signed" else int(format[-2:])
        return tiff(deep, bits, deflate=bits == 12, signed=format == "TIFF signed", orientation=6)
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Maker", 6
    exif.get_ifd(0x8769).update({0x927C: b"a maker's note"})
    exif.get_ifd(0x8825).update({1: "N", 2: (1.0, 2.0, 3.0)})
    xmp = b'<x xmlns:h="http://ns.adobe.com/hdr-gain-map/1.0/" h:Version="1.0"><h:a>b</h:a></x>'
    file = io.BytesIO()
    info = PngInfo()
    info.add(b"gAMA", bytes(4))
    info.add_text("Title", "text", zip=True)
    options = {"pnginfo": info} if format == "PNG" else {}
    Image.fromarray(pixels).save(file, format, exif=exif, dpi=(72, 72), xmp=xmp, **options)
    return file.getvalue()


@st.composite
def damaged(draw, original):
    """A file's bytes, some of them changed, removed, repeated or cut off, mostly near its beginning."""
    data = bytearray(original)
    for _ in range(draw(st.integers(1, 4))):
        reach = draw(st.sampled_from((16, 64, 256, len(data))))
        at = draw(st.integers(0, max(min(reach, len(data)) - 1, 0)))
        kind = draw(st.sampled_from(("set", "number", "remove", "repeat", "cut")))
        if kind == "set":
            data[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
        elif kind == "number":  # sizes and offsets at the edges of their types
            value = draw(st.sampled_from((0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)))
            order, length = draw(st.sampled_from(("big", "little"))), 2 if value <= 0xFFFF else 4
            data[at : at + length] = value.to_bytes(length, order)
        elif kind == "remove":
            del data[at : at + draw(st.integers(1, 40))]
        elif kind == "repeat":
            data[at:at] = data[at : at + draw(st.integers(1, 40))]
        else:
            del data[at:]
    return bytes(data)


@st.composite
def image_files(draw):
    """(format, bytes) of an image, damaged or whole, or of anything else."""
    format = draw(st.sampled_from(FORMATS + DEEP))
    content = draw(st.one_of(damaged(encoded(format)), st.just(encoded(format)), st.binary(max_size=300)))
    return format, content


@pytest.fixture(autouse=True)
def bounded_memory():
    """No file may take memory out of proportion to what is allowed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        yield
        assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < MEMORY


def one_line(error):
    return isinstance(error, UserError) and str(error).isprintable()


@many(4000)
@hypothesis.given(image_files())
def test_images(file):
    _, content = file
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "x"
        path.write_bytes(content)
        for read in (read_image, image_size, read_mask):
            try:
                read(path, MAX_PIXELS)
            except UserError as error:
                assert one_line(error)
        assert [p.name for p in path.parent.iterdir()] == ["x"]


class Gray:
    """An inpainter that paints holes gray."""

    class generator:
        guided = False

    def __call__(self, images, masks, sketches=None):
        return np.where(masks[..., None] > 0, np.uint8(128), images)


NAMES = ("a", "b", "m", "gone", "a/b", "..", ".", "", "x" * 300, "\x1b[2J", "\udcff", "ä ö", '"a')
fields = st.sampled_from([f"{name}{suffix}" for name in NAMES for suffix in ("", ".png", ".jpg", ".TIF")])
separators = st.sampled_from((" ", "\t", "  ", " \t"))
lines = st.one_of(
    st.lists(fields, max_size=4).flatmap(lambda f: separators.map(lambda s: s.join(f))), st.text(max_size=40)
)


rules = st.builds(
    MaskRule, st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.integers(-3, 3), st.booleans()
)


@many(1500)
@hypothesis.given(
    st.lists(lines, max_size=6),
    st.binary(max_size=20),
    st.tuples(*[image_files()] * 3),
    st.sampled_from(("utf-8", "utf-8", "utf-8-sig", "utf-16")),
    rules,
)
def test_lists_of_damaged_images(list_of_lines, junk, files, encoding, rule):
    """Outputs are whole or not there; what is reported as filled is there."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = pathlib.Path(name)
        patch.chdir(folder)
        for stem, (format, content) in zip("abm", files):
            (folder / f"{stem}{SUFFIX.get(format, '.png')}").write_bytes(content)
        before = set(folder.rglob("*"))
        text = "\n".join(
            [
                "a.png m.png 1.png",
                '"a.png" m.png "4 5.png"',
                "b.jpg m.png 2.jpg",
                *list_of_lines,
                "a.png a.png 3.tif",
            ]
        )
        if encoding == "utf-8":
            content = junk + text.encode(errors="surrogateescape")
        else:
            content = text.encode(encoding, "surrogatepass") + junk
        (folder / "list.txt").write_bytes(content)
        failures = Failures(lambda line: None)
        try:
            jobs = read_jobs("list.txt", False, failures, rule=rule)
        except UserError as error:
            assert one_line(error)
            return
        fill_list(Gray(), jobs, 4, failures, max_pixels=MAX_PIXELS, say=lambda line: None)
        for job in jobs:
            if job.line not in failures.lines:
                assert read_image(job.output).rgb.size
        written = set(folder.rglob("*")) - before - {folder / "list.txt"}
        assert written <= {(folder / job.output).resolve() for job in jobs}


arrays = st.builds(
    lambda shape, dtype, values: np.resize(np.array(values), shape).astype(dtype),
    st.lists(st.integers(0, 5), max_size=5).map(tuple),
    st.sampled_from([bool, np.uint8, np.int16, np.float16, np.float64, np.complex64, object, "U3"]),
    st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0, 127.0, 255.0, 256.0, -1.0, 1e30]), min_size=1, max_size=9),
)
others = st.one_of(st.none(), st.text(max_size=5), st.integers(), st.lists(st.lists(st.integers(0, 1))))


@many(3000)
@hypothesis.given(st.one_of(arrays, others), st.one_of(arrays, others), st.one_of(st.none(), arrays))
def test_arguments(image, mask, sketch):
    with np.errstate(all="ignore"):
        for given_image in (image, np.zeros((4, 5, 3), np.uint8), np.zeros((2, 4, 5, 3), np.uint8)):
            try:
                levels, like = as_levels(given_image)
                found = checked(levels, mask, sketch)
                back = like(levels, found[1] > 0)
            except UserError as error:
                assert one_line(error)
            else:
                assert found[0].dtype == np.uint8 and found[1].shape == (*found[0].shape[:3], 1)
                assert set(np.unique(found[1])) <= {0, 1}
                assert (back.shape, back.dtype) == (np.shape(given_image), np.asarray(given_image).dtype)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A small checkpoint: (its variables, prefix, the bytes of its index)."""
    variables = {f"v{i}": tf.Variable(np.arange(50.0) + i) for i in range(3)}
    prefix = tf.train.Checkpoint(generator=variables).write(str(tmp_path_factory.mktemp("c") / "snap-1"))
    return variables, prefix, pathlib.Path(f"{prefix}.index").read_bytes()


@many(1500)
@hypothesis.given(data=st.data())
def test_indices_of_checkpoints(checkpoint, data):
    variables, prefix, whole = checkpoint
    index = pathlib.Path(f"{prefix}.index")
    index.write_bytes(data.draw(damaged(whole)))
    try:
        native.has_part(find(index.parent), "generator")
        with native.readable(prefix):
            tf.train.Checkpoint(generator=variables).restore(prefix).expect_partial()
    except UserError as error:
        assert one_line(error)
    finally:
        index.write_bytes(whole)


@many(1500)
@hypothesis.given(st.binary(max_size=60))
def test_what_names_a_checkpoint(content):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "checkpoint").write_bytes(b'model_checkpoint_path: "' + content + b'"')
        with pytest.raises(UserError) as told:
            find(folder)
        assert one_line(told.value)


@functools.cache
def network_file(format):
    """(what reads it, its bytes) of a file with two arrays."""
    arrays = {
        "a.weight": np.arange(24.0, dtype=np.float32).reshape(2, 3, 4),
        "a.bias": np.ones(3, np.float32),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "x"
        if format == "safetensors":
            safetensors_writer.write(path, arrays)
            return safetensors_file.read_arrays, path.read_bytes()
        tree = {"G": torch_writer.tensors_of(arrays), "n_iter": 3}
        (torch_writer.write_archive if format == "archive" else torch_writer.write_sequence)(path, tree)
        return torch_file.read_arrays, path.read_bytes()


@many(4000)
@hypothesis.given(st.sampled_from(("archive", "sequence", "safetensors")), st.data())
def test_network_files(format, data):
    read, whole = network_file(format)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "x"
        path.write_bytes(data.draw(damaged(whole)))
        try:
            assert all(array.nbytes <= len(whole) for array in read(path).values())
        except UserError as error:
            assert one_line(error)


def test_what_is_read_can_be_written(tmp_path):
    for format in FORMATS + DEEP:
        (tmp_path / "x").write_bytes(encoded(format))
        for suffix in SUFFIX.values():
            write_image(tmp_path / f"y{suffix}", read_image(tmp_path / "x"))
            assert read_image(tmp_path / f"y{suffix}").size == read_image(tmp_path / "x").size
