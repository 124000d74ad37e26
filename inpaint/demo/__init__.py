"""The page on which people draw holes and see them filled, made with Gradio."""
