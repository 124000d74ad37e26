"""A cluster of two nodes on this machine."""

import os

import numpy as np
import pytest
from PIL import Image
from support.helpers import ROOT

SIZES = ((40, 56), (64, 48))
NODE = {"num_cpus": 1, "object_store_memory": 100 << 20}


@pytest.fixture(scope="module")
def two_nodes():
    """A `ray.cluster_utils.Cluster` of two nodes; the second has a GPU in name. One a file."""
    pytest.importorskip("ray", reason="Ray is not installed")
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{ROOT / 'tests'}")
        nodes = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
        nodes.add_node(**NODE, num_gpus=1)
        yield nodes
        nodes.shutdown()


@pytest.fixture(scope="module")
def connected(two_nodes):
    """This process uses the two nodes."""
    from inpaint.bulk.cluster import cluster

    with cluster(two_nodes.address):
        yield two_nodes


@pytest.fixture
def photographs(tmp_path, rng):
    """A function that makes n small images and masks; returns the lines that fill them into out/."""

    def make(count, folder=tmp_path):
        (folder / "out").mkdir(exist_ok=True)
        source = np.asarray(Image.open(ROOT / "inpaint/examples/photographs/chelsea.png").convert("RGB"))
        lines = []
        for i in range(count):
            height, width = SIZES[i % 2]
            top, left = rng.integers(0, 200, 2)
            Image.fromarray(source[top : top + height, left : left + width]).save(folder / f"{i}.png")
            mask = np.zeros((height, width), np.uint8)
            mask[8:28, 10:30] = 255
            Image.fromarray(mask).save(folder / f"{i}m.png")
            lines.append(f"{folder}/{i}.png {folder}/{i}m.png {folder}/out/{i}.png")
        return lines

    return make
