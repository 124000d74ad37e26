"""The input pipeline: file lists, examples, masks, sketches and training batches."""
