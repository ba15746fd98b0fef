# ruff: noqa: INP001 (loaded by its path, in mkdocs.yml)
"""How mkdocstrings is to show what it would not show by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import griffe


class ExamplesAsCode(griffe.Extension):
    """Puts the text of each `Example:` in a docstring between fences."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite the examples of one object's docstring."""
        for section in obj.docstring.parsed if obj.docstring else ():
            if section.kind is griffe.DocstringSectionKind.admonition:
                section.value.contents = f"```python\n{section.value.contents}\n```"


class NamedTupleFields(griffe.Extension):
    """Shows the fields of a NamedTuple as the signature that calling it has."""

    def on_class(self, *, cls: griffe.Class, **_: Any) -> None:
        """Give one class the `__init__` that Python gives it unseen."""
        if "NamedTuple" in map(str, cls.bases):
            fields = [field for field in cls.attributes.values() if "property" not in field.labels]
            cls["__init__"] = griffe.Function(
                "__init__",
                parameters=griffe.Parameters(
                    griffe.Parameter("self", kind=griffe.ParameterKind.positional_or_keyword),
                    *map(_parameter, fields),
                ),
            )


class FieldsAsList(griffe.Extension):
    """Lists the fields of a class where a paragraph of its docstring tells of each, `name: ...`.

    Several may be told of at once, `one, other: ...`.
    """

    def on_class(self, *, cls: griffe.Class, **_: Any) -> None:
        """Put such paragraphs of one class as sections of attributes."""
        if cls.docstring:
            parsed = cls.docstring.parsed
            parsed[:] = [part for section in list(parsed) for part in _parts(section, cls)]


class FixturesAlone(griffe.Extension):
    """Shows a pytest fixture without the private ones that it is made of."""

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        """Take those out of one fixture's signature."""
        if any("fixture" in str(decorator.value) for decorator in func.decorators):
            own = (each for each in func.parameters if not each.name.startswith("_"))
            func.parameters = griffe.Parameters(*own)


class NothingUntold(griffe.Extension):
    """Leaves out what an `__init__` sets and no docstring tells of."""

    def on_class(self, *, cls: griffe.Class, **_: Any) -> None:
        """Take such attributes out of one class."""
        told = cls.docstring.value if cls.docstring else ""
        for name, field in list(cls.attributes.items()):
            is_set = field.labels == {"instance-attribute"} and field.annotation is None
            if is_set and not field.docstring and f"{name}:" not in told:
                cls.del_member(name)


def _parts(
    section: griffe.DocstringSection, cls: griffe.Class
) -> Iterator[griffe.DocstringSection]:
    names = "|".join(cls.attributes)
    begins = re.compile(rf"(?:^|(?<=[.)])\s+)((?:{names})(?:,\s(?:{names}))*):\s+")
    if section.kind is not griffe.DocstringSectionKind.text or not names:
        yield section
        return
    kept: list[str] = []
    for paragraph in section.value.split("\n\n"):
        if begins.match(paragraph):
            _, *told = begins.split(paragraph)
            if kept:
                yield griffe.DocstringSectionText("\n\n".join(kept))
            yield griffe.DocstringSectionAttributes(
                [
                    griffe.DocstringAttribute(name, description=words, annotation=_hint(cls, name))
                    for name, words in zip(told[::2], told[1::2], strict=True)
                ]
            )
            kept = []
        else:
            kept.append(paragraph)
    if kept:
        yield griffe.DocstringSectionText("\n\n".join(kept))


def _hint(cls: griffe.Class, names: str) -> str | griffe.Expr | None:
    return cls.attributes[names.partition(",")[0]].annotation


def _parameter(field: griffe.Attribute) -> griffe.Parameter:
    kind = griffe.ParameterKind.positional_or_keyword
    return griffe.Parameter(field.name, annotation=field.annotation, kind=kind, default=field.value)
