"""Reading and writing files: images, file lists, atomic writes."""
