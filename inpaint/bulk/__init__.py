"""Filling a million images with Ray Data, on one machine or many."""
