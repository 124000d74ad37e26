"""Which devices train together: TensorFlow's distribution strategies by name."""

import json
import os
import re

import tensorflow as tf

from inpaint.errors import UserError, telling


def make_strategy(name, say=print):
    """The strategy for this machine; make it before anything else of TensorFlow's runs.

    Args:
        name: `"mirrored"` for all GPUs of this machine, `"multi_worker"` for the machines that the
            environment variable TF_CONFIG lists, `"tpu"`, or `"auto"`: multi_worker where
            TF_CONFIG lists more than one worker, mirrored where there is more than one GPU, else
            one device.
        say: takes a line for the user, before other workers are waited for.

    Returns:
        a `tf.distribute.Strategy`.

    Raises:
        UserError: TF_CONFIG missing or not understood, or no TPU found.
    """
    workers = _workers() if name in ("auto", "multi_worker") else []
    if name == "auto":
        name = "multi_worker" if len(workers) > 1 else "mirrored"
        if name == "mirrored" and len(tf.config.list_physical_devices("GPU")) < 2:
            return tf.distribute.get_strategy()
    if name == "multi_worker":
        if not workers:
            raise UserError(
                "--strategy=multi_worker needs TF_CONFIG, which lists the workers: see docs/devices.md"
            )
        say(f"waiting for the {len(workers)} workers of TF_CONFIG")
        with telling("the workers of TF_CONFIG cannot start together"):
            return tf.distribute.MultiWorkerMirroredStrategy()
    if name == "tpu":
        with telling("--strategy=tpu finds no TPU"):
            resolver = tf.distribute.cluster_resolver.TPUClusterResolver.connect()
        return tf.distribute.TPUStrategy(resolver)
    return tf.distribute.MirroredStrategy()


def _workers():
    """The workers that TF_CONFIG lists, "host:port" each."""
    text = os.environ.get("TF_CONFIG") or "{}"
    try:
        config = json.loads(text)
        cluster = config.get("cluster", {})
        workers = [*_addresses(cluster, "chief"), *_addresses(cluster, "worker")]
        if workers:
            task = config["task"]
            cluster[task["type"]][int(task["index"])]
            return workers
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UserError(
            f'TF_CONFIG is not understood ({error!r}): it must read like {{"cluster": {{"worker": '
            f'["host1:2222", "host2:2222"]}}, "task": {{"type": "worker", "index": 0}}}}, received {text}'
        ) from error
    return []


def _addresses(cluster, kind):
    addresses = cluster.get(kind, [])
    for address in addresses if isinstance(addresses, list) else [addresses]:
        if not (isinstance(addresses, list) and re.fullmatch(r".+:\d+", address)):
            raise ValueError(f"{kind} must list host:port, not {address!r}")
    return addresses


def describe_devices(strategy):
    """What trains, in words: `"2 GPUs (NVIDIA H200)"`, or a CPU, which for a real run is a mistake."""
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return f"{strategy.num_replicas_in_sync} x CPU ({os.cpu_count()} cores): TensorFlow found no GPU"
    name = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "unknown model")
    count = strategy.num_replicas_in_sync
    return f"{count} GPU{'s' if count > 1 else ''} ({name})"


def in_several_processes(strategy):
    """Whether other processes train along."""
    return strategy.extended._in_multi_worker_mode()


def is_chief(strategy):
    """Whether this process saves and tells: of several workers the chief, or else the first."""
    if not in_several_processes(strategy):
        return True
    resolver = strategy.cluster_resolver
    if resolver.cluster_spec().as_dict().get("chief"):
        return resolver.task_type == "chief"
    return resolver.task_id == 0


def overflow_on_all(gradients):
    """Make a NaN or Inf on one replica one on all, so that all skip the step: Keras 3 asks the first only.

    Args:
        gradients: list of tensors; called in a replica's context.

    Returns:
        the gradients, or NaN in their place.
    """
    finite = tf.reduce_all([tf.reduce_all(tf.math.is_finite(gradient)) for gradient in gradients])
    replica = tf.distribute.get_replica_context()
    overflows = replica.all_reduce(tf.distribute.ReduceOp.SUM, 1.0 - tf.cast(finite, tf.float32))
    return [tf.where(overflows > 0, tf.constant(float("nan"), g.dtype), g) for g in gradients]


def any_worker(strategy, flag):
    """Whether `flag` holds on at least one worker; all of them must ask at the same time."""
    if not in_several_processes(strategy):
        return flag
    mine = strategy.experimental_distribute_values_from_function(lambda _: tf.constant(float(flag)))
    return float(strategy.reduce(tf.distribute.ReduceOp.SUM, mine, axis=None)) > 0
