"""A plugin's table in the settings, held against its constructor's keywords."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import Parameter, signature
from typing import Any, NotRequired, Required

from pydantic import ConfigDict, PydanticUserError, TypeAdapter, ValidationError
from pydantic_core import SchemaError, from_json
from typing_extensions import TypedDict  # pydantic takes that of typing from Python 3.12 on

from tidings.errors import PluginError, SettingsError
from tidings.redaction import mistakes
from tidings.spelling import did_you_mean

_NAMED = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)


def keywords(plugin: str, made_by: type, table: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of a table as the constructor's annotations want them.

    Text becomes what is annotated (a `SecretStr`, a `timedelta`, ...); where text will not do,
    it is read as JSON, as an environment variable can hold nothing else.

    Raises:
        SettingsError: a key is unknown or missing, or a value is wrong; no value is told.
        PluginError: the constructor's annotations cannot be read.
    """
    try:
        parameters = signature(made_by, eval_str=True).parameters
        adapter = _adapter(parameters)
    except (NameError, TypeError, ValueError, PydanticUserError, SchemaError) as error:
        raise PluginError(
            plugin, f"the keywords of {made_by.__qualname__} cannot be read: {error}"
        ) from error
    try:
        return _validated(adapter, table)
    except ValidationError as error:
        known = [name for name, parameter in parameters.items() if parameter.kind in _NAMED]
        raise SettingsError("\n".join(_told(plugin, error, known))) from None


def _adapter(parameters: Mapping[str, Parameter]) -> TypeAdapter[Mapping[str, Any]]:
    fields = {}
    for name, parameter in parameters.items():
        if parameter.kind in _NAMED:
            hint = Any if parameter.annotation is Parameter.empty else parameter.annotation
            needed = parameter.default is Parameter.empty
            fields[name] = Required[hint] if needed else NotRequired[hint]
    takes_all = any(parameter.kind is Parameter.VAR_KEYWORD for parameter in parameters.values())
    table = TypedDict("table", fields)  # type: ignore[misc]
    table.__pydantic_config__ = ConfigDict(  # type: ignore[attr-defined]
        extra="allow" if takes_all else "forbid", arbitrary_types_allowed=True
    )
    return TypeAdapter(table)


def _validated(
    adapter: TypeAdapter[Mapping[str, Any]], table: Mapping[str, Any]
) -> Mapping[str, Any]:
    try:
        return adapter.validate_python(table)
    except ValidationError as error:
        wrong = {str(found["loc"][0]) for found in error.errors() if found["loc"]}
        read = {key: _read(table[key]) for key in wrong if isinstance(table.get(key), str)}
        return adapter.validate_python({**table, **read})


def _read(text: str) -> Any:
    try:
        return from_json(text)
    except ValueError:
        return text


def _told(plugin: str, error: ValidationError, known: list[str]) -> Iterator[str]:
    for key, kind, words in mistakes(error):
        told = words
        if kind == "extra_forbidden":
            told = (
                f"no such key{did_you_mean(key, known)} (there are: {', '.join(known) or 'none'})"
            )
        yield f"[plugins.{plugin}] {key}: {told}"
