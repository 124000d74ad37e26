"""What can be run: `python -m inpaint COMMAND`, or `deepfillv2 COMMAND` once installed."""
