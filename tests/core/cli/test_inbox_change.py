import pytest

from core.cli.runs import Run


@pytest.fixture
def filled(run: Run) -> Run:
    for id, category in (("1", "ci"), ("2", "ci"), ("3", "chat")):  # noqa: A001
        run(*f"push --to ann --heading x --id {id} --category {category}".split())
    return run


def _states(run: Run, state: str) -> list[str]:
    page = run("inbox", "list", "ann", "--state", state, "--json").only
    return [entry["id"] for entry in page["entries"]]


def test_opening_says_what_is_left(filled: Run) -> None:
    ran = filled("inbox", "open", "ann", "1", "2")

    assert ran == (0, "Opened 2. ann: 1 pending, 1 unseen\n", "")
    assert _states(filled, "opened") == ["2", "1"]


def test_archiving_puts_away(filled: Run) -> None:
    told = filled("inbox", "archive", "ann", "1", "--json").only

    assert told == {
        "user": "ann",
        "change": "archived",
        "all": False,
        "ids": ["1"],
        "category": None,
        "pending": 2,
        "unseen": 2,
    }
    assert _states(filled, "archived") == ["1"]


def test_an_id_that_the_inbox_has_not_is_told_and_the_others_are_changed(filled: Run) -> None:
    ran = filled("inbox", "open", "ann", "nope", "1")

    assert ran.code == 1
    assert ran.out == "Opened 1. ann: 2 pending, 2 unseen\n"
    assert ran.err == "Error: ann's inbox has no notification nope\n"
    (told,) = filled("inbox", "open", "ann", "nope", "--json").told
    assert (told["error"]["type"], told["error"]["id"]) == ("NotInInbox", "nope")


def test_all_of_a_category_are_changed_together(filled: Run) -> None:
    ran = filled("inbox", "archive", "ann", "--all", "--category", "ci")

    assert ran.out == "Archived all. ann: 1 pending, 1 unseen\n"
    assert _states(filled, "pending") == ["3"]


def test_all_are_changed_together(filled: Run) -> None:
    assert filled("inbox", "open", "ann", "--all").code == 0
    assert _states(filled, "pending") == []


@pytest.mark.parametrize("arguments", ["ann", "ann 1 --all", "ann 1 --category ci"])
def test_it_must_be_clear_which_are_meant(filled: Run, arguments: str) -> None:
    ran = filled("inbox", "open", *arguments.split())

    assert ran.code == 2
    assert "--all" in ran.err
    assert len(_states(filled, "pending")) == 3
