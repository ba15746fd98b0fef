import pytest

from core.demo.project import Project, history_of
from tidings.demo.expected import read_history
from tidings.demo.repository import NoHistory, open_repository

ANN, BOB, CEM = "ann@example.org", "bob@example.org", "cem@example.org"


async def test_every_inbox_follows_from_the_history_alone(project: Project) -> None:
    project.commit(ANN, write={"a": "1", "b": "1"})
    second = project.commit(BOB, write={"a": "2"})
    third = project.commit(CEM, write={"a": "3", "b": "3"})
    history = await history_of(project)
    assert history.inboxes == {ANN: [second, third], BOB: [third]}
    assert list(history.users) == [ANN, BOB]
    assert set(history.digests) == {second, third}
    assert (history.own, history.authors, history.nameless, history.entries) == (False, 3, 0, 3)


async def test_a_history_of_one_author_is_told_to_the_author(project: Project) -> None:
    hashes = [project.commit(ANN, write={"a": str(n)}) for n in range(2)]
    history = await history_of(project)
    assert history.inboxes == {ANN: hashes}
    assert (history.own, history.authors) == (True, 1)


async def test_so_is_one_whose_authors_never_met(project: Project) -> None:
    hers = project.commit(ANN, write={"a": "1"})
    his = project.commit(BOB, write={"b": "1"})
    history = await history_of(project)
    assert history.inboxes == {ANN: [hers], BOB: [his]}
    assert (history.own, history.authors) == (True, 2)


async def test_a_history_of_nobody_is_no_history(project: Project) -> None:
    project.fast_import(
        b"commit refs/heads/main\nauthor <> 1700000000 +0000\ncommitter <> 1700000000 +0000\n"
        b"data 0\n\n"
    )
    with pytest.raises(NoHistory, match=r"no author .* can be a user id"):
        await history_of(project)


async def test_commits_of_nobody_are_counted(project: Project) -> None:
    project.commit(ANN, write={"a": "1"})
    tip = project.head.encode()
    project.fast_import(
        b"commit refs/heads/main\nauthor <> 1700000100 +0000\ncommitter <> 1700000100 +0000\n"
        b"data 0\nfrom " + tip + b"\nM 100644 inline a\ndata 1\n2\n\n"
    )
    history = await history_of(project)
    assert history.inboxes == {ANN: [project.head]}
    assert (history.own, history.authors, history.nameless) == (False, 1, 1)


async def test_the_news_are_what_was_expected(project: Project) -> None:
    project.commit(ANN, write={"a": "1"})
    project.commit(BOB, write={"a": "2"})
    history = await history_of(project)
    async with history.news() as news:
        told = [(item.notification.id, list(item.users)) async for item in news]
    assert told == [(project.head, [ANN])]


async def test_reading_tells_how_far_it_is(project: Project) -> None:
    for number in range(3):
        project.commit((ANN, BOB)[number % 2], write={"a": str(number)})
    done: list[int] = []
    await read_history(await open_repository(project.path), done.append)
    assert done == [1, 2, 3]
