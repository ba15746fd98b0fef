import json
from pathlib import Path
from typing import Any

from core.cli.runs import Run, configure


def _lines(*values: Any) -> str:
    return "".join((v if isinstance(v, str) else json.dumps(v)) + "\n" for v in values)


def _headings(run: Run, user: str) -> list[str]:
    entries = run("inbox", "list", user, "--limit", "1000", "--json").only["entries"]
    return [entry["notification"]["heading"] for entry in reversed(entries)]


def test_each_line_of_a_file_is_pushed_in_order(run: Run, tmp_path: Path) -> None:
    lines = [{"to": "ann", "heading": f"Build {number}"} for number in range(2000)]
    (tmp_path / "many.jsonl").write_text(_lines(*lines))

    ran = run("push", "--file", "many.jsonl")

    assert ran == (0, "2,000 lines pushed. For users: 2,000 stored.\n", "")
    assert _headings(run, "ann") == [f"Build {number}" for number in range(1000, 2000)]


def test_lines_come_from_stdin_and_may_be_in_camel_case(run: Run) -> None:
    line = {"to": ["ann", "bob"], "heading": "Hi", "imageUrl": "https://x.io"}

    ran = run("push", "--file", "-", stdin=_lines(line))

    assert ran.code == 0
    assert ran.out == "1 line pushed. For users: 2 stored.\n"
    assert _headings(run, "bob") == ["Hi"]


def test_a_bad_line_is_told_by_its_number_and_the_others_are_pushed(run: Run) -> None:
    ran = run(
        "push",
        "--file",
        "-",
        stdin=_lines(
            {"to": "ann", "heading": "First"},
            "nonsense",
            "",
            {"to": "ann", "heading": "Second"},
            {"heading": "To nobody"},
            {"to": "ann", "heding": "Third"},
            {"to": "ann", "heading": "Last"},
        ),
    )

    assert ran.code == 1
    assert ran.err.splitlines() == [
        "Error: line 2: is no JSON: expected ident at column 2",
        "Error: line 5: to: is missing; name a user, or a list of them",
        (
            "Error: line 6: heading: is missing; "
            "heding: there is no such field; did you mean 'heading'?"
        ),
    ]
    assert ran.out == "3 lines pushed, 3 failed. For users: 3 stored.\n"
    assert _headings(run, "ann") == ["First", "Second", "Last"]


def test_what_became_of_each_line_is_json_when_asked_for(run: Run) -> None:
    stdin = _lines({"to": "ann", "heading": "A", "id": "a"}, "[]", {"to": "bob", "heading": "B"})

    ran = run("push", "--json", "--file", "-", stdin=stdin)

    first, third, last = ran.lines
    assert (first["line"], first["id"], first["users"]["ann"]["offset"]) == (1, "a", 1)
    assert third["line"] == 3
    assert last["summary"]["pushed"] == 2
    assert last["summary"]["failed"] == 1
    assert last["summary"]["users"]["stored"] == 2
    (told,) = ran.told
    assert (told["error"]["type"], told["error"]["line"]) == ("InvalidData", 2)


def test_a_file_whose_lines_have_ids_can_be_pushed_again(run: Run) -> None:
    stdin = _lines({"to": "ann", "heading": "A", "id": "a"}, {"to": "ann", "heading": "B"})
    run("push", "--file", "-", stdin=stdin)

    ran = run("push", "--file", "-", stdin=stdin)

    assert ran.code == 0
    assert ran.out == "2 lines pushed. For users: 1 stored, 1 duplicate.\n"
    assert _headings(run, "ann") == ["A", "B", "B"]


def test_a_line_that_fails_for_one_user_says_for_whom(run: Run) -> None:
    stdin = _lines(
        {"to": "ann", "heading": "A", "id": "a"}, {"to": ["ann", "bob"], "heading": "B", "id": "a"}
    )

    ran = run("push", "--file", "-", stdin=stdin)

    assert ran.code == 1
    assert ran.err.startswith("Error: line 2, user ann: id 'a' was used before")
    assert ran.out == "1 line pushed, 1 failed. For users: 2 stored, 1 failed.\n"


def test_scheduled_and_expired_lines_are_told_apart(run: Run) -> None:
    stdin = _lines(
        {"to": "ann", "heading": "A", "sendAfter": "2999-01-01T00:00:00Z"},
        {"to": "ann", "heading": "B", "expires_at": "1999-01-01T00:00:00Z"},
        {"to": "ann", "heading": "C", "expires_at": "2999-01-01T00:00:00"},
    )

    ran = run("push", "--file", "-", stdin=stdin)

    assert ran.code == 1
    expired, no_zone = ran.err.splitlines()
    assert expired.startswith("Error: line 2: notification ")
    assert "has expired" in expired
    assert no_zone.startswith("Error: line 3: expires_at: needs a time zone")
    assert ran.out == "1 line pushed, 2 failed. For users: 1 scheduled.\n"


def test_a_transport_that_refuses_is_told_once(run: Run, tmp_path: Path) -> None:
    configure(tmp_path, '[plugins.far]\nclass = "core.cli.local_plugins:RefusingCarrier"')

    ran = run("push", "--file", "-", stdin=_lines(*[{"to": "ann", "heading": "A"}] * 3))

    assert ran.code == 1
    assert ran.err.count("far has given it up: no address for private-user-ann") == 1
    assert ran.out == "3 lines pushed. For users: 3 stored.\n"


def test_it_stops_where_the_store_fails(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tidings.toml").write_text(
        '[plugins.memory-store]\nclass = "core.cli.local_plugins:FailingStore"'
    )
    one = {"to": "ann", "heading": "A", "content": "x" * 4000}

    ran = run("push", "--file", "-", stdin=_lines(*[one] * 100))

    assert ran.code == 1
    assert "Error: the store fails: stopped after line " in ran.err
    assert "line 100" not in ran.err


def test_an_empty_file_is_no_mistake(run: Run) -> None:
    assert run("push", "--file", "-", stdin="\n\n") == (0, "0 lines pushed.\n", "")


def test_a_line_over_the_limit_does_not_end_the_run(run: Run) -> None:
    huge = {"to": "ann", "heading": "x" * 2**21}

    ran = run("push", "--file", "-", stdin=_lines(huge, {"to": "ann", "heading": "Hi"}))

    assert ran.code == 1
    assert ran.err == "Error: line 1: is longer than 1,048,576 bytes\n"
    assert _headings(run, "ann") == ["Hi"]
