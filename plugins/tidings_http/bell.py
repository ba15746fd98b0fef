"""`<tidings-bell>` as browsers get it: the modules of `static/`, as the one module `bell.js`.

They are written one idea a file, with types in comments, and work as they are from any server of
files. Joined and without the comments they are one request, and two thirds as large.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

STATIC = Path(__file__).with_name("static")
"""The modules, and `bell.d.ts`."""

_ENTRY = STATIC / "bell.js"
_NOTE = "// https://pypi.org/project/tidings/ has this with types and comments\n"

_IMPORT = re.compile(r'^import \{[^}]*\} from "(.+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=class|const|function|async)", re.MULTILINE)
_TYPES = re.compile(r"/\*\* (?:.|\n)*?\*/ ?|/\*\*\n(?:.|\n)*?\*/")
_COMMENT = re.compile(r"(?:^| +)// [^\n\"`]*$", re.MULTILINE)
_INDENTED = re.compile(r"\n\s+")


@cache
def bell() -> str:
    """Return `bell.js` and all that it imports as one ES module.

    A module whose imports are not one line each, or with a comment in a text, would be harmed:
    the tests run what comes of ours.
    """
    return _NOTE + "".join(_own(path) for path in _in_order(_ENTRY, {}))


def _in_order(path: Path, found: dict[Path, None]) -> dict[Path, None]:
    """Find modules, each behind those that it imports."""
    for imported in _IMPORT.findall(path.read_text()):
        _in_order((path.parent / imported).resolve(), found)
    found.setdefault(path)
    return found


def _own(path: Path) -> str:
    """Return a module's own code; only the entry still exports."""
    text = _COMMENT.sub("", _TYPES.sub("", _IMPORT.sub("", path.read_text())))
    if path != _ENTRY:
        text = _EXPORT.sub("", text)
    return _INDENTED.sub("\n", text).lstrip()
