"""Files on any file system that fsspec knows, and local copies of them for code that knows local paths."""

import contextlib
import dataclasses
import os
import pathlib
import tempfile

import fsspec

from inpaint.errors import UserError, as_user_error


@contextlib.contextmanager
def file_errors(what):
    """As `as_user_error`, for files anywhere: clients of object stores have errors of their own."""
    try:
        with as_user_error(what, ValueError, ImportError):  # no `abc://`, or no package for `s3://`
            yield
    except Exception as error:
        if type(error).__module__.split(".")[0] in ("builtins", "inpaint"):
            raise
        raise UserError(f"{what}: {error}") from error


def is_local(path):
    """Whether a path is one of the operating system, not `gs://` or the like."""
    return "://" not in path


def file_system(path):
    """The file system of a path, and the path there."""
    return fsspec.url_to_fs(path) if not is_local(path) else (fsspec.filesystem("file"), path)


class Staging:
    """Jobs on local files: copies in a folder; a job's local paths stay as they are."""

    def __init__(self, folder):
        self._folder = folder

    def fetch(self, job):
        """A `Job` like the given one, on local files; raises UserError for one that cannot be fetched."""
        paths = {name: getattr(job, name) for name in ("image", "mask", "sketch")}
        local = {path: self._fetched(path) for path in dict.fromkeys(paths.values())}
        paths = {name: local[path] for name, path in paths.items()}
        return dataclasses.replace(job, output=self.local(job.output), **paths)

    def local(self, path):
        """Where a file lies while it is worked on."""
        if path is None or is_local(path):
            return path
        return tempfile.mktemp(pathlib.PurePosixPath(path).suffix, dir=self._folder)  # no other writes there

    def deliver(self, job, local):
        """Write the output of a job's local form to its place, as a whole; UserError if that fails."""
        if local.output != job.output:
            with file_errors(f"cannot write {job.output}"):
                system, path = file_system(job.output)
                with system.transaction, system.open(path, "wb") as target:
                    target.write(pathlib.Path(local.output).read_bytes())
            os.unlink(local.output)

    def _fetched(self, path):
        local = self.local(path)
        if local != path:
            with file_errors(f"cannot read {path}"):
                system, far = file_system(path)
                if not system.exists(far):
                    raise UserError(f"no such file: {path}")
                system.get_file(far, local)
        return local
