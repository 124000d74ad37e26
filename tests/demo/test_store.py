"""Visitors' files are kept while they are used, and not longer."""

import pytest

pytest.importorskip("fastapi", reason="FastAPI is not installed")

from inpaint.demo.errors import Gone  # noqa: E402
from inpaint.demo.kept.store import Store  # noqa: E402


class Clock:
    now = 0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def put(store, size=10, owner="somebody"):
    with store.new(owner) as (name, folder):
        (folder / "x").write_bytes(bytes(size))
    return name


def kept(store, names):
    """Which of them are there, without using them."""
    return [name for name in names if name in store._entries]


def test_folders_are_removed_after_their_last_use(tmp_path, clock):
    store = Store(tmp_path, 60, 1000, clock)
    first, second = put(store), put(store)
    clock.now = 50
    assert (store.folder(first) / "x").read_bytes() == bytes(10)
    clock.now = 61
    store.remove_old()
    assert kept(store, [first, second]) == [first] and [p.name for p in tmp_path.iterdir()] == [first]
    with pytest.raises(Gone, match="drop it again"):
        store.folder(second)
    clock.now = 111
    store.remove_old()
    assert not list(tmp_path.iterdir())


def test_together_they_do_not_grow_beyond_a_limit(tmp_path, clock):
    store = Store(tmp_path, 60, 100, clock)
    names = [put(store, 40), put(store, 40)]
    store.folder(names[0])
    names.append(put(store, 40))
    assert kept(store, names) == [names[0], names[2]]
    names.append(put(store, 500))  # the newest one always has its place
    assert kept(store, names) == [names[3]]


def test_a_body_that_fails_leaves_nothing(tmp_path, clock):
    store = Store(tmp_path, 60, 100, clock)
    with pytest.raises(ZeroDivisionError), store.new("somebody") as (name, folder):
        (folder / "x").write_bytes(b"x")
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir()) and not kept(store, [name])


def test_ids_cannot_be_guessed_and_name_no_paths(tmp_path, clock):
    store = Store(tmp_path / "..", 60, 100, clock)
    names = {put(store) for _ in range(20)}
    assert len(names) == 20 and min(map(len, names)) >= 24
    for name in ("", ".", "..", "../etc", str(tmp_path)):
        with pytest.raises(Gone):
            store.folder(name)


def test_the_greediest_gives_way(tmp_path, clock):
    store = Store(tmp_path, 60, 100, clock)
    honest = put(store, 30, "honest")
    greedy = [put(store, 20, "greedy") for _ in range(9)]
    assert kept(store, [honest, *greedy]) == [honest, *greedy[-3:]]
