"""Layout of the page."""

from inpaint.demo.canvas import HOLE_COLOUR, SKETCH_COLOUR, canvas
from inpaint.demo.offline import gr
from inpaint.models.architecture import GATED, SHOWN_LAYERS

_LONGEST_QUEUE = 64

_TITLE = """# Draw a hole and the network fills it
Free-form inpainting with gated convolution (DeepFillv2). Drop a photograph, draw over what to remove, press
**Fill**. Your files stay on this server and are removed after a while."""
_INSIDE = """**Stages.** The coarse network fills the hole, the refinement network improves it. Both output a
whole image, of which only the hole is used.

**Attention.** For each position in the hole, the attention searches the known pixels for similar positions.
The colour shows the direction and distance of the best match, see the key.

**Gates.** Gated convolutions learn where to pass on their features: gates are closed (dark) to open (bright).
Shown for each layer: the mean of its gates, and the three channels whose gates differ most between the hole
(outlined) and its surroundings.

Photographs with a side over 512 pixels are downsized for this."""


def build(actions):
    """Build the page for an `Actions`; returns `gr.Blocks` to launch."""
    with gr.Blocks(title="Fill holes in photographs", analytics_enabled=False) as page:
        gr.Markdown(_TITLE)
        with gr.Row():
            with gr.Column():
                with gr.Row():
                    photograph = _dropped("Photograph", "photograph")
                    mask = _dropped("Mask (optional)", "mask")
                hole = canvas("Hole: draw over what to remove", HOLE_COLOUR, elem_id="hole")
                sketch = canvas("Sketch: lines to follow", SKETCH_COLOUR, elem_id="sketch")
                shown = gr.Markdown(elem_id="shown")
                fill = gr.Button("Fill", variant="primary", elem_id="fill")
                examples = gr.Dataset(
                    label="Examples",
                    components=["image"],
                    samples=[[photograph] for photograph, _ in actions.examples],
                    type="index",
                    visible=bool(actions.examples),
                    elem_id="examples",
                )
            with gr.Column(), gr.Tabs():
                with gr.Tab("Result"):
                    compared = gr.ImageSlider(
                        label="Before and after", buttons=["fullscreen"], max_height=600, elem_id="compared"
                    )
                    note = gr.Markdown(elem_id="note")
                    with gr.Row():
                        download = gr.DownloadButton("Download", interactive=False, elem_id="download")
                        go_on = gr.Button("Go on from the result", interactive=False, elem_id="go_on")
                with gr.Tab("Look inside"):
                    gr.Markdown(_INSIDE)
                    layers = gr.Dropdown(
                        list(GATED), value=list(SHOWN_LAYERS), multiselect=True, label="Layers"
                    )
                    look = gr.Button("Look inside", variant="primary", elem_id="look")
                    stages = gr.Gallery(
                        label="Stages", columns=3, height=420, object_fit="contain", elem_id="stages"
                    )
                    gates = gr.Gallery(
                        label="Gates", columns=2, height=900, object_fit="contain", elem_id="gates"
                    )
        files, canvases = [photograph, mask], [hole, sketch]
        inputs = files + canvases
        gr.on(
            [photograph.upload, photograph.clear, mask.upload, mask.clear],
            actions.show,
            files,
            [*canvases, shown],
            api_name="show",
        )
        # An editor's own "Clear" removes the photograph, too.
        hole.clear(lambda *paths: actions.show(*paths)[0], files, hole, api_visibility="private")
        sketch.clear(lambda *paths: actions.show(*paths)[1], files, sketch, api_visibility="private")
        examples.click(actions.example, examples, [*inputs, shown], api_name="example")
        fill.click(actions.fill, inputs, [compared, download, note], api_name="fill").success(
            lambda: [gr.Button(interactive=True)] * 2, None, [download, go_on], api_visibility="private"
        )
        look.click(actions.look, [*inputs, layers], [stages, gates], api_name="look")
        go_on.click(lambda path: (path, None), download, files, api_visibility="private").success(
            actions.show, files, [*canvases, shown], api_visibility="private"
        )
    return page.queue(default_concurrency_limit=1, max_size=_LONGEST_QUEUE)


def _dropped(label, name):
    return gr.File(label=label, file_types=["image"], height=120, elem_id=name)
