"""The ONNX model, run by another runtime."""

import numpy as np
import pytest
from PIL import Image
from support.helpers import ROOT

onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
pytest.importorskip("tf2onnx", reason="tf2onnx is not installed")


@pytest.mark.slow
def test_another_runtime_computes_the_same(script, bundled, tmp_path):
    done = script("export", "--export_dir=1", "--format=onnx", cwd=tmp_path)
    assert done.returncode == 0 and done.stdout.endswith("\n1\n"), done.stderr
    session = onnxruntime.InferenceSession(str(tmp_path / "1" / "model.onnx"))
    shapes = {value.name: value.shape[:3] for value in (*session.get_inputs(), *session.get_outputs())}
    assert shapes == dict.fromkeys(("image", "mask", "output"), ["batch", "height", "width"])
    photograph = np.asarray(Image.open(ROOT / "inpaint/examples/photographs/coffee.png").convert("RGB"))
    for count, height, width in ((1, 256, 256), (1, 200, 344), (1, 203, 341), (2, 61, 90), (1, 1, 1)):
        images = np.stack([photograph[i : i + height, 50 : 50 + width] for i in range(count)])
        masks = np.zeros((count, height, width, 1), np.uint8)
        masks[:, height // 3 : height // 2 + 1, width // 4 : width // 2 + 1] = 1
        masks[0] *= 255  # each image's kind is its own
        (result,) = session.run(["output"], {"image": images, "mask": masks})
        expected = bundled(images, masks)
        known = masks[..., 0] == 0
        np.testing.assert_array_equal(result[known], images[known])
        difference = np.abs(result.astype(int) - expected)
        assert difference.max() <= 1 and (difference > 0).mean() < 1e-3


@pytest.mark.slow
def test_fixed_sizes(script, bundled, tmp_path):
    done = script("export", "--export_dir=1", "--format=onnx", "--size=64,128", cwd=tmp_path)
    assert done.returncode == 0 and done.stdout.endswith("\n1\n"), done.stderr
    assert sorted(path.name for path in (tmp_path / "1").iterdir()) == ["model_128.onnx", "model_64.onnx"]
    photograph = np.asarray(Image.open(ROOT / "inpaint/examples/photographs/coffee.png").convert("RGB"))
    for size in (64, 128):
        session = onnxruntime.InferenceSession(str(tmp_path / "1" / f"model_{size}.onnx"))
        image = photograph[None, 100 : 100 + size, 200 : 200 + size]
        mask = np.zeros((1, size, size, 1), np.uint8)
        mask[:, size // 3 : size // 2, size // 4 : size // 2] = 255
        (result,) = session.run(["output"], {"image": image, "mask": mask})
        np.testing.assert_array_equal(result, bundled(image, mask))
