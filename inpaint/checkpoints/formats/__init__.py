"""Files and snapshots that others wrote: the original TF1 code, Keras, ports to PyTorch."""
