"""The benchmarks run and their numbers agree with each other; how fast they are is not tested."""

import json

import pytest

pytestmark = pytest.mark.slow


def test_training(script):
    done = script(
        "benchmarks/training.py",
        "--precision=float32,mixed_bfloat16",
        "--size=136",
        "--batch_size=1",
        "--iterations=2",
        "--input_batches=5",
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["precision"] for line in lines] == ["float32", "mixed_bfloat16"]
    for line in lines:
        assert line["images_per_second"] == pytest.approx(2 / line["seconds"], rel=0.02)
        assert line["input_images_per_second"] > 0 and 0 <= line["input_share"] < 1
        assert 300 < line["peak_mb"] < 4000


def test_inference(script):
    done = script(
        "benchmarks/inference.py", "--precision=float32", "--sizes=40x72,64x64", "--repeats=1", "--naive"
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["height"], line["width"]) for line in lines] == [(40, 72), (64, 64)]
    for line in lines:
        assert line["ratio"] == pytest.approx(line["naive_seconds"] / line["seconds"], rel=0.05, abs=0.1)
        assert 300 < line["peak_mb"] < 4000 and 300 < line["naive_peak_mb"] < 4000


def test_inference_sizes(script):
    done = script("benchmarks/inference.py", "--sizes=big")
    assert done.returncode == 1
    assert done.stderr == "error: --sizes must be like 512x680, received 'big'\n"
