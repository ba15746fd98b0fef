# ruff: noqa: INP001 (loaded by its path, in mkdocs.yml)
"""How mkdocstrings is to show what it would not show by itself."""

from __future__ import annotations

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


def _parameter(field: griffe.Attribute) -> griffe.Parameter:
    kind = griffe.ParameterKind.positional_or_keyword
    return griffe.Parameter(field.name, annotation=field.annotation, kind=kind, default=field.value)
