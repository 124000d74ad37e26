"""Train the inpainting network: `python train.py --dataset=celebahq`, or `--data_flist=FOLDER`."""

from inpaint.cli.dispatch import run_command

if __name__ == "__main__":
    run_command("train")
