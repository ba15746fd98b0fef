from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from tidings import Counts, Entry, Notification, Page, Position
from tidings.demo.expected import History
from tidings.demo.report import ago, report, summary
from tidings.demo.repository import Repository
from tidings.demo.run import Result

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ANN = "ann@example.org"
HISTORY = History(
    Repository(Path(), "head", 30_000),
    own=False,
    authors=3,
    nameless=0,
    digests={"1": b"", "2": b""},
    opened=set(),
    inboxes={ANN: ["1", "2"], "bob@example.org": ["2"]},
)


def entry(number: int, heading: str, content: str = "", *, opened: bool = False) -> Entry:
    said = Notification(
        id=str(number), heading=heading, content=content, created_at=NOW - timedelta(days=number)
    )
    return Entry(said.id, number, said.to_json(), opened, opened)


PAGE = Page(
    [
        entry(1, "Fix [bold]the[/] order", "Bob changed core/order.py and 2 more\nHoles."),
        entry(2, "L" * 200, "Cem changed " + "p" * 200, opened=True),
        entry(400, "李雷 🎉"),
    ],
    Counts(1234, 0),
    Position("e", 3),
)
RESULT = Result("memory", 29_000, 2103, 9000, 10.0, 54_321, [], PAGE)


def printed(history: History, *results: Result, width: int = 80) -> str:
    out = StringIO()
    console = Console(file=out, width=width, markup=False, highlight=False, emoji=False)
    for part in report(history, results, NOW):
        console.print(part)
    return out.getvalue()


def test_a_person_sees_the_figures_and_an_inbox() -> None:
    text = printed(HISTORY, RESULT)
    lines = [line.rstrip() for line in text.splitlines()]
    assert " ".join(lines[:2]) == (
        "30,000 commits, 2 notifications to 2 users: each author hears of the next commit to "
        "every file that was last theirs."
    )
    heading, _, figures = lines[3:6]
    assert heading.split("  ") == [
        " transport",
        "notifications",
        "users",
        "devices",
        "per second",
        "caught up",
        "inboxes",
    ]
    assert figures.split() == ["memory", "29,000", "2", "2,103", "2,900", "54,321", "all", "equal"]
    inbox = lines.index("╭─ Inbox of ann@example.org " + "─" * 51 + "╮")
    assert lines[inbox + 1] == "│ ● Fix [bold]the[/] order" + " " * 43 + "1 day ago │"
    assert lines[inbox + 2].startswith("│   Bob changed core/order.py and 2 more")
    assert lines[inbox + 3].startswith("│   Holes.")
    assert lines[inbox + 4].startswith("│   LLL")
    assert lines[inbox + 4].endswith("L… 2 days ago │")
    assert lines[inbox + 6].startswith("│ ● 李雷 🎉")
    assert lines[-1].endswith(" 1,234 pending (●) ─╯")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    text = printed(HISTORY, RESULT, width=width)
    assert max(cell_len(line) for line in text.splitlines()) <= width


def test_who_is_told_of_themselves_is_said() -> None:
    alone = replace(HISTORY, own=True, authors=1, inboxes={ANN: ["1"]})
    assert "to 1 user: the author themselves, as this history has one author only." in (
        printed(alone, width=200)
    )
    apart = replace(HISTORY, own=True, authors=2)
    assert "nobody in this history changed a file of another's." in printed(apart, width=200)


def test_commits_of_nobody_are_told() -> None:
    text = printed(replace(HISTORY, nameless=1), width=200)
    assert "1 commit without an author who can be a user." in text


def test_who_came_late_is_told_where_not_everybody_was_followed() -> None:
    assert "Each inbox was open on three devices" in printed(HISTORY, RESULT, width=200)
    many = replace(HISTORY, inboxes={str(n): ["1"] for n in range(101)})
    text = printed(many, RESULT, width=200)
    assert "The 100 fullest inboxes were open on three devices" in text
    assert "the others came late, on one." in text


def test_what_was_opened_anew_and_compared_is_told() -> None:
    anew = Result("sql", reopened=True)
    alone = printed(HISTORY, anew, width=300)
    assert "The application on sql was closed half way and opened anew." in alone
    anew.compared_with = "memory"
    assert (
        "The application on sql was closed half way and opened anew; inboxes, states and counts "
        "were held against those on memory."
    ) in printed(HISTORY, RESULT, anew, width=300)
    assert "opened anew" not in printed(HISTORY, RESULT, width=300)


def test_a_failure_is_not_to_be_overlooked() -> None:
    failed = Result("sql", differences=["inbox of ann: 1 missing, such as x"])
    assert "NOT EQUAL" in printed(HISTORY, failed)


def test_a_program_gets_the_same_as_json_data() -> None:
    failed = Result("sql", 1, 1, 1, 0.0, 0, ["inbox of ann: 1 missing, such as x"])
    assert summary(HISTORY, [RESULT, failed]) == {
        "notifications": 2,
        "users": 2,
        "entries": 3,
        "commits": 30_000,
        "recipients": "earlier authors",
        "transports": {
            "memory": {
                "equal": True,
                "per_second": 2900.0,
                "caught_up": 54_321,
                "devices": 2103,
                "opened": 9000,
                "reopened": False,
                "compared_with": None,
                "differences": 0,
            },
            "sql": {
                "equal": False,
                "per_second": 0.0,
                "caught_up": 0,
                "devices": 1,
                "opened": 1,
                "reopened": False,
                "compared_with": None,
                "differences": 1,
            },
        },
    }
    assert summary(replace(HISTORY, own=True), [])["recipients"] == "the authors themselves"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-500, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (7199, "1 hour ago"),
        (7200, "2 hours ago"),
        (86_400, "1 day ago"),
        (13 * 86_400, "1 week ago"),
        (60 * 86_400, "2 months ago"),
        (800 * 86_400, "2 years ago"),
    ],
)
def test_how_long_ago_is_told_as_people_do(seconds: int, told: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == told
