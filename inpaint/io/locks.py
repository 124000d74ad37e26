"""Locks between processes."""

import errno

import filelock

_NO_LOCKS = (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK)  # of file systems without locks


def hold(path):
    """Lock a file until this process ends, in whatever way, or not at all where the file system has no locks.

    Args:
        path: the file; created if needed.

    Returns:
        A `FileLock`, whose `release` ends it before.

    Raises:
        filelock.Timeout: another process holds it.
        OSError: the file cannot be written.
    """
    # A soft lock, which is a file that exists, would outlive a process that is killed.
    lock = filelock.FileLock(path, timeout=0, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except OSError as error:
        if isinstance(error, filelock.Timeout) or error.errno not in _NO_LOCKS:
            raise
    return lock
