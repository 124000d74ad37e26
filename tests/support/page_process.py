"""The page as people start it, in a process of its own."""

import contextlib
import signal
import socket
import subprocess

from support.helpers import command_line


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running_page(log, *flags):
    """Starts the page's command; the body gets its address and its process.

    Args:
        log: a file that its output goes to.
        flags: further flags.
    """
    command = command_line("demo", f"--port={_free_port()}", *flags)
    with open(log, "w") as output:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=output, text=True)
    try:
        told = []
        for line in process.stdout:
            told.append(line)
            if line.startswith("the page is at "):
                yield line.split()[-1], process
                break
        else:
            raise AssertionError(f"the page did not start: {told}, {log.read_text()}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
