"""Command-line flags and the dataset presets.

Each module defines the flags of one topic on an `absl.flags.FlagValues` that it is given: every command
has a set of its own. Nothing here imports TensorFlow.
"""
