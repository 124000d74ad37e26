"""The devices that train together: TensorFlow's distribution strategies by name."""

import os
import re

import tensorflow as tf

from inpaint.errors import UserError, as_user_error


def make_strategy(name, say=print):
    """The strategy for this machine. Call it before TensorFlow computes anything.

    Args:
        name: `"mirrored"` for all GPUs of this machine, `"multi_worker"` for the machines that the
            environment variable TF_CONFIG lists, `"tpu"`, or `"auto"`: multi_worker where
            TF_CONFIG lists more than one worker, mirrored where there is more than one GPU, else
            one device.
        say: called with a line for the user before waiting for other workers.

    Returns:
        a `tf.distribute.Strategy`.

    Raises:
        UserError: TF_CONFIG is missing or malformed, or there is no TPU.
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
        # ValueError: a cluster that TensorFlow does not take.
        with as_user_error("the workers of TF_CONFIG cannot start together", ValueError, tf.errors.OpError):
            return tf.distribute.MultiWorkerMirroredStrategy()
    if name == "tpu":
        with as_user_error("--strategy=tpu finds no TPU", ValueError, tf.errors.OpError):
            resolver = tf.distribute.cluster_resolver.TPUClusterResolver.connect()
        return tf.distribute.TPUStrategy(resolver)
    return tf.distribute.MirroredStrategy()


def _workers():
    """The addresses of the workers that TF_CONFIG lists."""
    text = os.environ.get("TF_CONFIG")
    if not text:
        return []
    resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
    try:
        cluster = resolver.cluster_spec()
        workers = [address for job in ("chief", "worker") if job in cluster.jobs
                   for address in cluster.job_tasks(job)]  # fmt: skip
        for address in workers:
            if not re.fullmatch(r".+:\d+", address):
                raise ValueError(f"{address!r} is not host:port")
        if workers:
            cluster.task_address(resolver.task_type, resolver.task_id)
    except (ValueError, TypeError) as error:
        raise UserError(
            f'TF_CONFIG is not understood ({error}): it must read like {{"cluster": {{"worker": '
            f'["host1:2222", "host2:2222"]}}, "task": {{"type": "worker", "index": 0}}}}, received {text}'
        ) from error
    return workers


def describe_devices(strategy):
    """The devices in words, such as `"2 GPUs (NVIDIA H200)"`. A CPU is pointed out: it is too slow."""
    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return f"{strategy.num_replicas_in_sync} x CPU ({os.cpu_count()} cores): TensorFlow found no GPU"
    name = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "unknown model")
    count = strategy.num_replicas_in_sync
    return f"{count} GPU{'s' if count > 1 else ''} ({name})"


def in_several_processes(strategy):
    """Whether other processes take part in the training."""
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return False
    cluster = strategy.cluster_resolver.cluster_spec()
    return sum(cluster.num_tasks(job) for job in ("chief", "worker") if job in cluster.jobs) > 1


def is_chief(strategy):
    """Whether this process saves and reports: of several workers the chief, or else the first."""
    if not in_several_processes(strategy):
        return True
    resolver = strategy.cluster_resolver
    if "chief" in resolver.cluster_spec().jobs:
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
    """Whether `flag` is true on at least one worker. All workers must call this together."""
    if not in_several_processes(strategy):
        return flag
    mine = strategy.experimental_distribute_values_from_function(lambda _: tf.constant(float(flag)))
    return float(strategy.reduce(tf.distribute.ReduceOp.SUM, mine, axis=None)) > 0
