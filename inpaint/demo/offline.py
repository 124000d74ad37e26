"""Import Gradio without network access: no analytics, no model hub, no web fonts."""

import os

# Gradio reads these when it is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"

import gradio as gr  # noqa: E402

_FONT = ("system-ui", "sans-serif")
_MONO = ("ui-monospace", "monospace")


def theme():
    """Gradio's default theme with the system fonts of the browser."""
    return gr.themes.Default(font=_FONT, font_mono=_MONO)
