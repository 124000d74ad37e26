"""Which files of a folder are images, for every command."""

import os

import pytest
from PIL import Image

from inpaint.errors import Note, UserError
from inpaint.images.image_files import read_image
from inpaint.lists.file_lists import image_paths, job_fields, read_lines


@pytest.fixture
def folder(tmp_path):
    """`photographs/`, with a function that puts an image there: put("a.png")."""
    root = tmp_path / "photographs"

    def put(*names):
        for name in names:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (8, 8)).save(root / name, None if "." in name[1:] else "PNG")
        return root

    return put


def names(root, **options):
    return sorted(os.path.relpath(path, root) for path in image_paths(root, **options))


def test_every_format_that_is_read_is_taken(folder):
    suffixes = "png jpg jpeg jfif jpe webp tif tiff bmp dib gif avif jp2 j2k ppm pcx tga qoi sgi".split()
    taken = [f"{suffix}.{suffix}" for suffix in suffixes] + ["big.PNG"]
    root = folder(*taken)
    Image.new("L", (8, 8)).save(root / "gray.pgm")
    assert names(root) == sorted([*taken, "gray.pgm"])
    assert all(read_image(path).rgb.any() == 0 for path in image_paths(root))


def test_what_is_left_out_is_counted(folder):
    hidden = [".a.png", ".ipynb_checkpoints/a.png", ".thumbnails/x/a.png", "b/@eaDir/a.png", "__MACOSX/a.png"]
    root = folder("a.png", "b/c.png", "b/c_edge.jpg", *hidden)
    (root / "b/@eaDirectory.png").write_bytes((root / "a.png").read_bytes())
    for name in ("notes.txt", "b/more.TXT", "raw.cr2"):
        (root / name).write_text("no image")
    (root / "gone.png").symlink_to("nowhere.png")
    (root / "self.png").symlink_to("self.png")
    with pytest.warns(Note, match="photographs: 3 images; left out: 5 hidden files or folders, ") as told:
        assert names(root) == ["a.png", "b/@eaDirectory.png", "b/c.png"]
    assert set(str(told[0].message).split(": ")[-1].split(", ")[1:]) == {
        "2 .txt files",
        "2 broken links or devices",
        "1 .cr2 files",
        "1 sketches beside their images",
    }


def test_a_hidden_folder_that_is_named_is_read(folder):
    root = folder(".hidden/a.png")
    assert names(root / ".hidden") == ["a.png"]


def test_links_are_followed_and_loops_end(folder, tmp_path):
    root = folder("a.png", "../elsewhere/x/b.png", "../elsewhere/c.png", "z/d.png")
    (root / "0link").symlink_to(tmp_path / "elsewhere")
    (root / "file.png").symlink_to(tmp_path / "elsewhere" / "c.png")
    (root / "again.png").symlink_to("a.png")
    (root / "0z").symlink_to("z")
    (root / "z" / "up").symlink_to("..")
    (tmp_path / "elsewhere" / "back").symlink_to(root)
    told = "4 images; left out: 5 links to what is there already"
    with pytest.warns(Note, match=told):
        assert names(root) == ["0link/c.png", "0link/x/b.png", "a.png", "z/d.png"]


def test_only_what_has_an_image_beside_it_is_a_sketch(folder):
    root = folder("cliff_edge.jpg", "a.webp", "a_edge.jpg", "b_edge.png", "sub/a.png", "sub/b_edge.jpg")
    with pytest.warns(Note, match="5 images; left out: 1 sketches beside their images"):
        assert names(root) == ["a.webp", "b_edge.png", "cliff_edge.jpg", "sub/a.png", "sub/b_edge.jpg"]


def test_nothing_is_told_where_nothing_is_left_out(folder, recwarn):
    assert names(folder("a.png", "b/c.jpg")) == ["a.png", "b/c.jpg"]
    assert not recwarn


def test_a_folder_without_images_tells_what_it_has(folder):
    root = folder(".a.png")
    (root / "x.cr2").write_text("raw")
    with pytest.raises(UserError, match="no images in .*: there are 1 hidden files or folders, 1 .cr2 files"):
        image_paths(root)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_of_lists(tmp_path, encoding):
    text = "\N{BYTE ORDER MARK}" * encoding.startswith("utf-16-") + "ä b.png\r\n麦.png\r\n"
    (tmp_path / "x.flist").write_bytes(text.encode(encoding))
    assert read_lines(tmp_path / "x.flist") == ["ä b.png", "麦.png"]


def test_names_that_are_not_utf8(tmp_path):
    name = os.fsdecode(bytes(tmp_path) + b"/caf\xe9.png")
    Image.new("L", (2, 2)).save(name)
    (tmp_path / "x.flist").write_bytes(os.fsencode(name) + b"\n")
    assert image_paths(tmp_path / "x.flist") == [name]
    assert read_image(name).gray
    with pytest.raises(UserError, match=r"gone\\udce9.png") as told:
        read_image(name.replace("caf", "gone"))
    assert str(told.value).isprintable()


@pytest.mark.parametrize(
    "line, fields",
    [
        ("a b c", ["a", "b", "c"]),
        ('"a b.png" m.png "c d.png"', ["a b.png", "m.png", "c d.png"]),
        ("a b\tm\tc d", ["a b", "m", "c d"]),
        ('"a b"\tm\tc', ["a b", "m", "c"]),
        ('a"b c"d e', ['a"b', 'c"d', "e"]),
        ("it's b's c's", ["it's", "b's", "c's"]),
        ('"a b c', ['"a', "b", "c"]),
        ('"a b" c', None),
        ("a b", None),
        ("a b c d", None),
    ],
)
def test_fields_of_a_line(line, fields):
    assert job_fields(line) == fields


def test_quotes_around_the_paths_of_a_list(tmp_path):
    Image.new("L", (2, 2)).save(tmp_path / "a b.png")
    (tmp_path / "x.flist").write_text(f'"{tmp_path}/a b.png"\n')
    assert image_paths(tmp_path / "x.flist") == [f"{tmp_path}/a b.png"]
