import sys
from pathlib import Path

import pytest

from core.cli.runs import Run, configure


def test_a_good_configuration_says_what_would_run(run: Run) -> None:
    ran = run("check")

    assert ran.code == 0
    assert "tidings.toml  plugins.memory-store" in ran.words.replace(
        "tidings.toml", "tidings.toml "
    )
    assert "memory-store  store (durable)" in ran.out
    assert "memory        broker, presence; added by itself" in ran.out
    assert ran.out.endswith("Nothing is wrong.\n")


def test_it_tells_what_comes_from_where_and_no_value(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(tmp_path, "queue = 77777")
    monkeypatch.setenv("TIDINGS_TOKEN_KEY", "hunter2" * 5)
    (tmp_path / ".env").write_text("TIDINGS_HELD=66666\n")

    ran = run("check", "--json")

    assert ran.only["settings"] == [
        {"from": "the environment", "sets": ["token_key"]},
        {"from": ".env", "sets": ["held"]},
        {"from": "tidings.toml", "sets": ["queue", "plugins.memory-store"]},
    ]
    for value in ("hunter2", "66666", "77777"):
        assert value not in ran.out + run("check").out


def test_nothing_durable_is_worth_a_note(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tidings.toml").unlink()

    ran = run("check")

    assert ran.code == 0
    assert "nothing is durable: what a program pushes is gone when it ends" in ran.words
    assert "no tidings.toml" in ran.out


def test_what_the_command_itself_does_without_a_store_is_worth_a_note(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tidings.toml").write_text("[plugins.memory]\n")

    ran = run("check")

    assert "`tidings push` and `tidings inbox` use the file tidings.db" in ran.words
    assert not (tmp_path / "tidings.db").exists()
    monkeypatch.setitem(sys.modules, "alembic", None)
    assert "pip install 'tidings[sql]'" in run("check").words
    (tmp_path / "tidings.toml").write_text("[plugins.memory-store]\n")
    assert "tidings.db" not in run("check").out


def test_no_store_is_worth_a_note(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tidings.toml").write_text("[plugins.memory]\n")

    notes = run("check", "--json").only["notes"]

    assert any(note.startswith("no store") for note in notes)


def test_everything_wrong_is_told_at_once_with_its_cure(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDINGS_TOKEN_KEY", "short")
    configure(
        tmp_path,
        "[plugins.memry]",
        '[plugins.mine]\nclass = "nowhere:Mine"',
        "[plugins.memory]\nquick = true",
    )

    ran = run("check", "--json")

    assert ran.code == 1
    found = ran.only
    assert found["ok"] is False
    memry, mine, memory, key = found["problems"]
    assert "did you mean 'memory'" in memry
    assert "PYTHONPATH" in mine
    assert "quick: no such key" in memory
    assert "32 bytes" in key
    assert [plugin["name"] for plugin in found["plugins"]] == ["memory-store"]
    assert run("check").out.count("\n  -  ") == 4


def test_plugins_that_do_not_go_together_are_wrong(run: Run, tmp_path: Path) -> None:
    configure(tmp_path, '[plugins.second]\nclass = "tidings_memory:MemoryStore"')

    ran = run("check")

    assert ran.code == 1
    assert "there can be one store" in ran.words


def test_wrong_settings_are_told_line_by_line(run: Run, tmp_path: Path) -> None:
    configure(tmp_path, "queu = 5", "hold = 6")

    ran = run("check", "--json")

    assert ran.code == 1
    assert len(ran.only["problems"]) == 2
    assert "did you mean 'queue'" in ran.only["problems"][0]
