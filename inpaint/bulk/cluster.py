"""Connecting to Ray."""

import contextlib
import logging
import os
import re
import socket

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

import inpaint
from inpaint.errors import UserError, as_user_error

STORE = 1 << 28  # bytes of Ray's shared memory on one machine: only lines go through it


@contextlib.contextmanager
def cluster(address=None):
    """Context in which Ray runs.

    Args:
        address: `auto` for the cluster that this machine belongs to, its `HOST:PORT`, or None: Ray is started
            on this machine alone.

    Raises:
        UserError: there is no such cluster, or one of its nodes has no or another version of this package.
    """
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # all else is for Ray's developers
    where = {"address": "local", "include_dashboard": False, "object_store_memory": STORE}
    if address:
        if address.startswith("ray://"):
            raise UserError(
                f"Ray Data does not work through {address}: run this on the cluster, as `ray job submit` "
                f"does, with --address=auto"
            )
        where = {"address": address}
        if place := re.fullmatch(r"(.+):(\d+)", address):  # Ray would wait for minutes
            with as_user_error(f"cannot reach the Ray cluster {address}"):
                socket.create_connection((place[1], int(place[2])), timeout=10).close()
    try:
        ray.init(**where, logging_level=logging.ERROR, log_to_driver=False)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise UserError(f"cannot use the Ray cluster {address or 'of this machine'}: {error}") from error
    try:
        _check_nodes()
        yield
    finally:
        ray.shutdown()


def _check_nodes():
    version = ray.remote(num_cpus=0, max_retries=0)(_version)
    nodes = {node["NodeID"]: node["NodeManagerAddress"] for node in ray.nodes() if node["Alive"]}
    asked = {
        node: version.options(scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False)).remote()
        for node in nodes
    }
    for node, answer in asked.items():
        try:
            theirs = ray.get(answer)
        except ray.exceptions.RayError as error:
            why = re.search(r"No module named .*", str(error))
            raise UserError(
                f"the node {nodes[node]} cannot run this package: {why[0] if why else error}"
            ) from error
        if theirs != inpaint.__version__:
            raise UserError(
                f"the node {nodes[node]} has deepfillv2 {theirs}, this machine {inpaint.__version__}: "
                f"install the same"
            )


def _version():
    return inpaint.__version__
