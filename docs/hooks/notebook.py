"""The notebook becomes a page, with its outputs."""

import json
import pathlib

from mkdocs.structure.files import File


def on_files(files, config):
    notebook = files.get_file_from_path("notebook.ipynb")
    cells = json.loads(pathlib.Path(notebook.abs_src_path).read_text())["cells"]
    text = "\n\n".join(_cell(cell) for cell in cells)
    files.append(File.generated(config, "notebook.md", content=f"{text}\n"))
    return files


def on_page_markdown(markdown, page, config, files):
    """Let links to the notebook, which GitHub shows, lead to its page."""
    return (
        markdown
        if page.file.src_uri == "notebook.md"
        else markdown.replace("(notebook.ipynb)", "(notebook.md)")
    )


def _cell(cell):
    """A cell's Markdown."""
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return source
    return "\n\n".join([f"```python\n{source}\n```", *map(_output, cell["outputs"])])


def _output(output):
    data = output.get("data", {})
    for kind in ("image/jpeg", "image/png"):
        if kind in data:
            return f"![Output](data:{kind};base64,{''.join(data[kind]).strip()})"
    text = "".join(output.get("text") or data["text/plain"]).rstrip()
    return f"```text\n{text}\n```"
