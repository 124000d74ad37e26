"""Files of any kind: written as a whole or not at all, locked, and read with bounds."""
