"""The fenced blocks of a Markdown page, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_OPENING = re.compile(r"(?P<indent> *)```(?P<language>\w*)(?: +title=\"(?P<title>[^\"]+)\")?$")


class Block(NamedTuple):
    """A fenced block: what it holds, and where.

    title: the name of the file that it is. line: the number of its first line on the page.
    """

    language: str
    title: str | None
    text: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    """Go through the blocks of a page.

    Raises:
        ValueError: a fence is not understood, or not closed.
    """
    lines = enumerate(page.read_text("utf-8").splitlines(), start=1)
    for number, line in lines:
        if not line.lstrip().startswith("```"):
            continue
        opening = _OPENING.fullmatch(line)
        if opening is None:
            raise ValueError(f'{page}:{number}: write a fence as ```language title="file"')
        yield Block(
            opening["language"],
            opening["title"],
            _content(lines, opening["indent"], f"{page}:{number}"),
            number + 1,
        )


def _content(lines: Iterator[tuple[int, str]], indent: str, where: str) -> str:
    content: list[str] = []
    for _, line in lines:
        if line == indent + "```":
            return "".join(content)
        content.append(line.removeprefix(indent) + "\n")
    raise ValueError(f"{where}: this fence is not closed")
