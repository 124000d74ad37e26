"""What the page relies on in Gradio beyond its documentation. After an upgrade of Gradio this fails first."""

import types

import pytest

gr = pytest.importorskip("gradio", reason="Gradio is not installed")

from gradio.components.image_editor import EditorDataBlobs  # noqa: E402

from inpaint.demo import canvas  # noqa: E402


@pytest.fixture
def editor():
    with gr.Blocks():
        return canvas.canvas("Hole", canvas.HOLE_COLOUR)


def send(editor, drawing, kind, data, index=""):
    """What Gradio's server does when a browser sends a part of a drawing."""
    fields = {"type": kind, "index": index, "id": drawing}
    editor.accept_blobs(types.SimpleNamespace(data=fields, files=[("file", data)]))


def test_editors_keep_what_browsers_send_in_blob_storage():
    stock = gr.ImageEditor(render=False)
    send(stock, "a", "composite", b"pixels")
    assert stock.blob_storage["a"] == EditorDataBlobs(background=None, layers=[], composite=b"pixels")


def test_ours_keeps_layers_alone_and_the_newest_drawings(editor):
    for number in range(canvas._DRAWINGS + 2):
        for kind, index in (("background", ""), ("composite", ""), ("layer", "0")):
            send(editor, str(number), kind, b"layer", index)
    assert list(editor.blob_storage) == [str(number) for number in range(2, canvas._DRAWINGS + 2)]
    assert editor.blob_storage["5"] == EditorDataBlobs(background=None, layers=[b"layer"], composite=None)


def test_a_drawing_too_large_is_refused(editor):
    with pytest.raises(ValueError, match="bytes"):
        send(editor, "a", "layer", bytes(canvas._DRAWING_BYTES + 1), "0")
    assert "a" not in editor.blob_storage
