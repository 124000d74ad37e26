"""What runs the network when an `Inpainter` fills: TensorFlow, or LiteRT."""
