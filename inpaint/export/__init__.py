"""SavedModel and ONNX exports of an `Inpainter`."""
