"""Masks, metrics and reports of an evaluation against values worked out by hand; the command itself."""

import json

import cv2
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from inpaint.checkpoints.formats import tf1
from inpaint.errors import UserError
from inpaint.evaluation import baselines
from inpaint.evaluation.baselines import Method, mean_colour, navier_stokes, telea
from inpaint.evaluation.fid import frechet_distance
from inpaint.evaluation.mask_sets import KINDS, SHARES, MaskFolder, fixed_mask
from inpaint.evaluation.metrics import METRICS, measure
from inpaint.evaluation.report import contact_sheet, markdown, summary
from inpaint.evaluation.runner import CHUNK, Evaluation


def test_masks():
    masks = {kind: [fixed_mask(kind, 7, i) for i in range(40)] for kind in KINDS}
    centre = np.zeros((256, 256), np.uint8)
    centre[64:192, 64:192] = 1
    for i in range(40):
        np.testing.assert_array_equal(masks["centre_box"][i], centre)
        rows, columns = np.nonzero(masks["random_box"][i])
        assert masks["random_box"][i].sum() == (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
        assert 96 <= np.ptp(rows) + 1 <= 128 and 96 <= np.ptp(columns) + 1 <= 128
        for kind, (least, most) in SHARES.items():
            assert least < masks[kind][i].mean() <= most
    for kind in set(KINDS) - {"centre_box"}:
        assert len({mask.tobytes() for mask in masks[kind]}) == 40
        assert (fixed_mask(kind, 8, 0) != masks[kind][0]).any()


def test_masks_are_the_same_for_everybody():
    assert {kind: int(fixed_mask(kind, 0, 0).sum()) for kind in KINDS} == {
        "centre_box": 16384,
        "random_box": 10560,
        "free_form": 12292,
        "box_and_free_form": 18117,
        "narrow": 5169,
        "medium": 16225,
        "wide": 19432,
    }


def test_masks_are_kept_as_files(tmp_path):
    made = MaskFolder(tmp_path, 3, seed=5)
    lines = (tmp_path / "wide.flist").read_text().splitlines()
    assert lines == ["wide/00000.png", "wide/00001.png", "wide/00002.png"]
    np.testing.assert_array_equal(made.mask("wide", 2), fixed_mask("wide", 5, 2))
    (tmp_path / "wide.flist").write_text("wide/00002.png\nwide/00000.png\nwide/00001.png\n")
    again = MaskFolder(tmp_path, 3, seed=6)  # what is there counts
    np.testing.assert_array_equal(again.mask("wide", 0), fixed_mask("wide", 5, 2))
    with pytest.raises(UserError, match="lists 3 masks for 4 images"):
        MaskFolder(tmp_path, 4, seed=5)
    Image.new("L", (20, 256)).save(tmp_path / "wide/00002.png")
    with pytest.raises(UserError, match="must be 256 x 256 and have a hole"):
        again.mask("wide", 0)


def test_metrics():
    real = np.full((40, 50, 3), 100, np.uint8)
    mask = np.zeros((40, 50), np.uint8)
    mask[10:20, 10:30] = 1  # a tenth
    filled = real.copy()
    filled[10:20, 10:30] = 151  # 0.2 more
    found = measure(real, filled, mask)
    assert list(found) == list(METRICS)
    expected = {"l1": 2, "l2": 0.4, "psnr": -10 * np.log10(0.004)}
    expected.update({"l1_hole": 20, "l2_hole": 4, "psnr_hole": -10 * np.log10(0.04)})
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-9)
    ssim = tf.image.ssim(*(tf.constant(x[None]) for x in (real, filled)), max_val=255)[0]
    np.testing.assert_allclose(found["ssim"], ssim, rtol=1e-5)
    # Flat patches: all that differs is the mean. (2 m n + c) / (m^2 + n^2 + c), c = 0.01^2.
    m, n = 100 / 255, 151 / 255
    inner = (2 * m * n + 1e-4) / (m**2 + n**2 + 1e-4)
    assert found["ssim_hole"] < found["ssim"] and found["ssim_hole"] < inner + 0.01


def test_metrics_of_equal_images(rng):
    real = rng.integers(0, 256, (30, 30, 3), dtype=np.uint8)
    mask = np.eye(30)
    mask[10:20, 10:20] = 1
    found = measure(real, real, mask)
    expected = {"l1": 0, "l2": 0, "psnr": 100, "ssim": 1, "sharpness": 1, "swd": 0}
    for name, value in found.items():
        np.testing.assert_allclose(value, expected[name.removesuffix("_hole")])
    corner = np.zeros((30, 30))
    corner[0, 0] = 1  # no window has its middle there
    assert measure(real, 255 - real, corner)["ssim_hole"] == measure(real, 255 - real, corner)["ssim"]


def test_frechet_distance(rng):
    """Of two normal distributions with diagonal covariances: |m - n|^2 + sum (s - t)^2."""
    base = rng.normal(size=(5000, 3))
    base = (base - base.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(base, rowvar=False))).T
    s, t = np.array([1.0, 2.0, 0.5]), np.array([3.0, 2.0, 1.0])
    distance = frechet_distance(base * s, base * t + [1, 0, 2])
    np.testing.assert_allclose(distance, 5 + 4 + 0 + 0.25, rtol=1e-6)
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    np.testing.assert_allclose(frechet_distance(base * s @ turn, (base * t + [1, 0, 2]) @ turn), distance)
    assert abs(frechet_distance(base[:2], base[:2])) < 1e-9


def test_baselines(rng):
    image = rng.integers(0, 256, (20, 30, 3), dtype=np.uint8)
    mask = np.zeros((20, 30), np.uint8)
    mask[5:9, 6:12] = 1
    for fill in (telea, navier_stokes, mean_colour):
        filled = fill(image, mask)
        np.testing.assert_array_equal(filled[mask == 0], image[mask == 0])
    expected = np.round(image[mask == 0].mean(axis=0))
    np.testing.assert_array_equal(mean_colour(image, mask)[6, 7], expected)
    np.testing.assert_array_equal(telea(image, mask), cv2.inpaint(image, mask, 3, cv2.INPAINT_TELEA))
    np.testing.assert_array_equal(navier_stokes(image, mask), cv2.inpaint(image, mask, 3, cv2.INPAINT_NS))


def test_xphoto_is_given_the_known_pixels(rng, monkeypatch):
    """Its masks are the other way round; what it does to known pixels is not taken over."""
    image = rng.integers(0, 256, (20, 30, 3), dtype=np.uint8)
    mask = np.zeros((20, 30), np.uint8)
    mask[5:9, 6:12] = 1

    class Xphoto:
        INPAINT_SHIFTMAP, INPAINT_FSR_FAST = 0, 2

        @staticmethod
        def inpaint(src, known, dst, method):
            np.testing.assert_array_equal(known, np.where(mask, 0, 255))
            dst[:] = [90, 128, 128] if method == Xphoto.INPAINT_SHIFTMAP else [90, 50, 7]

    monkeypatch.setattr(cv2, "xphoto", Xphoto, raising=False)
    gray = cv2.cvtColor(np.uint8([[[90, 128, 128]]]), cv2.COLOR_LAB2RGB)[0, 0]
    for fill, colour in ((baselines.shift_map, gray), (baselines.fsr, [90, 50, 7])):
        expected = np.where(mask[..., None] > 0, np.uint8(colour), image)
        np.testing.assert_array_equal(fill(image, mask), expected)
    assert {"shift_map", "fsr"} <= set(baselines.baselines())
    monkeypatch.delattr(cv2, "xphoto")
    assert baselines.missing_baselines()["fsr"] == (
        "opencv-contrib-python-headless instead of opencv-python-headless"
    )
    assert not {"shift_map", "fsr"} & set(baselines.baselines())


@pytest.mark.parametrize("name", ["shift_map", "fsr", "biharmonic"])
def test_baselines_of_other_libraries(name):
    if name in baselines.missing_baselines():
        pytest.skip(f"needs {baselines.missing_baselines()[name]}")
    levels = np.arange(64) // 4 % 2 * 150 if name == "shift_map" else np.arange(64) * 3  # it copies
    real = np.uint8(np.stack([np.tile(levels, (64, 1))] * 3, axis=-1))
    mask = np.zeros((64, 64), np.uint8)
    mask[20:32, 24:40] = 1
    broken = np.where(mask[..., None] > 0, np.uint8(255), real)
    (filled,) = baselines.baselines()[name].fill(broken[None], mask[None], None)
    np.testing.assert_array_equal(filled[mask == 0], real[mask == 0])
    assert np.abs(np.int16(filled) - real)[mask > 0].mean() < 12  # of a hole that was white: 150


def constant(value, calls):
    def fill(images, masks, sketches):
        calls.append(len(images))
        return np.where(masks[..., None] > 0, np.uint8(value), images)

    return Method(f"fills with {value}", fill)


def test_resumes(photographs, tmp_path):
    paths = sorted(photographs.iterdir())
    masks = MaskFolder(tmp_path / "masks", 3, seed=0)
    calls = []
    methods = {"dark": constant(0, calls), "light": constant(255, calls)}
    evaluation = Evaluation(tmp_path / "out", paths, masks, methods, {})
    steps = evaluation.steps()
    assert len(steps) == len(KINDS) * 2 and CHUNK > 3
    for step in steps[:3]:
        evaluation.run(step, batch_size=2)
    assert calls == [2, 1] * 3
    again = Evaluation(tmp_path / "out", paths, masks, methods, {})
    for step in again.steps():
        again.run(step, batch_size=3)
    assert calls == [2, 1] * 3 + [3] * (len(steps) - 3)
    found = summary(again, methods)
    real = np.stack([np.array(Image.open(path)) for path in paths[:1]])
    hole = real[0, 64:192, 64:192]
    rows, _ = again.measured("centre_box", "dark")
    np.testing.assert_allclose(rows[0, METRICS.index("l1_hole")], 100 * hole.mean() / 255)
    np.testing.assert_allclose(
        found["centre_box"]["dark"]["l1_hole"], rows[:, METRICS.index("l1_hole")].mean(), atol=1e-4
    )
    with pytest.raises(UserError, match="differs in method dark: name another --output_dir"):
        Evaluation(tmp_path / "out", paths, masks, {"dark": constant(1, calls)}, {})
    with pytest.raises(UserError, match="differs in images"):
        Evaluation(tmp_path / "out", paths[:2], masks, methods, {})


def test_folders_of_earlier_versions_are_measured_again(photographs, tmp_path):
    paths, calls = sorted(photographs.iterdir()), []
    masks, methods = MaskFolder(tmp_path / "masks", 3, seed=0), {"dark": constant(0, calls)}
    evaluation = Evaluation(tmp_path / "out", paths, masks, methods, {})
    for step in evaluation.steps()[:2]:
        evaluation.run(step, batch_size=3)
    first = tmp_path / "out/rows/centre_box-dark-000000.npz"
    with np.load(first) as found:
        rows = found["rows"]
    np.savez(first, rows=np.zeros((3, 8)), features=[])  # as before there were sharpness and SWD
    assert len(calls) == 2
    for step in evaluation.steps()[:2]:
        evaluation.run(step, batch_size=3)
    assert len(calls) == 3
    with np.load(first) as found:
        np.testing.assert_array_equal(found["rows"], rows)
    assert rows[0, METRICS.index("sharpness")] == 0 and rows[0, METRICS.index("swd")] > 1


def test_fid_can_be_added(photographs, tmp_path):
    class MeanColour:
        """Features that can be worked out by hand, in place of Inception's."""

        def features(self, images):
            return images.mean(axis=(1, 2))

    def measured(inception):
        evaluation = Evaluation(tmp_path / "out", paths, masks, methods, {}, inception=inception)
        for step in evaluation.steps():
            evaluation.run(step, batch_size=2)
        return evaluation.measured("centre_box", "dark")

    paths, calls = sorted(photographs.iterdir()), []
    masks = MaskFolder(tmp_path / "masks", 3, seed=0)
    methods = {"dark": constant(0, calls)}
    rows, features = measured(None)
    assert features.size == 0 and len(calls) == 2 * len(KINDS)
    again, features = measured(MeanColour())
    np.testing.assert_array_equal(again, rows)
    real = np.stack([np.array(Image.open(path)) for path in paths[:1]])
    real[:, 64:192, 64:192] = 0
    np.testing.assert_allclose(features[0], real[0].mean(axis=(0, 1)), rtol=1e-5)
    measured(MeanColour())
    assert len(calls) == 4 * len(KINDS)  # once each way


def test_exchanged_and_damaged_files_are_noticed(photographs, tmp_path):
    paths = sorted(photographs.iterdir())
    methods, folder = {"dark": constant(0, [])}, tmp_path / "out"

    def evaluation():
        return Evaluation(folder, paths, MaskFolder(tmp_path / "masks", 3, seed=0), methods, {})

    evaluation().run(evaluation().steps()[0], batch_size=3)
    moved = tmp_path / "moved"
    photographs.rename(moved)
    paths = sorted(moved.iterdir())
    evaluation()  # the same images
    before = paths[1].read_bytes()
    Image.new("RGB", (280, 300)).save(paths[1])
    with pytest.raises(UserError, match="differs in images: name another --output_dir"):
        evaluation()
    paths[1].write_bytes(before)
    mask = tmp_path / "masks/wide/00001.png"
    kept = mask.read_bytes()
    mask.write_bytes((tmp_path / "masks/wide/00000.png").read_bytes())
    with pytest.raises(UserError, match="differs in masks"):
        evaluation()
    mask.write_bytes(kept)
    (folder / "rows" / "centre_box-dark-000000.npz").write_bytes(b"PK")
    with pytest.raises(UserError, match="centre_box-dark-000000.npz is damaged: remove it"):
        evaluation().measured("centre_box", "dark")
    for damaged in ('{"a": ', "[1]", ""):
        (folder / "settings.json").write_text(damaged)
        with pytest.raises(UserError, match="cannot read .*settings.json: remove the folder"):
            evaluation()


def test_sketches_are_of_their_images_size(guided_image, tmp_path):
    path, _ = guided_image
    Image.new("RGB", (300, 300)).save(path)
    masks = MaskFolder(tmp_path / "masks", 1, seed=0)
    evaluation = Evaluation(tmp_path / "out", [path], masks, {"dark": constant(0, [])}, {}, guided=True)
    with pytest.raises(UserError, match="a_edge.jpg is 32 x 32, its image 300 x 300: they must be of one"):
        evaluation.filled("wide", "dark", [0])


def test_middle_of_a_image(photographs, tmp_path):
    masks = MaskFolder(tmp_path / "masks", 3, seed=0)
    paths = sorted(photographs.iterdir())
    evaluation = Evaluation(tmp_path / "out", paths, masks, {"dark": constant(0, [])}, {})
    real, found, filled = evaluation.filled("free_form", "dark", [1, 2])
    np.testing.assert_array_equal(real[0], np.array(Image.open(paths[1]))[22:278, 12:268])
    np.testing.assert_array_equal(real[1], np.array(Image.open(paths[2]))[2:258, 72:328])
    np.testing.assert_array_equal(filled[1], real[1] * (1 - fixed_mask("free_form", 0, 2)[..., None]))
    sheet = contact_sheet(evaluation, "free_form", ["dark"], [1, 2])
    assert sheet.shape == (16 + 512, 3 * 256, 3)
    np.testing.assert_array_equal(sheet[16:272, :256], real[0])
    np.testing.assert_array_equal(sheet[272:, 512:], filled[1])
    assert (sheet[272:, 256:512][found[1] > 0] == 255).all()


def test_resized_images(tmp_path):
    pixels = np.tile(np.arange(256, dtype=np.uint8).repeat(2)[:, None, None], (1, 512, 3))
    Image.fromarray(pixels).save(tmp_path / "x.png")
    masks = MaskFolder(tmp_path / "masks", 1, seed=0)
    methods = {"dark": constant(0, [])}
    evaluation = Evaluation(tmp_path / "out", [tmp_path / "x.png"], masks, methods, {}, resize=True)
    real, _, _ = evaluation.filled("free_form", "dark", [0])
    np.testing.assert_array_equal(real[0], pixels[::2, ::2])  # pairs of equal rows
    with pytest.raises(UserError, match="differs in resize: name another --output_dir"):
        Evaluation(tmp_path / "out", [tmp_path / "x.png"], masks, methods, {})


def test_markdown():
    values = {name: i / 3 for i, name in enumerate(METRICS)}
    text = markdown({"centre_box": {"model": values, "mean_colour": values}}, 7)
    assert "FID" not in text and "FID" in markdown({"wide": {"model": {**values, "fid": 12.5}}}, 7)
    assert "Means over 7 images, 256 x 256 from the middle of each." in text
    assert "Means over 7 images, resized to 256 x 256." in markdown({}, 7, resized=True)
    assert "| mask | method | L1 % | L2 % | PSNR | SSIM | L1 % in hole |" in text
    assert "| centre box | model | 0 | 0.3333 | 0.6667 | 1 | 1.333 |" in text
    assert "L1 % = 100 mean |x - y|" in text and "SSIM in hole | sharpness | SWD |" in text
    none = markdown({"wide": {"model": {**values, "swd": None}}}, 7)
    assert "| 2.667 | - |" in none and "sharpness = mean gradient" in none


@pytest.mark.usefixtures("eagerly")
def test_damaged_and_small_images_are_named_and_left_out(in_process, photographs, tmp_path):
    (photographs / "text.png").write_text("no image")
    (photographs / "cut.png").write_bytes((photographs / "0.png").read_bytes()[:50_000])
    Image.new("RGB", (400, 255)).save(photographs / "small.png")
    names = ["text.png", "1.png", "cut.png", "small.png"]
    (tmp_path / "list.txt").write_text("".join(f"{photographs / name}\n" for name in names))
    evaluate = ("evaluate", "--fill_size=64")  # soon filled
    done = in_process(*evaluate, "--images=list.txt", "--output_dir=out", "--mask_seed=3", cwd=tmp_path)
    assert done.returncode == 1
    said = done.stderr.splitlines()
    assert len(said) == 4 and said[-1] == "3 of 4 images were left out of all numbers, see above"
    assert said[1] == f"left out: {photographs / 'small.png'} is 400 x 255: both sides must be at least 256"
    assert f"left out: {photographs / 'text.png'} is not an image" in said[2]
    assert f"left out: {photographs / 'cut.png'} cannot be read, it is damaged" in said[0]
    found = json.loads((tmp_path / "out/results.json").read_text())
    assert found["images"] == 1
    # The image keeps its place in the list, and so its mask.
    (tmp_path / "one.txt").write_text(f"{photographs / '1.png'}\n")
    (tmp_path / "masks").mkdir()
    for kind in KINDS:
        (tmp_path / "masks" / kind).mkdir()
        Image.fromarray(255 * fixed_mask(kind, 3, 1)).save(tmp_path / "masks" / kind / "x.png")
        (tmp_path / "masks" / f"{kind}.flist").write_text(f"{kind}/x.png\n")
    flags = ("--images=one.txt", "--output_dir=one", "--mask_dir=masks")
    assert in_process(*evaluate, *flags, cwd=tmp_path).returncode == 0
    assert json.loads((tmp_path / "one/results.json").read_text())["results"] == found["results"]


def test_nothing_but_damaged_images(in_process, tmp_path):
    (tmp_path / "text.png").write_text("no image")
    (tmp_path / "list.txt").write_text(str(tmp_path / "text.png"))
    done = in_process("evaluate", "--images=list.txt", "--output_dir=out", cwd=tmp_path)
    assert done.returncode == 1 and done.stderr.endswith(
        "error: none of the images can be used; --resize takes small ones\n"
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_command(script, photographs, generator, tmp_path):
    tf1.save(tmp_path / "snapshot", generator, step=5)
    flags = (f"--images={photographs}", "--checkpoint_dir=snapshot", "--baselines", "--sheet_images=2")
    results = []
    for folder, batch_size in (("a", 1), ("b", 3)):
        done = script(
            "evaluate", *flags, f"--output_dir={folder}", f"--batch_size={batch_size}", cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        assert "note: no FID without --inception_weights" in done.stdout
        for name, package in baselines.missing_baselines().items():
            assert f"{name} ({package})" in done.stdout
        results.append(json.loads((tmp_path / folder / "results.json").read_text())["results"])
    for kind in KINDS:
        assert list(results[0][kind])[:4] == ["model", "telea", "navier_stokes", "mean_colour"]
        assert set(results[0][kind]) == {"model", *baselines.baselines()}
        for method, values in results[0][kind].items():
            for name, value in values.items():
                assert abs(value - results[1][kind][method][name]) <= 1e-4 * max(1, abs(value))
        with Image.open(tmp_path / "a" / f"{kind}.jpg") as sheet:
            assert sheet.size == ((2 + len(results[0][kind])) * 256, 16 + 2 * 256)
    assert "| wide | navier stokes |" in (tmp_path / "a/results.md").read_text()
    done = script("evaluate", *flags, "--output_dir=a", "--precision=mixed_bfloat16", cwd=tmp_path)
    assert (
        done.returncode == 1
        and "an evaluation that differs in method model: name another --output_dir" in done.stderr
    )


@pytest.mark.parametrize(
    "flags, message",
    [
        ([], "--images is required"),
        (
            ["--images=photographs", "--output_dir=photographs/out"],
            "photographs/out is inside of --images=photographs: name a folder outside of it",
        ),
        (
            ["--images=photographs", "--mask_dir=photographs"],
            "photographs is inside of --images=photographs: name a folder outside of it",
        ),
        (
            ["--images=photographs", "--inception_weights=no.h5"],
            "cannot use no.h5 as InceptionV3's weights: there is no such file",
        ),
        (
            ["--images=photographs", "--inception_weights=small/x.png"],
            "cannot use small/x.png as InceptionV3's weights: its name must end with .h5",
        ),
    ],
)
def test_one_line_for_what_the_user_can_mend(in_process, photographs, tmp_path, flags, message):
    (tmp_path / "small").mkdir()
    Image.new("RGB", (20, 30)).save(tmp_path / "small/x.png")
    done = in_process("evaluate", "--output_dir=out", *flags, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1 and message in done.stderr
