"""Reading and writing weights: this project's checkpoints and the original TF1 code's snapshots."""
