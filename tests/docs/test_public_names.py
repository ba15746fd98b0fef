"""Each public name is on a page, and it is shown how it is used."""

from __future__ import annotations

import inspect
import re
from functools import cache
from pathlib import Path
from types import GenericAlias

import pytest

from docs.blocks import blocks
from public_names import PACKAGES, own_docstring, public
from tidings import TidingsError

DOCS = Path(__file__).parents[2] / "docs"
PAGES = "api.md", "plugins-api.md", "hooks.md"


@cache
def reference() -> str:
    return "\n".join((DOCS / "reference" / page).read_text("utf-8") for page in PAGES)


@cache
def shown() -> frozenset[str]:
    """All words of the code on pages."""
    texts = [block.text for page in sorted(DOCS.rglob("*.md")) for block in blocks(page)]
    return frozenset(re.findall(r"\w+", "\n".join(texts)))


def is_on_a_page(package: str, name: str) -> bool:
    if f"::: {package}.{name}\n" in reference() or f"`{package}.{name}`" in reference():
        return True
    _, whole, options = reference().partition(f"::: {package}\n")
    members = options.partition("\n\n")[0]
    return bool(whole) and bool(re.search(rf"members: \[[^\]]*\b{name}\b", members))


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_on_a_page(package: str) -> None:
    missing = [
        name
        for name, thing in public(package)
        if not is_on_a_page(package, name) and not (package == "tidings" and is_an_error(thing))
    ]
    assert missing == []


def test_the_errors_of_the_core_are_on_their_page() -> None:
    assert "::: tidings.errors\n" in reference()


@pytest.mark.parametrize("package", PACKAGES)
def test_it_is_shown_how_each_public_name_is_used(package: str) -> None:
    silent = [
        name
        for name, thing in public(package)
        if callable(thing)
        and not isinstance(thing, GenericAlias)
        and not is_an_error(thing)
        and name not in shown()
        and "Example:" not in (own_docstring(name, thing) or "")
    ]
    assert silent == []


def is_an_error(thing: object) -> bool:
    return inspect.isclass(thing) and issubclass(thing, TidingsError)
