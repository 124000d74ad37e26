"""Options as frozen dataclasses: of networks, examples, runs and recipes. Needs no TensorFlow."""
