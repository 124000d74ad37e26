"""Filling a million images with Apache Beam, on one machine or many."""
