"""Build the distribution deepfillv2-light: the same package, with LiteRT in the place of TensorFlow.

    python light/build.py dist

It needs TensorFlow, to write the bundled weights as a file for LiteRT, and `build`. Extras cannot take a
requirement away, so this is a distribution of its own, made from the same tree; as both bring the package
`inpaint`, install one or the other.
"""

import configparser
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
LEFT_OUT = ("tensorflow", "keras", "tensorboard")
WEIGHTS = pathlib.Path("inpaint", "weights", "photographs")


def main(output):
    with tempfile.TemporaryDirectory() as folder:
        tree, model = pathlib.Path(folder, "tree"), pathlib.Path(folder, "model")
        left_out = shutil.ignore_patterns("__pycache__", "snap*")
        shutil.copytree(ROOT / "inpaint", tree / "inpaint", ignore=left_out)
        for name in ("LICENSE", "NOTICE", "README.md", "pyproject.toml"):
            shutil.copy(ROOT / name, tree)
        export = ["export", "--format=litert", f"--export_dir={model}"]
        subprocess.run([sys.executable, "-m", "inpaint", *export], check=True, cwd=ROOT)
        shutil.copy(model / "model.tflite", tree / WEIGHTS)
        with open(tree / "setup.cfg", "w") as file:
            _light(ROOT / "setup.cfg").write(file)
        subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", output, tree], check=True)


def _light(path):
    """The settings of the distribution, from those of the whole one."""
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(path)
    settings["metadata"]["name"] = "deepfillv2-light"
    settings["metadata"]["description"] = "DeepFillv2 without TensorFlow: fill images with LiteRT"
    lines = settings["options"]["install_requires"].splitlines()
    kept = [line for line in lines if not line.startswith((*LEFT_OUT, "#"))]
    litert = settings["options.extras_require"]["litert"].splitlines()
    runtime = [line for line in litert if line.startswith("ai-edge-litert")]
    settings["options"]["install_requires"] = "\n".join([*kept, *runtime])
    settings.remove_section("options.extras_require")
    return settings


if __name__ == "__main__":
    main(sys.argv[1])
