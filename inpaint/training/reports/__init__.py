"""What a training run tells: lines in the terminal, TensorBoard, measurements of validation images."""
