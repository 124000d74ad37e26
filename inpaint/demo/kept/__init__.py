"""Visitors' photos and holes: how they are read, kept and given back."""
