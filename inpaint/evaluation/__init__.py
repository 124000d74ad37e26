"""Measuring how well holes are filled: fixed masks, several methods, metrics, a report."""
