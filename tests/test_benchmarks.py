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
