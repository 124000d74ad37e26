"""The network, its losses and its optimizer."""
