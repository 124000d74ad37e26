"""A Gradio page for drawing holes and filling them."""
