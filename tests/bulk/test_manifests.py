"""The YAML in docs/bulk.md."""

import json
import pathlib
import re

import pytest
from support.helpers import ROOT

ray = pytest.importorskip("ray", reason="Ray is not installed")
yaml = pytest.importorskip("yaml", reason="PyYAML, which comes with Ray, is not installed")

import jsonschema  # noqa: E402

BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", (ROOT / "docs/bulk.md").read_text(), re.MULTILINE | re.DOTALL)


def test_the_launchers_file_fits_its_schema():
    (launcher,) = [yaml.safe_load(block) for block in BLOCKS if "cluster_name:" in block]
    schema = json.loads((pathlib.Path(ray.__file__).parent / "autoscaler/ray-schema.json").read_text())
    jsonschema.validate(launcher, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**launcher, "maximum_workers": 3}, schema)
