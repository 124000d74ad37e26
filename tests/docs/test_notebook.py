"""The notebook runs, in a kernel of its own, and shows what the committed one shows."""

import json
import re

import pytest
from support.helpers import ROOT

NOTEBOOK = ROOT / "docs/notebook.ipynb"


def outputs(notebook):
    """Of each code cell the kinds of its outputs, and their texts; without what libraries write to stderr."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            shown = [output for output in cell["outputs"] if output.get("name") != "stderr"]
            data = [output.get("data") or {"text/plain": output["text"]} for output in shown]
            yield (
                {kind for each in data for kind in each},
                "".join("".join(each["text/plain"]) for each in data),
            )


def test_committed_notebook_is_small_and_complete():
    text = NOTEBOOK.read_text()
    assert len(text) < 300_000
    kinds = [kind for of_cell, _ in outputs(json.loads(text)) for kind in of_cell]
    assert kinds.count("image/jpeg") == 4 and kinds.count("image/png") == 1 and '"error"' not in text


@pytest.mark.slow
def test_notebook_runs(monkeypatch, tmp_path):
    needed = ("nbclient", "nbformat", "ipykernel", "matplotlib")
    nbclient, nbformat, *_ = [pytest.importorskip(name, reason="needs the extra notebook") for name in needed]
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    committed = [kinds for kinds, _ in outputs(notebook)]
    notebook.cells.append(nbformat.v4.new_code_cell("print(np.mean(losses[:10]), np.mean(losses[-10:]))"))
    nbclient.NotebookClient(notebook, timeout=900, resources={"metadata": {"path": tmp_path}}).execute()
    *cells, (_, told) = outputs(notebook)
    assert [kinds for kinds, _ in cells] == committed
    texts = "".join(text for _, text in cells)
    assert "True" in texts  # known pixels keep their values
    assert int(re.search(r"difference from the Inpainter: (\d+) of 255", texts)[1]) <= 1
    first, last = map(float, told.split())
    assert last < 0.7 * first
