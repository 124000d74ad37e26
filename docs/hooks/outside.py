"""Files outside of docs/ that its pages link to become part of the site."""

import pathlib
import re

from mkdocs.structure.files import File

ROOT = pathlib.Path(__file__).parents[2]
OUTSIDE = {
    "inpaint/weights/README.md": "weights.md",
    **{f"recipes/{path.name}": f"recipes/{path.name}" for path in sorted(ROOT.glob("recipes/*.flags"))},
}


def on_files(files, config):
    for path, place in OUTSIDE.items():
        files.append(File.generated(config, place, abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown, page, config, files):
    """Turn links as they are in the repository into those of the site; MkDocs complains about all others."""
    if page.file.src_uri == OUTSIDE["inpaint/weights/README.md"]:
        return re.sub(r"\]\((?:\.\./)+docs/", "](", markdown)
    return re.sub(r"\]\(\.\./([^)#]+)", lambda link: f"]({OUTSIDE.get(link[1], link[1])}", markdown)
