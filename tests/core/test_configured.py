from pathlib import Path

import pytest

from tidings import PluginError, SettingsError, Tidings


def _config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "tidings.toml"
    path.write_text(text)
    return path


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_plugins_come_in_the_order_of_their_tables_under_their_own_names(tmp_path: Path) -> None:
    path = _config(tmp_path, "[plugins.memory_store]\n[plugins.memory]\n")

    tidings = Tidings.from_settings(path)

    assert list(tidings.hooks.plugins) == ["memory-store", "memory", "own-channels"]


def test_the_policy_for_admins_is_added_by_its_table(tmp_path: Path) -> None:
    tidings = Tidings.from_settings(_config(tmp_path, "[plugins.admin-tokens]\n"))

    assert list(tidings.hooks.authorize) == ["admin-tokens", "own-channels"]


def test_two_plugins_of_one_class_are_told_apart_by_their_tables_names(tmp_path: Path) -> None:
    text = '[plugins.memory]\n[plugins.second]\nclass = "tidings_memory:MemoryBroker"\n'

    tidings = Tidings.from_settings(_config(tmp_path, text))

    assert [transport.name for transport in tidings.hooks.transports] == ["memory", "second"]


def test_without_a_file_it_is_in_memory() -> None:
    tidings = Tidings.from_settings()

    assert "memory-store" in tidings.hooks.plugins
    assert tidings.tokens is None


def test_options_and_keywords_reach_the_object(tmp_path: Path) -> None:
    tidings = Tidings.from_settings(_config(tmp_path, "queue = 7\nheld = 8\n"), held=9)

    assert (tidings.options.queue, tidings.options.held) == (7, 9)


def test_a_token_key_makes_it_able_to_admit() -> None:
    tidings = Tidings.from_settings(token_key="a secret of at least thirty-two bytes")

    assert tidings.tokens is not None


def test_a_plugin_that_nobody_offers_is_named(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="'memry': no installed package offers it"):
        Tidings.from_settings(_config(tmp_path, "[plugins.memry]\n"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"gone\.toml cannot be read"):
        Tidings.from_settings(tmp_path / "gone.toml")
