"""Makes the tables of docs/reference/settings.md: `cd tests && uv run python -m docs.settings`.

They are what the code says: names and defaults of its models and constructors, and their docs.
On the page, a table stands below a comment that says whose it is.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import griffe
from pydantic import BaseModel, SecretStr

from tidings.discovery import load
from tidings.keeps import Span

PAGE = Path(__file__).parents[2] / "docs/reference/settings.md"
ELSEWHERE = {"plugins"}
"""Settings that the page tells of in words."""

_TABLE = re.compile(r"(?<=<!-- keys of )([\w.:-]+)( -->\n\n)(?:\|.*\n)*")
_ONE: Mapping[Any, str] = {
    bool: "`true` or `false`",
    dict: "table",
    float: "number",
    int: "whole number",
    SecretStr: "text, secret",
    str: "text",
}
_SEVERAL = {"text": "list of texts", "table": "list of tables"}
_IN_CODE = "in code alone"


class Key(NamedTuple):
    """One thing that can be set: its name, what it may be, what it is without, what it is for."""

    name: str
    hint: Any
    default: Any
    doc: str


def made(page: str) -> str:
    """Return the page with its tables made anew."""
    return _TABLE.sub(lambda found: f"{found[1]}{found[2]}{_table(found[1])}", page)


def keys(name: str) -> Sequence[Key]:
    """Return what can be set of a plugin, by its name, or of a "module:Class"."""
    module, _, attribute = name.partition(":")
    of = getattr(import_module(module), attribute) if attribute else load(name)
    return [key for key in _keys(of) if key.name not in ELSEWHERE]


def _keys(of: type) -> Iterator[Key]:
    docs = _docs(of)
    if issubclass(of, BaseModel):
        for name in of.__annotations__:
            if (field := of.model_fields.get(name)) is not None:
                default = inspect.Parameter.empty if field.is_required() else field.default
                yield Key(name, field.annotation, default, docs[name])
    else:
        for name, parameter in inspect.signature(of, eval_str=True).parameters.items():
            yield Key(name, parameter.annotation, parameter.default, docs[name])


def _docs(of: type) -> Mapping[str, str]:
    """Return the docs of each key: from the class's own, or those below its fields."""
    sections = griffe.Docstring(inspect.getdoc(of) or "").parse("google", warn_missing_types=False)
    found = {entry.name: entry.description for entry in _entries(sections)}
    file = Path(inspect.getfile(of))
    source = griffe.visit(of.__module__, filepath=file, code=file.read_text("utf-8"))[of.__name__]
    for name, member in source.members.items():
        if isinstance(member, griffe.Attribute) and member.docstring:
            found[name] = member.docstring.value
    return found


def _entries(sections: Sequence[griffe.DocstringSection]) -> Iterator[Any]:
    for section in sections:
        if section.kind.value in ("parameters", "attributes"):
            yield from section.value


def _table(name: str) -> str:
    rows = [
        f"| `{key.name}`<br>{takes(key.hint)} | {_cell(key.doc)} | {shown(key.default)} |"
        for key in keys(name)
    ]
    head = ["| key, and what it takes | what it is | default |", "|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def takes(hint: Any) -> str:
    """Return what may stand in a settings file."""
    kind, inner = get_origin(hint), get_args(hint)
    if hint == Span:
        return "span"
    if kind is Annotated:
        return takes(inner[0])
    if kind in (Union, UnionType):
        return takes(SecretStr if SecretStr in inner else inner[0])
    if kind is Literal:
        return " or ".join(f"`{json.dumps(value)}`" for value in inner)
    if kind in (tuple, Sequence, frozenset):
        is_named = get_origin(inner[0]) is Literal
        return _SEVERAL.get("text" if is_named else takes(inner[0]), _IN_CODE)
    return _ONE.get(kind or hint, "table" if _is_model(hint) else _IN_CODE)


def _is_model(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, BaseModel)


def shown(default: Any) -> str:
    """Return a default as a settings file has it."""
    if default is None:
        return "none"
    if default is inspect.Parameter.empty:
        return "required"
    if isinstance(default, timedelta):
        return f'`"P{default.days}D"`'
    if callable(default):
        return "a function"
    if isinstance(default, frozenset):
        return "all"
    return f"`{json.dumps(default)}`"


def _cell(doc: str) -> str:
    text = " ".join(doc.split()).replace("|", "\\|")
    return text[0].upper() + text[1:]


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text("utf-8")), "utf-8")
