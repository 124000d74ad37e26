"""Reading and writing weights: this project's checkpoints and the original's snapshots."""
