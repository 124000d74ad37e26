"""Filling holes in arrays, in a file and in a list of files, and visualizing how."""
