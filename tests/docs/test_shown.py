"""What a page shows and no test runs is at least well formed: a reader of its language says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from configparser import RawConfigParser
from html.parser import HTMLParser
from shutil import which
from subprocess import run

import pytest
import tinycss2  # type: ignore[import-untyped]
import yaml  # type: ignore[import-untyped]

from docs.blocks import Block, blocks
from docs.test_pages import PAGES, ROOT, SHOWN
from node_packages import left_out

VOID = {"br", "img", "input", "link", "meta"}


class Tags(HTMLParser):
    """Follows which elements are open; complains of one that is closed and was not."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def read_bash(text: str) -> None:
    checked("bash", "-n", text=text)


def read_caddy(text: str) -> None:
    lines = [line.strip() for line in text.splitlines()]
    assert [line for line in lines if "}" in line and line != "}"] == []
    assert len([line for line in lines if line.endswith("{")]) == lines.count("}")


def read_css(text: str) -> None:
    rules = tinycss2.parse_stylesheet(text)
    assert [rule.message for rule in rules if rule.type == "error"] == []


def read_html(text: str) -> None:
    tags = Tags()
    tags.feed(text)
    tags.close()
    assert tags.open == []


def read_ini(text: str) -> None:
    RawConfigParser(strict=False).read_string(f"[.env has none]\n{text}")


def read_javascript(text: str) -> None:
    if which("node") is None:
        left_out("needs node, which is not installed here")
    checked("node", "--input-type=module", "--check", "-", text=text)


def read_nginx(text: str) -> None:
    assert text.count("{") == text.count("}")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    assert [line for line in lines if line and line[-1] not in "{};"] == []


def read_yaml(text: str) -> None:
    assert yaml.safe_load(text)


READERS: Mapping[str, Callable[[str], None]] = {
    "bash": read_bash,
    "caddy": read_caddy,
    "css": read_css,
    "html": read_html,
    "ini": read_ini,
    "javascript": read_javascript,
    "nginx": read_nginx,
    "yaml": read_yaml,
}


def checked(*command: str, text: str) -> None:
    done = run(command, input=text, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr


def shown() -> Iterator[pytest.ParameterSet]:
    for page in PAGES:
        for block in blocks(page):
            if block.language in READERS:
                yield pytest.param(block, id=f"{page.relative_to(ROOT)}:{block.line}")


@pytest.mark.parametrize("block", list(shown()))
def test_a_block_that_is_not_run_can_be_read(block: Block) -> None:
    READERS[block.language](block.text)


@pytest.mark.parametrize(
    ("language", "wrong"),
    [
        ("bash", "if true; then"),
        ("caddy", "example.com {\n    respond / {"),
        ("css", "a { color: red } }"),
        ("html", "<p><b>bold</p>"),
        ("ini", "neither section nor value"),
        ("javascript", "const = 1"),
        ("nginx", "server {\n  listen 80\n}"),
        ("yaml", "a: [1"),
    ],
)
def test_a_block_that_is_wrong_is_found_out(language: str, wrong: str) -> None:
    with pytest.raises(Exception, match=r"\S"):
        READERS[language](wrong)


def test_every_language_that_is_not_run_is_read() -> None:
    assert set(READERS) == SHOWN - {"dockerfile", "jsx"}  # whose files are built by a test
