"""Beam's own options."""

import argparse
import os

from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, WorkerOptions

from inpaint.errors import UserError


def runner_options(arguments):
    """Beam's options from the command line.

    Args:
        arguments: list of strings.

    Returns:
        a `PipelineOptions`.

    Raises:
        UserError: one that Beam does not know, or a value that it does not take.
    """
    parser = _Parser(add_help=False, allow_abbrev=False)
    for kind in PipelineOptions.__subclasses__():
        kind._add_argparse_args(parser)
    _, unknown = parser.parse_known_args(arguments)
    if unknown:
        raise UserError(f"{unknown[0]!r} is neither a flag of this command nor an option of Apache Beam")
    options = PipelineOptions(arguments, save_main_session=False)
    if options.view_as(WorkerOptions).default_sdk_harness_log_level is None:
        options.view_as(WorkerOptions).default_sdk_harness_log_level = "ERROR"
    return options


def worker_threads(options):
    """How many threads a worker has of its machine's cores, if several share this one; else 0."""
    direct = options.view_as(DirectOptions)
    if direct.direct_running_mode != "multi_processing":
        return 0
    return max(1, os.cpu_count() // (direct.direct_num_workers or os.cpu_count()))


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise UserError(f"Apache Beam's options: {message}")
