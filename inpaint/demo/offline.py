"""Gradio, told to stay at home: no analytics, no model hub, no fonts from elsewhere."""

import os

# Gradio reads them when it is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"

import gradio as gr  # noqa: E402

_FONT = ("system-ui", "sans-serif")
_MONO = ("ui-monospace", "monospace")


def theme():
    """Gradio's default look in the fonts of the visitor's system."""
    return gr.themes.Default(font=_FONT, font_mono=_MONO)
