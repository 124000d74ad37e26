"""Fill the hole in an image: `python test.py --image x.png --mask m.png --output out.png`."""

from inpaint.cli.dispatch import run_command

if __name__ == "__main__":
    run_command("fill")
