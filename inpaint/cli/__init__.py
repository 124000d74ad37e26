"""How commands start, read their flags, show progress and fail."""
