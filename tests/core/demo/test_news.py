from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import pytest

from tidings import Payload
from tidings.demo.commits import Commit, Touch
from tidings.demo.news import News, news, notification

HASH = "0123456789abcdef0123456789abcdef01234567"


def commit(
    *paths: str,
    hash: str = HASH,  # noqa: A002
    merge: bool = False,
    email: str = "ann@example.org",
    name: str = "Ann Lee",
    time: int = 1_700_000_000,
    subject: str = "Fix the order",
    body: str = "",
) -> Commit:
    raw = [path.encode(errors="surrogateescape") for path in paths]
    touches = [Touch(path, path) for path in raw]
    return Commit(hash, merge, email, name, time, subject, body, touches)


async def told(commits: Sequence[Commit], *, own: bool) -> list[News]:
    async def each() -> AsyncIterator[Commit]:
        for one in commits:
            yield one

    return [item async for item in news(each(), own=own)]


def test_a_notification_says_who_did_what_where_and_why() -> None:
    said = notification(commit("core/order.py", "docs/order.md", "c", "d", body="Holes.\n\nBig.\n"))
    assert said.id == HASH
    assert said.heading == "Fix the order"
    assert said.content == "Ann Lee changed core/order.py, docs/order.md and 2 more\nHoles.\nBig."
    assert said.payload == Payload(path=f"/commit/{HASH}")
    assert said.category == "core"
    assert said.created_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def test_the_same_commit_always_makes_the_same_notification() -> None:
    assert notification(commit("a")).to_json() == notification(commit("a")).to_json()


@pytest.mark.parametrize(
    ("subject", "heading"),
    [
        ("", "(no message)"),
        (" \t ", "(no message)"),
        ("\x1b[31mRed\x07", "[31mRed"),
        ("Übersicht 🎉 李", "Übersicht 🎉 李"),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_any_subject_makes_a_heading(subject: str, heading: str) -> None:
    assert notification(commit(subject=subject)).heading == heading


@pytest.mark.parametrize(
    ("paths", "category"),
    [
        ((), None),
        (("README.md",), None),
        (("README.md", "core/a.py", "docs/b.md"), "core"),
        (("\x01/a",), None),
        (("a\nb/c",), "a b"),
        (("d" * 300 + "/a",), "d" * 63 + "…"),
    ],
)
def test_the_category_is_the_top_directory(paths: Sequence[str], category: str | None) -> None:
    assert notification(commit(*paths)).category == category


def test_files_with_odd_names_are_named_in_one_line() -> None:
    assert notification(commit('new\nline "q"', "\udcff")).content == (
        'Ann Lee changed new line "q", �'
    )


def test_a_commit_of_anything_by_anybody_has_content() -> None:
    assert notification(commit(name="", email="")).content == "Somebody changed no file"
    assert notification(commit(merge=True)).content == "Ann Lee merged"


def test_a_long_body_and_many_long_names_stay_within_bounds() -> None:
    paths = [f"{n}/" + "p" * 900 for n in range(2000)]
    said = notification(commit(*paths, name="N" * 500, body="word \x00" * 5000))
    assert len(said.content) == 1000
    assert said.content.endswith("…")


@pytest.mark.parametrize(
    ("time", "year"), [(-(10**12), 1970), (0, 1970), (10**18, 9999), (1_700_000_000, 2023)]
)
def test_clocks_that_were_wrong_do_no_harm(time: int, year: int) -> None:
    assert notification(commit(time=time)).created_at.year == year


async def test_a_commit_that_concerns_nobody_is_no_news() -> None:
    commits = [
        commit("a", hash="1"),
        commit("a", hash="2"),
        commit("a", hash="3", email="bob@example.org"),
    ]
    found = await told(commits, own=False)
    assert [(item.notification.id, item.users) for item in found] == [("3", ["ann@example.org"])]


async def test_authors_may_be_told_of_their_own() -> None:
    commits = [commit("a", hash="1"), commit(hash="2", email="", name=""), commit(hash="3")]
    found = await told(commits, own=True)
    assert [(item.notification.id, *item.users) for item in found] == [
        ("1", "ann@example.org"),
        ("3", "ann@example.org"),
    ]
