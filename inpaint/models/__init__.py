"""The generator of every kind of network, its optimizer, and what leads to and from its tensors."""
