"""Command-line flags and the dataset presets."""
