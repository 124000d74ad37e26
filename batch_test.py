"""Fill many images: `python batch_test.py --flist list.txt`, each line `image mask output`."""

from inpaint.cli.dispatch import run_command

if __name__ == "__main__":
    run_command("fill_list")
