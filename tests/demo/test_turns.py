"""One piece of work at a time, in order, for those who still wait for it."""

import asyncio
import threading

import pytest

pytest.importorskip("fastapi", reason="FastAPI is not installed")

from inpaint.demo.errors import Busy  # noqa: E402
from inpaint.demo.turns import Turns  # noqa: E402
from inpaint.errors import UserError  # noqa: E402


class Work:
    """Work of three parts that waits for its gate after the first one."""

    def __init__(self, error=None):
        self.begun, self.gate, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.parts, self.error = 0, error

    def __call__(self, progress):
        try:
            for self.parts in (1, 2, 3):
                progress(self.parts, 3)
                self.begun.set()
                assert self.gate.wait(60)
                if self.error:
                    raise self.error
            return {"answer": 42}
        finally:
            self.ended.set()


async def wait(event):
    assert await asyncio.to_thread(event.wait, 60)


async def until(turns, count):
    while len(turns) != count:
        await asyncio.sleep(0)


async def all_of(turns, job):
    return [message async for message in turns.follow(job)]


def test_in_order_and_told_where_they_are():
    async def run():
        turns, works = Turns(5), [Work(), Work(), Work()]
        jobs = [turns.enter(work, "somebody") for work in works]
        following = [asyncio.create_task(all_of(turns, job)) for job in jobs]
        await wait(works[0].begun)
        assert len(turns) == 3 and not works[1].begun.is_set()
        for work in works:
            work.gate.set()
        told = await asyncio.gather(*following)
        await until(turns, 0)
        return told

    first, second, third = asyncio.run(run())
    parts = [{"state": "running", "done": done, "total": 3} for done in (1, 2, 3)]
    assert first == [{"state": "running", "done": 0, "total": 1}, *parts, {"state": "done", "answer": 42}]
    assert second[0] == {"state": "queued", "ahead": 1} and second[-1]["state"] == "done"
    places = [message["ahead"] for message in third if message["state"] == "queued"]
    assert places[0] == 2 and places[-1] == 1 and places == sorted(places, reverse=True)


def test_leaving_stops_what_runs_and_what_waits():
    async def run():
        turns, works = Turns(5), [Work(), Work(), Work()]
        following = [asyncio.create_task(all_of(turns, turns.enter(work, "somebody"))) for work in works]
        await wait(works[0].begun)
        following[1].cancel()
        await asyncio.wait([following[1]])
        assert len(turns) == 2
        following[0].cancel()
        await asyncio.wait([following[0]])
        assert len(turns) == 2  # until the part that runs is done
        for work in works:
            work.gate.set()
        told = await following[2]
        await until(turns, 0)
        assert works[0].parts == 2 and not works[1].begun.is_set() and works[2].parts == 3
        return told

    assert asyncio.run(run())[-1] == {"state": "done", "answer": 42}


def test_errors_are_told_and_the_next_one_runs(caplog):
    async def run():
        turns = Turns(5)
        works = [Work(UserError("no hole")), Work(ZeroDivisionError("secret")), Work()]
        for work in works:
            work.gate.set()
        return [(await all_of(turns, turns.enter(work, "somebody")))[-1] for work in works]

    first, second, third = asyncio.run(run())
    assert first == {"state": "failed", "error": "no hole"}
    assert second["state"] == "failed" and "secret" not in second["error"] and "secret" in caplog.text
    assert third["state"] == "done"


def test_too_many_are_sent_away():
    async def run():
        turns, works = Turns(2), [Work(), Work(), Work()]
        following = [asyncio.create_task(all_of(turns, turns.enter(work, "somebody"))) for work in works]
        with pytest.raises(Busy, match="2 others are waiting already: try again"):
            turns.enter(Work(), "somebody")
        for work in works:
            work.gate.set()
        await asyncio.gather(*following)

    asyncio.run(run())


def test_nobody_takes_all_turns():
    async def run():
        turns, work = Turns(5, most_each=2), Work()
        jobs = [turns.enter(work, "greedy") for _ in range(2)]
        with pytest.raises(Busy, match="2 fills of yours are waiting already"):
            turns.enter(work, "greedy")
        jobs.append(turns.enter(work, "honest"))
        work.gate.set()
        return await asyncio.gather(*(all_of(turns, job) for job in jobs))

    assert [told[-1]["state"] for told in asyncio.run(run())] == ["done"] * 3
