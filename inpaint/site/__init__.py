"""The page without a server, as files for a web space."""
