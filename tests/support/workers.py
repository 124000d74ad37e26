"""Which tests pytest-xdist's workers run together, so that what they share is made once.

Not `--dist=loadgroup`: the groups of pytest-xdist 3.8 have no effect with pytest 9.2.
"""

from xdist.scheduler import LoadScopeScheduling

# A file's tests share a process, a cluster, a wheel or a graph; those of one name an exported model.
TOGETHER = {
    "tests/bulk/test_fill_many.py": "cluster",
    "tests/bulk/test_lost_workers.py": "cluster",
    "tests/checkpoints/test_to_tf1.py": "to_tf1",
    "tests/demo/test_access.py": "canvas",
    "tests/demo/test_axe.py": "axe",
    "tests/demo/test_canvas.py": "canvas",
    "tests/demo/test_extending.py": "extending",
    "tests/demo/test_nothing_is_lost.py": "nothing is lost",
    "tests/demo/test_page.py": "page",
    "tests/demo/test_page_load.py": "page of a crowd",
    "tests/demo/test_selecting.py": "selecting",
    "tests/demo/test_states.py": "canvas",
    "tests/export/test_export.py": "exported",
    "tests/export/test_export_elsewhere.py": "exported",
    "tests/export/test_export_refusals.py": "exported",
    "tests/export/test_litert.py": "litert",
    "tests/export/test_serving_client.py": "exported",
    "tests/inference/test_fill_options.py": "bundled weights as they come",
    "tests/inference/test_inpainter.py": "inpainter",
    "tests/inference/test_light_runtime.py": "litert",
    "tests/inference/test_processes.py": "bundled weights as they come",
    "tests/install/test_light.py": "light",
    "tests/install/test_wheel.py": "wheel",
    "tests/models/test_window.py": "window",
    "tests/site/test_site.py": "site",
}


class Together(LoadScopeScheduling):
    """The groups above first, then every other test for itself, whenever a worker is free."""

    def _split_scope(self, nodeid):
        return TOGETHER.get(nodeid.partition("::")[0], nodeid)
