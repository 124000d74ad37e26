"""Image files and masks: files to pixels, and pixels to files."""
