"""Gated convolutions, and what they are computed from."""
