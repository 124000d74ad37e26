"""Commands that prepare datasets and convert checkpoints."""
