"""Generator, discriminator, losses and optimizer."""
