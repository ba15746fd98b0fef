"""A device's copy in JavaScript shows what the core's fold says, whatever comes between."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page

from http_plugin.browser.site import Site
from tidings import Counts, Event, Notification, Position
from tidings.changes import SETS, Change
from tidings.inbox_fold import Fold
from tidings.page import Filter

Line = dict[str, Any]

CHANNEL, EPOCH, LIMIT = "private-user-ann", "k3", 4
CHANGES = [*SETS, "tidings:deleted", "tidings:expired", "tidings:evicted"]


class Device:
    """The copy, on a page."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def ask(self, command: str, **given: Any) -> Any:
        """Have it do something; return the result."""
        call = "([command, given]) => window.copy[command](given) ?? null"
        return await self._page.evaluate(call, [command, given])


@pytest.fixture
async def copy(site: Site, device: BrowserContext) -> Device:
    page = await device.new_page()
    await page.goto(site.page(module="/files/copy.js"))
    await page.wait_for_function("() => window.copy")
    return Device(page)


class Story:
    """A history of an inbox, and a device that follows it, each at its own pace."""

    def __init__(self, random: Random, device: Device, order: str) -> None:
        self.random = random
        self.device = device
        self.order = order
        self.fold = Fold()
        self.events: list[Line] = []
        self.position = 0  # of the device
        self.query: Line | None = None  # of the older page that is being read
        self.older: Line | None = None  # what was read

    def happens(self) -> None:
        """Let the server store something."""
        offset = len(self.events) + 1
        event = self._event(offset)._replace(position=Position(EPOCH, offset))
        self.fold.apply(event)
        told: Line = {
            "event": event.name,
            "id": event.id,
            "data": json.loads(event.data),
            "position": {"epoch": EPOCH, "offset": offset},
            "counts": _counts(self.fold.counts),
        }
        self.events.append(told)

    async def begins(self) -> None:
        """Let the device read the first page."""
        self.query = self.older = None
        page = self.page(await self.device.ask("first"))
        await self.device.ask("load", page=page)
        self.position = len(self.events)

    async def hears(self) -> None:
        """Let the device hear the next event, if it has not heard all."""
        if self.position < len(self.events):
            event = self.events[self.position]
            self.position += 1
            if not await self.device.ask("apply", event=event, limit=LIMIT):
                await self.begins()

    async def scrolls(self) -> None:
        """Let the device ask for an older page, the server read it, or the device have it."""
        if self.query is None:
            self.query = await self.device.ask("older")
        elif self.older is None:
            self.older = self.page(self.query)
        elif self.random.random() < 0.2:
            await self.device.ask("stay")
            self.query = self.older = None
        else:
            await self.device.ask("extend", page=self.older)
            self.query = self.older = None

    async def ends(self) -> Any:
        """Let the device hear and load all; return what it shows."""
        while self.position < len(self.events):
            await self.hears()
        while self.query is not None:
            await self.scrolls()
        while (query := await self.device.ask("older")) is not None:
            await self.device.ask("extend", page=self.page(query))
        return await self.device.ask("shown")

    def page(self, query: Line) -> Line:
        """Return a page as the server has it now."""
        before = query.get("before")
        wanted = Filter(state=query.get("state"))
        entries, more = self.fold.page(wanted, LIMIT, before and before["offset"])
        return {
            "entries": [_entry(entry) for entry in entries],
            "counts": _counts(self.fold.counts),
            "position": {"epoch": EPOCH, "offset": len(self.events)},
            "cursor": {"epoch": EPOCH, "offset": entries[-1].offset} if more else None,
        }

    def expected(self) -> list[Line]:
        """Return what the inbox holds, in the device's order."""
        entries, _ = self.fold.page(Filter(), len(self.fold) + 1)
        if self.order == "pending":
            entries = sorted(entries, key=lambda entry: (not entry.pending, -entry.offset))
        return [_entry(entry) for entry in entries if not entry.archived]

    def _event(self, offset: int) -> Event:
        if self.random.random() < 0.5:
            category = self.random.choice([None, "builds"])
            text = Notification(id=f"n{offset}", heading="Hi", category=category).to_json()
            return Event(CHANNEL, "tidings:notification", text, f"n{offset}")
        name = self.random.choice(CHANGES)
        if self.random.random() < 0.8:
            ids = [f"n{self.random.randint(1, offset)}" for _ in range(2)]
            return Change(name, tuple(ids)).event(CHANNEL)
        through = Position(EPOCH, self.random.randint(0, offset))
        return Change(name, (), through, self.random.choice([None, "builds"])).event(CHANNEL)


def _entry(entry: Any) -> Line:
    states = {"opened": entry.opened, "seen": entry.seen, "archived": entry.archived}
    data = json.loads(entry.data)
    return {"id": entry.id, "offset": entry.offset, **states, "notification": data}


def _counts(counts: Counts) -> Line:
    return {"pending": counts.pending, "unseen": counts.unseen}


@pytest.mark.parametrize("order", ["newest", "pending"])
async def test_it_shows_what_the_fold_says(copy: Device, order: str) -> None:
    for seed in range(12):
        random = Random(seed)
        story = Story(random, copy, order)
        await copy.ask("make", order=order)
        for _ in range(random.randint(0, 12)):
            story.happens()
        await story.begins()
        for _ in range(80):
            match random.randrange(4):
                case 0 | 1:
                    story.happens()
                case 2:
                    await story.hears()
                case _:
                    await story.scrolls()
        shown = await story.ends()
        entries = [entry for entry in shown["entries"] if not entry["archived"]]
        assert entries == story.expected(), f"seed {seed}"
        assert shown["counts"] == _counts(story.fold.counts)
        assert shown["position"] == {"epoch": EPOCH, "offset": len(story.events)}
