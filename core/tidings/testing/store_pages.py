"""Rules of pages: filters, cursors, and the moment that a page is of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tidings.changes import ARCHIVED, OPENED, SEEN, Change
from tidings.event import Counts
from tidings.page import Entry, Filter
from tidings.protocols import InboxRows
from tidings.testing.far_side import FarSide, Store
from tidings.testing.rules import equal, hold, rule
from tidings.testing.samples import an_inbox, append, said, told

_NOON = datetime(2029, 6, 1, 12, tzinfo=UTC)


@rule("store.page.entries", InboxRows)
async def entries(far: FarSide) -> None:
    """A page shows notifications newest first, byte for byte, with offsets and states."""
    async with far.store() as store:
        channel = an_inbox()
        notes = [told(channel, id=i, heading="Grüße 👋", data={"n": 1.5}) for i in "abc"]
        await append(store, [*notes, said(channel), Change(SEEN, ("b",)).event(channel)])
        page = await store.page(channel, Filter(), 10, None)
        expected = [
            Entry(note.id, offset, note.data, seen=note.id == "b")
            for offset, note in enumerate(notes, 1)
        ]
        hold("three entries", list(page.entries) == expected[::-1], page.entries)


@rule("store.page.filters", InboxRows)
async def filters(far: FarSide) -> None:
    """A page holds what its filter wants; every condition given must hold."""
    async with far.store() as store:
        channel = await _inbox_of_four(store)
        wanted = {
            "dcba": Filter(),
            "dcb": Filter("pending"),
            "dc": Filter("unseen"),
            "a": Filter("opened"),
            "": Filter("archived"),
            "db": Filter(category="x"),
            "dc1": Filter(since=_NOON + timedelta(minutes=2)),
            "ca": Filter(ids=frozenset("acz")),
            "b": Filter("pending", "x", _NOON, frozenset("bc")),
        }
        for ids, condition in wanted.items():
            page = await store.page(channel, condition, 10, None)
            equal(f"ids by {condition}", _ids(page.entries), ids.rstrip("1"))
            equal("counts, which are of the whole", page.counts, Counts(3, 2))


@rule("store.page.states", InboxRows)
async def states(far: FarSide) -> None:
    """The archived are neither pending nor opened; brought back, they are as before."""
    async with far.store() as store:
        channel = await _inbox_of_four(store)
        await append(store, [Change(ARCHIVED, ("a", "d")).event(channel)])
        found = {}
        for state in ("pending", "unseen", "opened", "archived"):
            page = await store.page(channel, Filter(state), 10, None)
            found[state] = _ids(page.entries)
        expected = {"pending": "cb", "unseen": "c", "opened": "", "archived": "da"}
        equal("ids by state", found, expected)


@rule("store.page.cursors", InboxRows)
async def cursors(far: FarSide) -> None:
    """Page by page, every entry comes once, and `more` says rightly whether one follows."""
    async with far.store() as store:
        channel = an_inbox()
        category = ["x", "y", "x", "x", "y", "x"]
        await append(store, (told(channel, id=f"{n}", category=category[n]) for n in range(6)))
        for wanted, ids in ((Filter(), "543210"), (Filter(category="x"), "5320")):
            seen, before = "", None
            while True:
                page = await store.page(channel, wanted, 3, before)
                seen += _ids(page.entries)
                equal(f"more than {seen} of {ids}", page.more, len(seen) < len(ids))
                if page.cursor is None:
                    break
                before = page.cursor.offset
            equal("ids in pages of three", seen, ids)


@rule("store.page.position", InboxRows)
async def position(far: FarSide) -> None:
    """A page says the newest position, whatever it shows; one never written to, its head."""
    async with far.store() as store:
        channel, empty = an_inbox(), an_inbox()
        *_, last = await append(store, [told(channel), told(channel), said(channel)])
        for condition in (Filter(), Filter("archived")):
            page = await store.page(channel, condition, 1, None)
            equal("its position", page.position, last.position)
        page = await store.page(empty, Filter(), 10, None)
        head = (await store.heads([empty]))[empty]
        equal("an empty inbox", (list(page.entries), page.position, page.more), ([], head, False))


async def _inbox_of_four(store: Store) -> str:
    """Make an inbox of four: a opened, b seen, c and d new; b and d of category x."""
    channel = an_inbox()
    notes = [
        told(channel, id=i, category="x" if i in "bd" else None, created_at=_NOON + n * _MINUTE)
        for n, i in enumerate("abcd")
    ]
    changes = [Change(OPENED, ("a",)).event(channel), Change(SEEN, ("b",)).event(channel)]
    await append(store, [*notes, *changes])
    return channel


_MINUTE = timedelta(minutes=1)


def _ids(found: Sequence[Entry]) -> str:
    return "".join(entry.id for entry in found)


RULES = (entries, filters, states, cursors, position)
