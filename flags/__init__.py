"""Command-line flags and the dataset presets.

Each module defines the flags of one topic on a given `absl.flags.FlagValues`, because every command has its
own set of flags. Nothing here imports TensorFlow.
"""
