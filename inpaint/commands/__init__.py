"""The commands: `python -m inpaint COMMAND` or, installed, `deepfillv2 COMMAND`."""
