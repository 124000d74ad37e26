"""Filling holes: arrays, one file, a list of files, and a look inside."""
