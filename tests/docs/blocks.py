"""The fenced blocks of a Markdown page, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from markdown import Markdown

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
_INCLUDES = "--8<--"
_OPENING = re.compile(r"(?P<indent> *)```(?P<language>\w*)(?: +title=\"(?P<title>[^\"]+)\")?$")


class Block(NamedTuple):
    """A fenced block: what it holds, and where.

    title: the name of the file that it is. line: the number of its first line on the page.
    included: it shows a file of docs/examples, which `text` holds.
    """

    language: str
    title: str | None
    text: str
    line: int
    included: bool


def blocks(page: Path) -> Iterator[Block]:
    """Go through the blocks of a page.

    Raises:
        ValueError: a fence is not understood, or not closed.
        SnippetMissingError: a file that a block shows is not there.
    """
    lines = enumerate(page.read_text("utf-8").splitlines(), start=1)
    for number, line in lines:
        if not line.lstrip().startswith("```"):
            continue
        opening = _OPENING.fullmatch(line)
        if opening is None:
            raise ValueError(f'{page}:{number}: write a fence as ```language title="file"')
        text = _content(lines, opening["indent"], f"{page}:{number}")
        included = _INCLUDES in text
        yield Block(
            opening["language"],
            opening["title"],
            _shown(text) if included else text,
            number + 1,
            included,
        )


def _content(lines: Iterator[tuple[int, str]], indent: str, where: str) -> str:
    content: list[str] = []
    for _, line in lines:
        if line == indent + "```":
            return "".join(content)
        content.append(line.removeprefix(indent) + "\n")
    raise ValueError(f"{where}: this fence is not closed")


def _shown(text: str) -> str:
    """Put in the files that a block includes, as the site does."""
    snippets = {"base_path": [str(EXAMPLES)], "check_paths": True, "dedent_subsections": True}
    reader = Markdown(
        extensions=["pymdownx.snippets"], extension_configs={"pymdownx.snippets": snippets}
    )
    return "\n".join(reader.preprocessors["snippet"].run(text.splitlines())) + "\n"
