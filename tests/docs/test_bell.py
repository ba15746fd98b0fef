"""The bell's page leaves out nothing that a page can set, style, fill or hear."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tidings_http.bell import STATIC

ROOT = Path(__file__).parents[2]
SOURCES = {path.name: path.read_text("utf-8") for path in (STATIC / "bell").glob("*.js")}
TYPES = (STATIC / "bell.d.ts").read_text("utf-8")
ALL = "\n".join(SOURCES.values())


def named() -> set[str]:
    """Return what the first cells of the page's tables name."""
    lines = (ROOT / "docs" / "guide/bell.md").read_text("utf-8").splitlines()
    cells = [line.split("|")[1] for line in lines if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def attributes() -> set[str]:
    (listed,) = re.findall(r"const CONNECTION = \[(.*)\]", SOURCES["element.js"])
    styled = re.findall(r':host\(\[([a-z]+)="', SOURCES["style.js"])
    return {*re.findall(r'"([a-z-]+)"', listed), *styled, "toast"}


def texts() -> set[str]:
    (words,) = re.findall(r"WORDS = \{(.*?)\n\}", SOURCES["words.js"], re.DOTALL)
    keys = re.findall(r"^ +(\w+):", words, re.MULTILINE)
    return {f"text-{re.sub('[A-Z]', lambda found: '-' + found[0].lower(), key)}" for key in keys}


def parts() -> set[str]:
    given = re.findall(r'part: "([^"$]+)"', ALL) + re.findall(r'"(entry pending)"', ALL)
    states = re.findall(r'#state\("(\w+)"', ALL)
    pictures = re.findall(r'picture\("(\w+)"', ALL)
    return {name for value in [*given, *states, *pictures] for name in value.split()} | {"state"}


def slots() -> set[str]:
    return set(re.findall(r'"slot", \{ name: "(\w+)"', ALL)) | set(
        re.findall(r'#state\("(\w+)"', ALL)
    )


def declared(interface: str) -> set[str]:
    (body,) = re.findall(rf"(?:interface|class) {interface}\b[^{{]*\{{(.*?)\n\}}", TYPES, re.DOTALL)
    found = re.findall(r'^  (?:readonly )?"?([a-z][\w-]*)"?\??[:(<]', body, re.MULTILINE)
    return set(found) - {"constructor", "addEventListener"}


@pytest.mark.parametrize(
    "offered",
    [
        attributes(),
        texts(),
        parts(),
        slots(),
        set(re.findall(r"--tidings-[a-z-]+", SOURCES["style.js"])),
        declared("BellEvents"),
        declared("ClientEvents"),
        declared("ClientOptions"),
    ],
    ids=["attributes", "texts", "parts", "slots", "properties", "events", "heard", "options"],
)
def test_all_that_is_offered_is_on_the_page(offered: set[str]) -> None:
    assert len(offered) > 3
    assert offered - named() == set()


@pytest.mark.parametrize("interface", ["TidingsBell", "TidingsClient"])
def test_every_member_is_on_the_page(interface: str) -> None:
    members = {name.removesuffix("()") for name in named()}
    assert declared(interface) - members == set()


def test_texts_are_as_the_page_says() -> None:
    page = (ROOT / "docs" / "guide/bell.md").read_text("utf-8")
    said = dict(re.findall(r"^\| `text-([a-z-]+)` \| (.+) \|$", page, re.MULTILINE))
    (words,) = re.findall(r"WORDS = \{(.*?)\n\}", SOURCES["words.js"], re.DOTALL)
    meant = dict(re.findall(r'^ +(\w+): "(.*)",$', words, re.MULTILINE))
    assert list(said.values()) == list(meant.values())


def test_every_event_that_is_told_is_declared() -> None:
    told = set(re.findall(r'#tell\("(tidings-[a-z]+)"', SOURCES["element.js"]))
    assert told == declared("BellEvents")
