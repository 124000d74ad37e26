"""Generator, losses and optimizer."""
