"""docs/reference/settings.md says what the code says: which keys there are, what they may be."""

from __future__ import annotations

import re
from importlib.metadata import distribution
from typing import Any

import pytest

from docs.settings import PAGE, Key, keys, made, takes
from tidings import Options, TidingsError
from tidings.discovery import GROUP, build

TEXT = PAGE.read_text("utf-8")
PLUGINS = sorted(entry.name for entry in distribution("tidings").entry_points.select(group=GROUP))
NEEDED: dict[str, dict[str, Any]] = {
    "sql": {"url": "sqlite:///tidings.db"},
    "websocket-client": {"url": "ws://127.0.0.1/ws", "token": "eyJ"},
    "http-inbox": {"url": "http://127.0.0.1", "token": "eyJ"},
    "pusher-transport": {"app_id": "1", "key": "key", "host": "127.0.0.1"},
}
NUMBERS = [
    (plugin, key)
    for plugin in PLUGINS
    for key in keys(plugin)
    if takes(key.hint) in ("number", "whole number", "span")
]


def test_the_page_is_what_the_code_says() -> None:
    assert made(TEXT) == TEXT, "make it anew: cd tests && uv run python -m docs.settings"


def test_an_old_table_would_be_seen() -> None:
    assert made(TEXT.replace("| `10000` |", "| `9999` |")) == TEXT


@pytest.mark.parametrize("plugin", PLUGINS)
def test_every_plugin_has_its_keys_on_the_page(plugin: str) -> None:
    assert f"\n### {plugin}\n" in TEXT
    assert (f"<!-- keys of {plugin} -->" in TEXT) == bool(keys(plugin))


@pytest.mark.parametrize(
    ("plugin", "key"), NUMBERS, ids=[f"{plugin}-{key.name}" for plugin, key in NUMBERS]
)
def test_a_number_is_above_0_unless_its_row_says_what_0_means(plugin: str, key: Key) -> None:
    table = {**NEEDED.get(plugin, {}), key.name: 0}
    if re.search(r"\b0:", key.doc):
        build(plugin, table)
    else:
        with pytest.raises(TidingsError):
            build(plugin, table)


def test_so_is_a_number_of_the_core() -> None:
    for key in keys("tidings.options:Options"):
        if "number" in takes(key.hint):
            with pytest.raises(ValueError, match="greater than 0"):
                Options(**{key.name: 0})
