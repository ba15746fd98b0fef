from collections.abc import Callable
from functools import partial

import pytest

from core.demo import worlds as broken
from core.demo.project import Project, history_of
from core.demo.worlds import world
from tidings.demo.run import Result, compare, run
from tidings.demo.worlds import worlds
from tidings_memory import MemoryBroker, MemoryStore

PEOPLE = ("ann@example.org", "bob+git@example.org", "cem Öz", "李@example.org", "dan@example.org")


def ignore(_: int) -> None:
    """Nobody looks at the progress."""


@pytest.fixture
def busy(project: Project) -> Project:
    """A project of five people who change each other's files, more often than a screen shows."""
    project.fast_import(b"".join(map(made, range(100))))
    return project


def made(number: int) -> bytes:
    who = PEOPLE[number * 7 % len(PEOPLE)].encode()
    when = 1_700_000_000 + 60 * number
    files = b"".join(
        b"M 100644 inline dir%d/file\ndata %d\n%d\n" % (file, len(str(number)), number)
        for file in {number % 3, number % 4}
    )
    return b"commit refs/heads/main\ncommitter Who <%s> %d +0000\ndata 8\nWork %03d\n%s\n" % (
        *(who, when, number),
        files,
    )


async def outcome(
    project: Project, store: Callable[[], MemoryStore], broker: Callable[[], MemoryBroker]
) -> Result:
    patience = 0.2 if broker is broken.Silent else 60  # it never comes to rest
    return await run(world(store, broker), await history_of(project), ignore, patience=patience)


async def test_every_installed_transport_shows_everybody_what_they_must_see(busy: Project) -> None:
    history = await history_of(busy)
    assert not history.own
    results = [await run(each, history, ignore) for each in worlds()]
    compare(results)
    for result in results:
        assert result.differences == []
        assert result.equal
        assert result.notifications == len(history.digests) > 80
        assert result.devices == 3 * len(PEOPLE)
        assert result.opened > 10
        assert result.caught_up > 5
        assert result.per_second > 0
    memory, sql, pusher = results
    assert (memory.transport, memory.reopened, memory.compared_with) == ("memory", False, None)
    assert (sql.transport, sql.reopened, sql.compared_with) == ("sql", True, "memory")
    assert (pusher.transport, pusher.reopened) == ("pusher", False)
    assert memory.pictures == sql.pictures == pusher.pictures
    assert set(memory.pictures) == set(history.users)


async def test_an_application_that_comes_back_without_what_it_had_is_found_out(
    busy: Project,
) -> None:
    history = await history_of(busy)
    result = await run(broken.forgetful(), history, ignore, patience=0.2)
    assert result.reopened
    assert any("missing" in difference for difference in result.differences)


async def test_a_transport_that_shows_other_than_the_first_one_is_found_out(busy: Project) -> None:
    history = await history_of(busy)
    results = [await run(world(store), history, ignore) for store in (MemoryStore, broken.Rewords)]
    results[1].differences.clear()
    compare(results)
    assert len(results[1].differences) == len(history.users)
    assert results[1].differences[0].endswith("other content than on test")
    assert results[0].equal


async def test_the_fullest_inbox_comes_along_newest_first(busy: Project) -> None:
    history = await history_of(busy)
    result = await run(world(), history, ignore)
    assert result.page is not None
    wanted = list(history.inboxes[history.users[0]])[::-1]
    assert [entry.id for entry in result.page.entries] == wanted[:20]


async def test_a_few_are_followed_and_all_others_catch_up_from_the_start(busy: Project) -> None:
    history = await history_of(busy)
    result = await run(world(), history, ignore, followed=2)
    assert result.differences == []
    assert result.devices == 2 * 3 + 3
    late = sum(len(history.inboxes[user]) for user in history.users[2:])
    assert result.caught_up > late


async def test_a_phone_that_was_away_for_longer_than_the_log_reaches_reads_anew(
    busy: Project,
) -> None:
    history = await history_of(busy)
    result = await run(world(partial(MemoryStore, log_count=2)), history, ignore, followed=3)
    assert result.differences == []


@pytest.mark.parametrize("commits", [1, 2, 3, 4])
async def test_the_shortest_histories_run_too(project: Project, commits: int) -> None:
    for number in range(commits):
        project.commit("ann@example.org", write={"a": str(number)})
    history = await history_of(project)
    result = await run(world(), history, ignore)
    assert result.differences == []
    assert result.notifications == commits
    assert result.caught_up > 0


async def test_progress_is_told_up_to_the_last_notification(busy: Project) -> None:
    history = await history_of(busy)
    done: list[int] = []
    await run(world(), history, done.append)
    assert done == sorted(done)
    assert done[-1] == len(history.digests)


@pytest.mark.parametrize(
    ("store", "broker", "told"),
    [
        (broken.Rewords, MemoryBroker, "other than pushed"),
        (broken.NeverOpens, MemoryBroker, "in another state"),
        (broken.NeverOpens, MemoryBroker, "unseen, in place of"),
        (broken.Swallows, MemoryBroker, "missing"),
        (broken.Invents, MemoryBroker, "never pushed"),
        (broken.Fails, MemoryBroker, "the disk is full"),
        (MemoryStore, broken.Garbles, "screen of ann@example.org: entry 1 from the top"),
        (MemoryStore, broken.Garbles, "tab of ann@example.org: entry 1 from the top"),
        (MemoryStore, broken.Garbles, "phone of ann@example.org: entry"),
        (MemoryStore, broken.Silent, "screen of ann@example.org: came to offset 0"),
        (MemoryStore, broken.Silent, "tab of ann@example.org: came to offset 0"),
        (MemoryStore, broken.Miscounts, "screen of ann@example.org: counts"),
        (MemoryStore, broken.Miscounts, "tab of ann@example.org: counts"),
        (MemoryStore, broken.Miscounts, "phone of ann@example.org: counts"),
    ],
)
async def test_whatever_goes_wrong_is_found(
    busy: Project, store: type[MemoryStore], broker: type[MemoryBroker], told: str
) -> None:
    result = await outcome(busy, store, broker)
    assert not result.equal
    assert any(told in difference for difference in result.differences), result.differences
