from pathlib import Path

import pytest

from core.cli.runs import Run, configure


def test_each_plugin_is_shown_with_what_it_is_and_can(run: Run) -> None:
    ran = run("plugins")

    assert ran.code == 0
    for words in ("store", "hooks connect, persist", "answers Log, InboxRows", "abilities durable"):
        assert words in ran.out
    assert "tidings_memory:MemoryBroker" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_each_plugin_is_a_line_of_json(run: Run) -> None:
    lines = {line["name"]: line for line in run("plugins", "--json").lines}
    store, broker = lines["memory-store"], lines["memory"]

    assert (store["name"], store["use"]) == ("memory-store", "configured")
    assert store["abilities"] == {"durable": True}
    assert (broker["name"], broker["use"], broker["roles"]) == ("memory", "added", ["broker"])
    assert broker["hooks"] == ["subscribe", "push"]
    assert broker["protocols"] == ["Presence"]
    assert broker["source"].startswith("tidings ")


def test_what_is_installed_but_not_used_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tidings.toml").write_text("[plugins.memory]\n[plugins.old]\nenabled = false\n")

    uses = {line["name"]: line["use"] for line in run("plugins", "--json").lines}

    assert uses["memory"] == "configured"
    assert uses["old"] == "disabled"
    assert uses["memory-store"] == "not used"


def test_what_the_command_uses_in_place_of_a_store_says_so(run: Run, tmp_path: Path) -> None:
    for settings, use in (
        ("", "used by the command"),
        ("[plugins.memory]\n", "used by the command"),
        ("[plugins.memory-store]\n", "not used"),
        ("[plugins.mine]\nclass = 'nowhere:Mine'\n", "not used"),
    ):
        (tmp_path / "tidings.toml").write_text(settings)

        uses = {line["name"]: line["use"] for line in run("plugins", "--json").lines}

        assert uses["sql"] == use
    assert not (tmp_path / "tidings.db").exists()


def test_a_second_name_for_a_class_does_not_make_the_first_one_used(
    run: Run, tmp_path: Path
) -> None:
    configure(tmp_path, '[plugins.mine]\nclass = "tidings_memory:MemoryBroker"')

    uses = {line["name"]: line["use"] for line in run("plugins", "--json").lines}

    assert uses["mine"] == "configured"
    assert uses["memory"] == "not used"


def test_one_that_cannot_be_imported_shows_why_and_hides_no_other(run: Run, tmp_path: Path) -> None:
    configure(tmp_path, '[plugins.mine]\nclass = "nowhere:Mine"')

    ran = run("plugins")

    assert ran.code == 1
    assert "No module named 'nowhere'" in ran.words
    assert "tidings_memory:MemoryBroker" in ran.out
    mine = run("plugins", "--json").lines[0]
    assert "No module named 'nowhere'" in mine["problem"]


def test_an_installed_one_that_cannot_be_imported_is_no_failure_while_it_is_not_used(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "broken-1.0.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[tidings]\nbroken = nowhere:Broken\n")
    monkeypatch.syspath_prepend(str(package.parent))

    ran = run("plugins", "--json")

    assert ran.code == 0
    broken = next(line for line in ran.lines if line["name"] == "broken")
    assert broken["use"] == "not used"
    assert broken["source"] == "broken 1.0, nowhere:Broken"
    assert "No module named 'nowhere'" in broken["problem"]
