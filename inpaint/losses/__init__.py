"""Losses: those of DeepFillv2, of DeepFill v1's critics, and of the partial convolution paper."""
