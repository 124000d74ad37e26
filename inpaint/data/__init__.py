"""From image files to training batches: examples, masks, sketches, lists."""
