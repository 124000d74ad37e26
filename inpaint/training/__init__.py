"""A training run: the two updates, the loop around them, what it reports and saves."""
