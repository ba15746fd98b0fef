"""Where settings come from: layers of them, the strongest first, and what in them is no setting."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import pydantic_settings
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource

from tidings.errors import SettingsError
from tidings.spelling import canonical, did_you_mean

PREFIX = "tidings_"
FILE = "tidings.toml"

_IN_A_TABLE = 2  # the name of a plugin and a key
_CONFIG = f"{PREFIX}config"
_OTHERS = (_CONFIG, f"{PREFIX}token")  # the command reads these by itself

# Kubernetes describes a service called "tidings" to every container in such variables.
_KUBERNETES = re.compile(rf"{PREFIX}(service_(host|port.*)|port(_\d+_(tcp|udp|sctp).*)?)")


class Layer(NamedTuple):
    """The settings of one origin, and the variables there that only look like some."""

    origin: str
    values: Mapping[str, Any]
    strays: Sequence[str] = ()


def layers(
    settings: type[BaseSettings], path: str | PathLike[str] | None, keywords: Mapping[str, Any]
) -> Sequence[Layer]:
    """Read all sources: keywords, the environment, `.env`, the file.

    Raises:
        SettingsError: the file is not there or broken, or keys are unknown; it names them all.
    """
    environment = EnvSettingsSource(settings)
    dotenv = DotEnvSettingsSource(settings, env_file=".env")
    named = environment.env_vars.get(_CONFIG) or dotenv.env_vars.get(_CONFIG)
    found = [
        Layer("keywords", keywords),
        _variables("the environment", environment),
        _variables(".env", dotenv),
        _file(path or named),
    ]
    known = list(settings.model_fields)
    if problems := [problem for layer in found for problem in _unknown(layer, known)]:
        raise SettingsError("\n".join(problems))
    return [layer._replace(values=_spelled(layer)) for layer in found]


def merged(found: Sequence[Layer]) -> Mapping[str, Any]:
    """Return what holds of several layers: tables are merged key by key, the first layer wins."""
    values: Mapping[str, Any] = {}
    for layer in reversed(found):
        values = _over(layer.values, values)
    return values


def _variables(origin: str, source: EnvSettingsSource) -> Layer:
    fields = source.settings_cls.model_fields
    try:
        values = {key: value for key, value in source().items() if key in fields}
    except pydantic_settings.SettingsError as error:  # its cause would quote the value
        key = re.search(r'field "(\w+)"', str(error))
        name = key[1] if key else "a setting"
        raise SettingsError(f"{name}, from {origin}: must be written as JSON") from None
    values.pop("plugins", None)
    if tables := _tables(source.env_vars):
        values["plugins"] = tables
    return Layer(origin, values, [v.upper() for v in source.env_vars if _is_stray(v, fields)])


def _tables(variables: Mapping[str, str | None]) -> Mapping[str, Any]:
    """Read the plugins' tables: all values stay text, for the plugins' annotations to read.

    (The library would take a secret of digits for a number.)
    """
    tables: dict[str, Any] = {}
    for variable, value in sorted(variables.items()):
        prefix, *path = variable.split("__")
        if prefix == f"{PREFIX}plugins" and len(path) >= _IN_A_TABLE:
            _put(tables, path, value)
    return tables


def _put(tables: dict[str, Any], path: Sequence[str], value: str | None) -> None:
    *names, key = path
    table = tables
    for name in names:
        inner = table.get(name)
        table[name] = inner if isinstance(inner, dict) else {}
        table = table[name]
    table[key] = value


def _is_stray(variable: str, fields: Mapping[str, Any]) -> bool:
    if not variable.startswith(PREFIX) or variable in _OTHERS or _KUBERNETES.fullmatch(variable):
        return False
    key, *path = variable.removeprefix(PREFIX).split("__")
    if key == "plugins":
        return len(path) < _IN_A_TABLE
    return key not in fields or bool(path)


def _file(path: str | PathLike[str] | None) -> Layer:
    if path is None and not Path(FILE).is_file():
        return Layer(FILE, {})
    file = Path(path or FILE).expanduser()
    try:
        return Layer(str(file), tomllib.loads(file.read_text("utf-8")))
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is not UTF-8 text, as TOML must be") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is no TOML: {error}") from None


def _unknown(layer: Layer, known: Sequence[str]) -> Iterator[str]:
    for key in layer.values:
        if key not in known:
            yield f"{key}, from {layer.origin}: no such setting{did_you_mean(key, known)}"
    for variable in layer.strays:
        names = [(PREFIX + key).upper() for key in known]
        yield (
            f"{variable}, from {layer.origin}: no such setting{did_you_mean(variable, names)} "
            "(two underscores lead into a table: TIDINGS_PLUGINS__SQL__URL)"
        )


def _spelled(layer: Layer) -> Mapping[str, Any]:
    tables = layer.values.get("plugins")
    if not isinstance(tables, Mapping):
        return layer.values
    spelled = {canonical(name): table for name, table in tables.items()}
    if len(spelled) < len(tables):
        raise SettingsError(f"plugins, from {layer.origin}: one name is there in two spellings")
    return {**layer.values, "plugins": spelled}


def _over(strong: Mapping[str, Any], weak: Mapping[str, Any]) -> Mapping[str, Any]:
    values = dict(weak)
    for key, value in strong.items():
        under = values.get(key)
        both = isinstance(value, Mapping) and isinstance(under, Mapping)
        values[key] = _over(value, under) if both else value  # type: ignore[arg-type]
    return values
