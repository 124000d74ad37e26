"""Gated, partial and plain convolution on equal terms: the same images, masks, losses and updates for each.

    python benchmarks/comparison.py --data_flist=train.flist,val.flist --test_dir=test --output_dir=comparison

trains each network with the reconstruction loss alone, goes on from there with SN-PatchGAN, or with DeepFill
v1's critics for its network, measures all of them and the bundled weights with `evaluate`, and writes
`comparison.md`, contact sheets and, where matplotlib is installed, `curves.png`. Interrupted, it goes on
where it stopped. `--jobs=2` trains two networks at a time, which uses two cores better than one network does.
"""

import concurrent.futures
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))


import dataclasses

from inpaint.checkpoints.locate import find
from inpaint.cli.process import run
from inpaint.cli.tensorflow_start import load_tensorflow
from inpaint.errors import UserError, as_user_error
from inpaint.io.atomic import write_whole
from inpaint.options.option import Options as BaseOptions
from inpaint.options.option import option, with_default
from inpaint.options.precision import PRECISION

_ROOT = pathlib.Path(__file__).parent.parent
_NETWORKS = {  # name: --network, how it begins
    "gated": ("gated", ()),
    "gated_gain": ("gated", ("--scaled_init",)),
    "partial": ("partial", ()),
    "plain": ("plain", ()),
    "deepfill_v1": ("deepfill_v1", ()),
}
_LONGEST_FIRST = ("deepfill_v1", "partial", "gated", "gated_gain", "plain")  # so that no job is left alone
_MASKS = ("free_form", "random_box")
_COLUMNS = {"psnr": "PSNR", "l1_hole": "L1 %", "sharpness": "sharpness", "swd": "SWD"}
_SAVED_EVERY = 250  # iterations
# A new discriminator meets a generator that can fill: see docs/training.md.
_SNGAN = (
    "--gan=sngan",
    "--discriminator_learning_rate=5e-5",
    "--gan_loss_alpha=0.02",
    "--gan_gradient_ratio=0.3",
    "--shared_batch",
)


@dataclasses.dataclass(frozen=True)
class Options(BaseOptions):
    data_flist: tuple | None = option(None, "Training and validation images, as for train.", required=True)
    test_dir: str | None = option(None, "Folder of the images to measure.", required=True)
    output_dir: str | None = option(None, "Folder for runs and results.", required=True)
    size: int = option(128, "Height and width of a training example.", least=64)
    batch_size: int = option(1, "Images in a batch.", least=1)
    reconstruction: int = option(7000, "Iterations without a discriminator.", least=1)
    warmup: int = option(500, "Iterations that train SN-PatchGAN alone.", least=0)
    adversarial: int = option(1500, "Iterations with both networks.", least=1)
    precision: str = with_default(PRECISION, "mixed_bfloat16")
    jobs: int = option(1, "Networks that are trained at the same time.", least=1)


def main(options):
    output = pathlib.Path(options.output_dir)
    with as_user_error(f"cannot make the folder {output}"):
        output.mkdir(parents=True, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        trained = pool.map(lambda network: _train_network(output, options, network), _LONGEST_FIRST)
        folders = dict(zip(_LONGEST_FIRST, trained))
    runs = [folders[network][phase] for phase in (0, 1) for network in _NETWORKS]
    results = output / "results"
    _inpaint(
        "evaluate",
        f"--images={options.test_dir}",
        f"--more_checkpoints={','.join(map(str, runs))}",
        f"--output_dir={results}",
        *(f"--mask_kind={kind}" for kind in _MASKS),
    )
    found = json.loads((results / "results.json").read_text())
    write_whole(output / "comparison.md", _table(found["results"], runs))
    print(f"wrote {output / 'comparison.md'}; contact sheets are in {results}")
    if importlib.util.find_spec("matplotlib") is None:
        print("note: no curves.png, as matplotlib is not installed: pip install matplotlib")
    else:
        _draw(runs, options.reconstruction, output / "curves.png")


def _train_network(folder, options, network):
    """Train a network by reconstruction, then with its discriminator; returns both runs' folders."""
    kind, begin = _NETWORKS[network]
    alone, both = f"{network}-reconstruction", f"{network}-sngan"
    end = options.reconstruction + options.adversarial
    more = (*_SNGAN, f"--discriminator_warmup={options.warmup}")
    if network == "deepfill_v1":  # its critics need no warm-up
        both, more = f"{network}-critics", ("--recipe=deepfill_v1",)
    else:
        end += options.warmup
    return [
        _train(
            folder, options, alone, options.reconstruction, None, (f"--network={kind}", "--gan=none", *begin)
        ),
        _train(folder, options, both, end, alone, (f"--network={kind}", *more)),
    ]


def _train(folder, options, name, end, before, more):
    """Train a run to its end, from where it is; returns its folder. A log beside it has what `train` says."""
    log_dir, half, shrunk = folder / name, options.size // 2, options.size // 8
    command = ["train", f"--log_dir={log_dir}", f"--data_flist={','.join(options.data_flist)}"]
    command += ["--random_crop", "--val", "--ema=0.998", f"--train_spe={_SAVED_EVERY}"]
    command += [f"--img_shapes={options.size},{options.size},3", f"--batch_size={options.batch_size}"]
    command += [f"--height={half}", f"--width={half}", f"--precision={options.precision}"]
    command += [f"--max_delta_height={shrunk}", f"--max_delta_width={shrunk}", f"--max_iters={end}"]
    command += [f"--model_restore={folder / before}"] if before else []
    begun = _iteration(log_dir) or (_iteration(folder / before) if before else 0)
    if begun == end:
        if not _seconds_file(log_dir).is_file():  # killed while it ended
            raise UserError(f"the CPU time of {log_dir} is not known: remove this folder to train it again")
        return log_dir
    print(f"{name}: iterations {begun} to {end}", flush=True)
    with open(f"{log_dir}.log", "a") as log:
        seconds = _inpaint(*command, *more, output=log, jobs=options.jobs)
    write_whole(_seconds_file(log_dir), json.dumps({"cpu_seconds": round(seconds / (end - begun), 3)}))
    return log_dir


def _iteration(log_dir):
    """The iteration of the newest checkpoint in a folder, or 0."""
    if not list(log_dir.glob("snap-*.index")):
        return 0
    return int(find(log_dir).rsplit("-", 1)[1])


def _inpaint(*command, output=None, jobs=1):
    """Run a command, beside others if there are several jobs; returns its CPU seconds, user and system."""
    here = {**os.environ, "PYTHONPATH": str(_ROOT)}
    if jobs > 1:
        here["TF_NUM_INTRAOP_THREADS"] = str(max(os.cpu_count() // jobs, 1))
    process = subprocess.Popen([sys.executable, "-m", "inpaint", *command], env=here, stdout=output)
    _, status, used = os.wait4(process.pid, 0)  # unlike RUSAGE_CHILDREN, of this process alone
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise UserError(f"{command[0]} has failed, see above: {' '.join(command)}")
    return used.ru_utime + used.ru_stime


def _table(results, runs):
    """The results as Markdown, a run a row."""
    load_tensorflow()
    from inpaint.models.generator import Generator

    kinds = {kind for kind, _ in _NETWORKS.values()}
    parameters = {kind: Generator(network=kind).count_params() for kind in kinds}
    heads = [f"{title}, {kind.replace('_', ' ')}" for kind in _MASKS for title in _COLUMNS.values()]
    lines = [
        f"| run | parameters | CPU s an iteration | validation PSNR | {' | '.join(heads)} |",
        "|---" * (len(heads) + 4) + "|",
    ]
    about = {"model": ("bundled weights", parameters["gated"], "-", "-")}
    for folder in runs:
        count = parameters[_NETWORKS[folder.name.split("-")[0]][0]]
        about[folder.name] = (folder.name, count, _seconds(folder), _curve(folder)[1][-1])
    for name, (title, count, seconds, psnr) in about.items():
        numbers = [f"{results[kind][name][metric]:.4g}" for kind in _MASKS for metric in _COLUMNS]
        lines.append(f"| {title} | {count:,} | {seconds} | {psnr} | {' | '.join(numbers)} |")
    return "\n".join(lines) + "\n"


def _curve(log_dir):
    """(iterations, PSNR of the validation images) from what `train` said."""
    said = pathlib.Path(f"{log_dir}.log").read_text()
    found = re.findall(r"^(\d+) validation .*?psnr ([\d.]+)", said, re.MULTILINE)
    return [int(step) for step, _ in found], [float(psnr) for _, psnr in found]


def _seconds(log_dir):
    """CPU seconds of an iteration of a run."""
    return json.loads(_seconds_file(log_dir).read_text())["cpu_seconds"]


def _seconds_file(log_dir):
    return log_dir.with_name(f"{log_dir.name}.json")


def _draw(runs, reconstruction, path):
    """Draw the curves of all runs over iterations, and over CPU time."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(12, 4.5), sharey=True, layout="constrained")
    colours = {network: f"C{index}" for index, network in enumerate(_NETWORKS)}
    for folder in runs:
        network, losses = folder.name.split("-")
        style = {
            "c": colours[network],
            "ls": "-" if losses == "reconstruction" else ":",
            "label": folder.name,
        }
        before, after = _seconds(folder.with_name(f"{network}-reconstruction")), _seconds(folder)
        steps, psnr = _curve(folder)
        first = [min(step, reconstruction) for step in steps]
        hours = [(a * before + (b - a) * after) / 3600 for a, b in zip(first, steps)]
        axes[0].plot(steps, psnr, **style)
        axes[1].plot(hours, psnr, **style)
    axes[0].set(xlabel="iteration", ylabel="PSNR of the validation images")
    axes[1].set(xlabel="CPU hours")
    axes[0].legend(fontsize=8)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    run(__name__, sys.argv[1:], "python benchmarks/comparison.py")
