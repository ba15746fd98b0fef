import asyncio
from io import StringIO

from rich.console import Console

from tidings import Notification, Tidings
from tidings.cli.inbox_watch import follow, update_json
from tidings.cli.invocation import Invocation


class Screen(StringIO):
    """A terminal of 80 columns that can be waited at."""

    def __init__(self) -> None:
        super().__init__()
        self._written = asyncio.Event()

    def write(self, text: str) -> int:
        self._written.set()
        return super().write(text)

    async def shows(self, text: str) -> None:
        while text not in self.getvalue():
            self._written.clear()
            await self._written.wait()


def _watcher(screen: Screen) -> Invocation:
    called = Invocation()
    called.out = Console(file=screen, width=80, highlight=False, markup=False, emoji=False)
    return called


async def test_it_shows_the_inbox_then_each_change() -> None:
    screen = Screen()
    async with asyncio.TaskGroup() as group, Tidings() as tidings:
        await tidings.push("ann", Notification(id="0", heading="Before"))
        group.create_task(follow(_watcher(screen), tidings, "ann", 5))
        await screen.shows("Before")
        assert screen.getvalue().startswith("ann: 1 pending, 1 unseen\n")

        await tidings.push("ann", Notification(id="id-1", heading="Build passed"))
        await screen.shows("id-1")
        await tidings.inbox("ann").open("id-1")
        await screen.shows("opened")
        await tidings.inbox("ann").archive_all()
        await screen.shows("archived")
        await tidings.inbox("ann").delete("0")
        await screen.shows("deleted")

    rows = [line[10:].split("  ") for line in screen.getvalue().splitlines()[-5:]]
    told = [[part.strip() for part in row if part.strip()] for row in rows]
    assert told == [
        ["new", "Build passed", "2 pending, 2 unseen"],
        ["id-1"],
        ["opened", "Build passed", "1 pending, 1 unseen"],
        ["archived", "2 notifications", "0 pending, 0 unseen"],
        ["deleted", "0", "0 pending, 0 unseen"],
    ]


async def test_a_forgotten_inbox_is_read_anew() -> None:
    screen = Screen()
    async with asyncio.TaskGroup() as group, Tidings() as tidings:
        group.create_task(follow(_watcher(screen), tidings, "ann", 5))
        await screen.shows("ann: 0 pending")
        await tidings.push("ann", Notification(heading="Before"))
        await screen.shows("Before")
        await tidings.forget("ann")
        await screen.shows("the log began anew: 0 read anew")


async def test_updates_have_a_shape_for_programs() -> None:
    async with Tidings() as tidings, tidings.inbox("ann").changes() as updates:
        await tidings.push("ann", Notification(id="1", heading="Hi"))
        added = update_json(await anext(updates))
        await tidings.inbox("ann").open("1")
        changed = update_json(await anext(updates))
        await tidings.inbox("ann").delete("1")
        deleted = update_json(await anext(updates))
        await tidings.forget("ann")
        reloaded = update_json(await anext(updates))

    assert (added["update"], added["pending"], added["entry"]["id"]) == ("added", 1, "1")
    assert (changed["name"], changed["entries"][0]["opened"]) == ("tidings:opened", True)
    assert (deleted["name"], deleted["removed"]) == ("tidings:deleted", ["1"])
    assert (reloaded["update"], reloaded["entries"]) == ("reloaded", [])
