"""Local copies of files that lie on other file systems, for code that knows local paths."""

import contextlib
import dataclasses
import os
import pathlib
import shutil
import tempfile

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from inpaint.bulk.lines import NO_FILE_SYSTEM, is_local
from inpaint.errors import UserError, as_user_error


class Staging:
    """Context in which jobs are done on local files; a job's local paths stay local.

    Outputs that belong elsewhere are written there by `deliver`, as a whole: file systems of objects show an
    object once it is complete.
    """

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="deepfillv2-")
        self._count = 0
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def fetch(self, job):
        """A `Job` like the given one, on local files; raises UserError for one that cannot be fetched."""
        paths = {name: getattr(job, name) for name in ("image", "mask", "sketch")}
        local = {path: self._fetched(path) for path in dict.fromkeys(paths.values())}
        paths = {name: local[path] for name, path in paths.items()}
        return dataclasses.replace(job, output=self.output(job), **paths)

    def output(self, job):
        """Where a job's output is written on this machine."""
        return job.output if is_local(job.output) else self._new(job.output)

    def deliver(self, job, local):
        """Write the output of a job's local form to its place; raises UserError if that fails."""
        if local.output != job.output:
            with as_user_error(f"cannot write {job.output}", NO_FILE_SYSTEM):
                with open(local.output, "rb") as source, _created(job.output) as target:
                    shutil.copyfileobj(source, target)
            os.unlink(local.output)

    def _fetched(self, path):
        if path is None or is_local(path):
            return path
        local = self._new(path)
        with as_user_error(f"cannot read {path}", NO_FILE_SYSTEM):
            if not FileSystems.exists(path):
                raise UserError(f"no such file: {path}")
            with _opened(path) as source, open(local, "wb") as target:
                shutil.copyfileobj(source, target)
        return local

    def _new(self, path):
        self._count += 1
        return os.path.join(self._folder.name, f"{self._count}{pathlib.PurePosixPath(path).suffix}")


def _opened(path):
    return contextlib.closing(FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED))


def _created(path):
    return contextlib.closing(FileSystems.create(path, compression_type=CompressionTypes.UNCOMPRESSED))
