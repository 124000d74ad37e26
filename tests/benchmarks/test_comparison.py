"""The comparison gives all networks the same budget; the runs themselves are those of `train`'s tests."""

import importlib.util
import json
import pathlib
import resource

import pytest
from absl import flags as absl_flags
from support.helpers import ROOT

from inpaint.cli.dispatch import COMMANDS
from inpaint.cli.process import define_flags
from inpaint.errors import UserError


@pytest.fixture
def comparison():
    spec = importlib.util.spec_from_file_location("comparison", ROOT / "benchmarks/comparison.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def parsed(module, arguments):
    values = absl_flags.FlagValues()
    define_flags(module, values)
    values(["program", *arguments])
    return values


def test_every_network_has_the_same_budget(comparison, monkeypatch, tmp_path, capsys):
    commands = []

    def begun(model_restore):
        return 30 if model_restore else 0

    def pretend(command, *arguments, output=None, jobs=1):
        values = parsed(importlib.import_module(COMMANDS[command][0]), arguments)  # all flags exist
        commands.append((command, values))
        if command == "train":
            folder = pathlib.Path(values.log_dir)
            folder.mkdir()
            (folder / f"snap-{values.max_iters}.index").touch()
            output.write("250 validation  l1 3.2  psnr 21.5  ssim 0.8  best so far\n")
            return (values.max_iters - begun(values.model_restore)) / 4  # CPU seconds
        names = [pathlib.Path(path).name for path in values.more_checkpoints]
        numbers = {"psnr": 20.5, "l1_hole": 9.75, "sharpness": 0.5, "swd": 5.25}
        results = {kind: {name: numbers for name in ("model", *names)} for kind in values.mask_kind}
        pathlib.Path(values.output_dir).mkdir()
        (pathlib.Path(values.output_dir) / "results.json").write_text(json.dumps({"results": results}))

    monkeypatch.setattr(comparison, "_inpaint", pretend)
    arguments = ["--data_flist=a,b", "--test_dir=t", f"--output_dir={tmp_path / 'out'}", "--warmup=7"]
    comparison.main(parsed(comparison, [*arguments, "--reconstruction=30", "--adversarial=20"]))
    *runs, (last, evaluation) = commands
    assert last == "evaluate" and evaluation.mask_kind == ["free_form", "random_box"]
    assert [name for name, _ in runs] == ["train"] * 10
    alone, adversarial = [values for _, values in runs[::2]], [values for _, values in runs[1::2]]
    assert [v.network for v in alone] == ["deepfill_v1", "partial", "gated", "gated", "plain"]
    assert [v.scaled_init for v in alone] == [False, False, False, True, False]
    assert {(v.gan, v.max_iters, v.model_restore) for v in alone} == {("none", 30, "")}
    assert [v.max_iters for v in adversarial] == [50, 57, 57, 57, 57]  # v1's critics need no warm-up
    assert [v.recipe for v in adversarial] == ["deepfill_v1"] + ["deepfill_v2"] * 4
    assert [v.gan for v in adversarial[1:]] == ["sngan"] * 4
    for before, after in zip(alone, adversarial):
        assert after.model_restore == before.log_dir
    for name in ("img_shapes", "batch_size", "random_seed", "precision", "height", "ema", "learning_rate"):
        assert len({str(values[name].value) for _, values in runs}) == 1, name
    table = (tmp_path / "out/comparison.md").read_text().splitlines()
    assert len(table) == 2 + 11 and table[2].startswith(
        "| bundled weights | 4,052,478 | - | - | 20.5 | 9.75 | 0.5 | 5.25 |"
    )
    assert table[-1].startswith("| deepfill_v1-critics | 3,601,542 | 0.25 | 21.5 | 20.5 |")
    assert comparison._curve(tmp_path / "out/plain-sngan") == ([250], [21.5])

    # Again: nothing is trained twice.
    commands.clear()
    (tmp_path / "out/results/results.json").unlink()
    (tmp_path / "out/results").rmdir()
    comparison.main(parsed(comparison, [*arguments, "--reconstruction=30", "--adversarial=20"]))
    assert [name for name, _ in commands] == ["evaluate"]

    (tmp_path / "out/plain-sngan.json").unlink()  # as if killed just before
    with pytest.raises(UserError, match="plain-sngan is not known: remove this folder to train it again"):
        comparison.main(parsed(comparison, [*arguments, "--reconstruction=30", "--adversarial=20"]))


def test_cpu_seconds_are_those_of_one_command(comparison, tmp_path):
    with open(tmp_path / "log", "w") as log:
        assert comparison._inpaint("--version", output=log, jobs=2) > 0
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = comparison._inpaint("--version", output=log)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert seconds == pytest.approx(used, abs=2e-3)
    assert (tmp_path / "log").read_text().startswith("deepfillv2 ")
    with pytest.raises(UserError, match="nonsense has failed, see above: nonsense --flag"):
        comparison._inpaint("nonsense", "--flag")
