"""The public names of each package, and what each says of itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module

PACKAGES = (
    "tidings",
    "tidings.blocking",
    "tidings.testing",
    "tidings.testing.pytest",
    "tidings_http",
    "tidings_memory",
    "tidings_pusher",
    "tidings_pytest",
    "tidings_sql",
    "tidings_websocket",
)


def public(package: str) -> Iterator[tuple[str, object]]:
    """Go through what a package says is public."""
    module = import_module(package)
    for name in module.__all__:
        yield name, getattr(module, name)


def members(package: str) -> Iterator[tuple[str, object]]:
    """Go through the public names, and the public methods and properties of the classes."""
    for name, thing in public(package):
        yield name, thing
        for attribute, value in list(vars(thing).items()) if inspect.isclass(thing) else ():
            function = value.fget if isinstance(value, property) else value
            function = getattr(function, "__func__", function)
            if attribute[0] != "_" and inspect.isfunction(function):
                yield f"{name}.{attribute}", function


def own_docstring(name: str, thing: object) -> str | None:
    """Return its own docstring: not its class's, nor what a dataclass or NamedTuple is given."""
    found = vars(thing).get("__doc__") if inspect.isclass(thing) else inspect.getdoc(thing)
    return None if found is None or found.startswith(f"{name}(") else found
