"""Files in and out: images, file lists, atomic writes."""
