from pathlib import Path

import pytest

from core.cli.runs import Run


@pytest.fixture
def filled(run: Run) -> Run:
    for number in range(5):
        category = ("ci", "chat")[number % 2]
        run(
            *("push", "--to", "ann", "--heading", f"News {number}", "--id", str(number)),
            *("--category", category, "--content", "Line one\nLine two", "--path", "/somewhere"),
        )
    return run


def test_the_newest_come_first_with_the_counts(filled: Run) -> None:
    ran = filled("inbox", "list", "ann")

    assert ran.code == 0
    assert ran.out.startswith("ann: 5 pending, 5 unseen\n")
    assert [f"News {n}" in ran.out for n in range(5)] == [True] * 5
    assert ran.out.index("News 4") < ran.out.index("News 0")
    assert max(map(len, ran.out.splitlines())) <= 80
    assert ran.err == ""


def test_an_entry_shows_how_to_name_it(filled: Run) -> None:
    ran = filled("inbox", "list", "ann", "--limit", "1")

    assert "4  ci  /somewhere" in ran.out
    assert "Line one Line two" in ran.out
    assert "just now" in ran.out
    assert "There are more" in ran.out


def test_filters_choose_by_state_and_category(filled: Run) -> None:
    filled("inbox", "open", "ann", "0", "1")

    opened = filled("inbox", "list", "ann", "--state", "opened", "--json").only
    pending_ci = filled("inbox", "list", "ann", "--state=pending", "--category=ci", "--json").only

    assert [entry["id"] for entry in opened["entries"]] == ["1", "0"]
    assert [entry["id"] for entry in pending_ci["entries"]] == ["4", "2"]
    assert (opened["pending"], opened["unseen"]) == (3, 3)


def test_a_page_is_json_when_asked_for(filled: Run) -> None:
    page = filled("inbox", "list", "ann", "--limit", "2", "--json").only

    assert page["more"] is True
    entry = page["entries"][0]
    assert entry["notification"]["heading"] == "News 4"
    del entry["notification"]
    assert entry == {
        "id": "4",
        "offset": 5,
        "pending": True,
        "opened": False,
        "seen": False,
        "archived": False,
    }


def test_all_of_them_come_page_by_page(run: Run) -> None:
    lines = "".join(f'{{"to":"ann","heading":"News {number}"}}\n' for number in range(250))
    run("push", "--file", "-", stdin=lines)

    pages = run("inbox", "list", "ann", "--all", "--json").lines
    text = run("inbox", "list", "ann", "--all").out

    assert [len(page["entries"]) for page in pages] == [100, 100, 50]
    assert text.count("State") == 1
    assert [f"News {number} " in text for number in range(250)] == [True] * 250
    assert "There are more" not in text


def test_an_empty_inbox_says_so(run: Run) -> None:
    assert run("inbox", "list", "ann").out == "ann: 0 pending, 0 unseen\nNothing here.\n"


def test_what_looks_like_markup_is_shown_as_it_is(run: Run) -> None:
    user = "[red]ann[/] :smile:"
    ran = run("push", "--to", user, "--heading", "[bold]:smile: [/] 100%", "--button", "a=[x]")
    assert user in ran.out

    ran = run("inbox", "list", user)

    assert ran.out.startswith(f"{user}: 1 pending")
    assert "[bold]:smile: [/] 100%" in ran.out
    assert "[[x]]" in ran.out


def test_in_memory_only_it_warns(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tidings.toml").write_text("[plugins.memory-store]\n")

    assert "gone when the command ends" in run("inbox", "list", "ann").err


def test_without_a_store_there_is_no_inbox(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tidings.toml").write_text("[plugins.memory]\n[plugins.sql]\nenabled = false\n")

    ran = run("inbox", "list", "ann")

    assert ran.code == 1
    assert "an inbox needs a store" in ran.words
