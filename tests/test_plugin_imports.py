"""Plugins of ours use what a third party's may: public names, and those on a page for plugins."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from public_names import PACKAGES, public

ROOT = Path(__file__).parents[1]
PAGES = "names-for-plugins.md", "hooks.md"
PLUGINS = sorted(path.name for path in (ROOT / "plugins").iterdir() if path.is_dir())
ONLY_OURS = {
    "tidings.cancelling": {"tidings_websocket"},
    "tidings.cli": {"tidings_sql", "tidings_websocket"},  # the commands db, serve and watch
    "tidings.discovery": {"tidings_websocket"},  # `tidings serve`
    "tidings.registry": {"tidings_websocket"},
    "tidings.spelling": {"tidings_websocket"},
    "tidings.tokens": {"tidings_http"},
}
"""Modules of the core that are on no page, and who uses them all the same: may it shrink."""

OTHERS = {"tidings", *PLUGINS}

Import = tuple[str, str]


def imported(plugin: str) -> Iterator[Import]:
    """Go through what a plugin's modules import from others' packages: module and name."""
    for file in sorted((ROOT / "plugins" / plugin).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            module = (isinstance(node, ast.ImportFrom) and node.module) or ""
            if isinstance(node, ast.ImportFrom) and module.partition(".")[0] in OTHERS - {plugin}:
                yield from ((module, alias.name) for alias in node.names)


def documented() -> set[Import]:
    """What stands on the pages for plugins, by module and name; `*` is all of a module."""
    names: set[Import] = set()
    for page in PAGES:
        text = (ROOT / "docs" / "reference" / page).read_text("utf-8")
        for block in text.split("\n::: ")[1:]:
            module = block.partition("\n")[0]
            members = re.search(r"members:((?: \[.*\])|(?:\n +- \w+)+)", block.partition("\n\n")[0])
            listed = re.findall(r"\w+", members[1]) if members else ["*"]
            names |= {(module, name) for name in listed}
            names.add((module.rpartition(".")[0], module.rpartition(".")[2]))
        names |= {(m, n) for m, n in re.findall(r"`(tidings[\w.]*)\.(\w+)`", text)}
    return names


@cache
def open_names() -> frozenset[Import]:
    """All that anyone's plugin may import."""
    names = {(package, name) for package in PACKAGES for name, _ in public(package)}
    return frozenset(names | documented() | {("tidings", "blocking")})


def is_open(module: str, name: str) -> bool:
    """Tell whether a name is public, by whichever of a package's modules it comes."""
    package = module.partition(".")[0]
    return not open_names().isdisjoint({(package, name), (module, name), (module, "*")})


def is_only_ours(module: str, plugin: str) -> bool:
    return any(
        (module == ours or module.startswith(f"{ours}.")) and plugin in users
        for ours, users in ONLY_OURS.items()
    )


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_uses_nothing_of_others_that_is_on_no_page(plugin: str) -> None:
    closed = [
        f"{module}.{name}"
        for module, name in imported(plugin)
        if not is_open(module, name) and not is_only_ours(module, plugin)
    ]
    assert sorted(set(closed)) == []


def test_what_only_ours_use_is_still_used() -> None:
    used = {(module, plugin) for plugin in PLUGINS for module, _ in imported(plugin)}
    idle = [
        (ours, plugin)
        for ours, users in ONLY_OURS.items()
        for plugin in users
        if not any(p == plugin and f"{m}.".startswith(f"{ours}.") for m, p in used)
    ]
    assert idle == []
