"""Work of many visitors, one piece at a time."""

import asyncio
import concurrent.futures
import logging
import threading

from inpaint.demo.errors import Busy
from inpaint.errors import UserError

_FAILED = "the server failed: try again, or tell the person who runs it"


class _Stop(Exception):
    """Ends work that nobody waits for any more."""


class _Job:
    def __init__(self, owner):
        self.owner = owner
        self.messages = asyncio.Queue()
        self.stopped = threading.Event()


class Turns:
    """Runs work in a thread, in the order of arrival. To be used from one event loop.

    Args:
        most: how many may wait.
        most_each: how many of one owner may run or wait.
    """

    def __init__(self, most, most_each=32):
        self._most = most
        self._most_each = most_each
        self._jobs = []  # the first one runs
        self._thread = concurrent.futures.ThreadPoolExecutor(1, "fill")

    def __len__(self):
        """How many are running or waiting."""
        return len(self._jobs)

    def enter(self, work, owner):
        """Queue work.

        Args:
            work: called as `work(progress)` in a thread; returns a dict. `progress(done, total)` ends it if
                nobody follows it any more.
            owner: who asks for it.

        Returns:
            A job for `follow`.

        Raises:
            Busy: if too many are waiting, or too many of this owner's.
        """
        if len(self._jobs) > self._most:
            raise Busy(f"{self._most} others are waiting already")
        if sum(job.owner == owner for job in self._jobs) >= self._most_each:
            raise Busy(f"{self._most_each} fills of yours are waiting already")
        job = _Job(owner)
        self._jobs.append(job)
        self._thread.submit(self._run, job, work, asyncio.get_running_loop())
        self._tell_places()
        return job

    async def follow(self, job):
        """Async generator of what happens to a job; leaving it early stops the job.

        Yields:
            dicts with "state": "queued" (and "ahead", the number of those before it), "running" (and "done"
            and "total", in parts of the work), then "done" (and what the work returned) or "failed" (and
            "error").
        """
        try:
            while True:
                message = await job.messages.get()
                yield message
                if message["state"] in ("done", "failed"):
                    return
        finally:
            job.stopped.set()
            if job in self._jobs[1:]:
                self._leave(job)

    def _run(self, job, work, loop):
        def tell(**message):
            loop.call_soon_threadsafe(job.messages.put_nowait, message)

        def progress(done, total):
            if job.stopped.is_set():
                raise _Stop
            tell(state="running", done=done, total=total)

        try:
            progress(0, 1)
            tell(state="done", **work(progress))
        except _Stop:
            pass
        except UserError as error:
            tell(state="failed", error=str(error))
        except Exception:
            logging.getLogger("uvicorn.error").exception("work for the page failed")
            tell(state="failed", error=_FAILED)
        finally:
            loop.call_soon_threadsafe(self._leave, job)

    def _leave(self, job):
        if job in self._jobs:
            self._jobs.remove(job)
            self._tell_places()

    def _tell_places(self):
        for ahead, job in enumerate(self._jobs[1:], 1):
            job.messages.put_nowait({"state": "queued", "ahead": ahead})
