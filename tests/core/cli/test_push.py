from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.cli.runs import Run, configure

REFUSING = '[plugins.far]\nclass = "core.cli.local_plugins:RefusingCarrier"'


def _inbox(run: Run, user: str) -> list[Any]:
    entries: list[Any] = run("inbox", "list", user, "--json").only["entries"]
    return entries


def test_a_notification_is_pushed_to_each_user_once(run: Run) -> None:
    ran = run("push", "--to", "ann", "--to", "Zoë Müller", "--to", "ann", "--heading", "Hello")

    assert ran.code == 0
    assert ran.out.splitlines()[0].startswith("Hello  ")
    assert [line.split() for line in ran.out.splitlines()[1:]] == [
        ["ann", "stored,", "at", "1"],
        ["Zoë", "Müller", "stored,", "at", "1"],
    ]
    assert len(_inbox(run, "ann")) == len(_inbox(run, "Zoë Müller")) == 1


def test_the_options_say_all_that_a_notification_can(run: Run) -> None:
    expires = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    ran = run(
        *("push", "--to", "ann", "--heading", "Build passed", "--content", "All green"),
        *("--path", "/builds/7", "--auth", "--category", "ci", "--image-url", "https://x.io/a.png"),
        *("--button", "open=Open it", "--button", "no=Not now=never", "--data", '{"n": [1]}'),
        *("--id", "b7", "--expires-at", expires.isoformat()),
    )

    assert ran.code == 0, ran.err
    (entry,) = _inbox(run, "ann")
    del entry["notification"]["created_at"]
    assert entry["notification"] == {
        "id": "b7",
        "heading": "Build passed",
        "content": "All green",
        "payload": {"path": "/builds/7", "auth": True},
        "image_url": "https://x.io/a.png",
        "buttons": [{"id": "open", "text": "Open it"}, {"id": "no", "text": "Not now=never"}],
        "category": "ci",
        "data": {"n": [1]},
        "expires_at": expires.isoformat().replace("+00:00", "Z"),
    }


def test_the_receipt_is_json_when_asked_for(run: Run) -> None:
    told = run("push", "--to", "ann", "--heading", "Hello", "--id", "1", "--json").only

    assert told["id"] == "1"
    assert told["users"]["ann"].pop("epoch")
    assert told["users"] == {"ann": {"state": "stored", "duplicate": False, "offset": 1}}
    assert told["transports"] == {"memory": {"state": "carried"}}


def test_a_duplicate_is_called_one_and_is_no_failure(run: Run) -> None:
    push = ("push", "--to", "ann", "--heading", "Hello", "--id", "1")
    run(*push)

    ran = run(*push)

    assert ran.code == 0
    assert "had it already, at 1" in ran.out
    assert run(*push, "--json").only["users"]["ann"]["duplicate"] is True


def test_a_scheduled_one_says_when(run: Run) -> None:
    ran = run("push", "--to", "ann", "--heading", "Hello", "--send-after", "2h", "--json")

    at = datetime.fromisoformat(ran.only["users"]["ann"]["at"])
    assert timedelta(minutes=119) < at - datetime.now(UTC) <= timedelta(hours=2)
    assert _inbox(run, "ann") == []
    assert "scheduled for " in run("push", "--to=ann", "--heading=x", "--send-after=1d").out


def test_other_content_under_a_known_id_is_an_error(run: Run) -> None:
    run("push", "--to", "ann", "--heading", "Hello", "--id", "1")

    ran = run("push", "--to", "ann", "--heading", "Another", "--id", "1")

    assert ran.code == 1
    assert ran.out == ""
    assert "id '1' was used before with other content" in ran.err


def test_a_user_who_is_not_served_does_not_keep_others_from_it(run: Run) -> None:
    run("push", "--to", "ann", "--heading", "Hello", "--id", "1")

    ran = run("push", "--to", "ann", "--to", "bob", "--heading", "Other", "--id", "1", "--json")

    assert ran.code == 1
    states = {user: result["state"] for user, result in ran.only["users"].items()}
    assert states == {"ann": "failed", "bob": "stored"}
    (told,) = ran.told
    assert (told["error"]["type"], told["error"]["user"]) == ("Conflict", "ann")


def test_what_a_transport_refuses_is_told_and_fails(run: Run, tmp_path: Path) -> None:
    configure(tmp_path, REFUSING)

    ran = run("push", "--to", "ann", "--heading", "Hello")

    assert ran.code == 1
    assert "stored, at 1" in ran.out
    assert "Error: far has given it up: no address for private-user-ann\n" in ran.err


def test_in_memory_only_it_warns_and_says_what_to_configure(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tidings.toml").write_text("[plugins.memory-store]\n")

    ran = run("push", "--to", "ann", "--heading", "Hello")

    assert ran.code == 0
    assert "gone when the command ends" in ran.err
    assert "tidings.toml" in ran.err
    assert "stored, at 1" in ran.out
    assert not (tmp_path / "tidings.db").exists()


def test_without_a_store_it_warns_that_nobody_keeps_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tidings.toml").write_text("[plugins.memory]\n[plugins.sql]\nenabled = false\n")

    ran = run("push", "--to", "ann", "--heading", "Hello", "--json")

    assert ran.told[0]["warning"]["type"] == "NoStore"
    assert ran.only["users"] == {"ann": {"state": "passed"}}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--to ann", "--to and --heading"),
        ("--heading Hello", "--to and --heading"),
        ("--to ann --heading x --file -", "give it alone"),
        ("--to= --heading x", "user id ''"),
        ("--to ann --heading=", "--heading: must be one line of 1 to 200 characters"),
        ("--to ann --heading x --button a", "'a' has no `=`"),
        ("--to ann --heading x --button a=", "--button: must be one line of 1 to 80"),
        ("--to ann --heading x --path=\x07", "--path: must be one line"),
        ("--to ann --heading x --image-url=\x07", "--image-url: must be one line"),
        ("--to ann --heading x --data {", "this is no JSON"),
        ("--to ann --heading x --data NaN", "--data: data is no JSON"),
        ("--to ann --heading x --button a=b --button a=c", "two buttons have the same id"),
        ("--to ann --heading x --send-after 2030-01-01T00:00", "has no time zone"),
        ("--to ann --heading x --send-after soon", "'soon' is no moment"),
        ("--to ann --heading x --send-after 2h --expires-at 1h", "expires_at is not after"),
        ("--file gone.jsonl", "No such file"),
    ],
)
def test_wrong_options_are_told_in_plain_words(run: Run, arguments: str, words: str) -> None:
    ran = run("push", *arguments.split(" "))

    assert ran.code == 2
    assert ran.out == ""
    assert words in ran.words
    assert "Traceback" not in ran.err


def test_many_users_are_listed_up_to_a_point(run: Run) -> None:
    users = [f"--to=user{number}" for number in range(25)]

    ran = run("push", *users, "--heading", "Hello")

    assert "user19" in ran.out
    assert "user20" not in ran.out
    assert ran.out.endswith("  and 5 more\n")
