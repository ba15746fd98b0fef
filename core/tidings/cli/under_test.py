"""What an argument `MODULE:FACTORY` names, as the conformance kit takes it."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from tidings.cli.facts import facts
from tidings.cli.values import seconds
from tidings.errors import PluginError
from tidings.redaction import failure
from tidings.spelling import did_you_mean
from tidings.testing import Make, Node

_SPEC = re.compile(r"(?P<module>\w+(?:\.\w+)*):(?P<factory>\w+(?:\.\w+)*)")


@contextmanager
def working_directory_importable() -> Iterator[None]:
    """Let modules in the working directory be imported, as `python -m` does."""
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        yield
    finally:
        sys.path.remove(here)


class UnderTest(NamedTuple):
    """What is held to the rules.

    make: opens a fresh far side. within: how long, in seconds, anything may take to arrive.
    """

    make: Make
    within: float = 5.0


def under_test(spec: str) -> UnderTest:
    """Import what makes plugin objects, and return what opens a fresh far side for them.

    Where it makes plugin objects itself, as a plugin's class does, each is a far side of its own.
    Of a class of tests, as `tidings.testing.pytest` has them, it is the method `make`, and the
    class says how long things may take.

    Raises:
        ValueError: it cannot be imported, or makes something else; the words say what to write.
    """
    found = _SPEC.fullmatch(spec)
    if found is None:
        raise ValueError(
            f"{spec!r} names nothing: write MODULE:FACTORY, as my_package.tests:broker"
        )
    factory = _imported(found["module"], found["factory"])
    if isinstance(factory, type) and hasattr(factory, "test_rule") and hasattr(factory, "make"):
        return _class_of_tests(spec, factory)
    return UnderTest(_make_of(spec, factory))


def _class_of_tests(spec: str, tests: type[Any]) -> UnderTest:
    _hold_without_arguments(spec, tests)
    try:
        within = seconds(tests.within)
    except ValueError as error:
        raise ValueError(f"{spec}.within: {error}") from None
    return UnderTest(_called(f"{spec}.make", tests().make), within)


def _make_of(spec: str, factory: Any) -> Make:
    if isinstance(factory, type) and facts(factory).hooks:
        _hold_without_arguments(spec, factory)
        return _itself(factory)
    if facts(factory).hooks:
        raise ValueError(
            f"{spec} is one plugin object, and every rule wants a fresh one: name its class, or a "
            "function that makes it"
        )
    if not callable(factory):
        raise ValueError(f"{spec} is a {type(factory).__name__}: {_WANTED}")  # noqa: TRY004
    _hold_without_arguments(spec, factory)
    return _called(spec, factory)


_WANTED = (
    "name a plugin's class, a function that makes a plugin object, or one under "
    "@asynccontextmanager that yields such a function"
)


def _imported(module: str, name: str) -> Any:
    try:
        found: Any = import_module(module)
    except ImportError as error:
        raise ValueError(f"{error}; it is looked for here and on PYTHONPATH") from None
    except Exception as error:
        raise ValueError(f"importing {module} raised {failure(error)}") from error
    for part in name.split("."):
        if not hasattr(found, part):
            known = [other for other in dir(found) if not other.startswith("_")]
            raise ValueError(f"{module} has no {name}{did_you_mean(part, known)}")
        found = getattr(found, part)
    return found


def _hold_without_arguments(spec: str, factory: Callable[..., Any]) -> None:
    try:
        inspect.signature(factory).bind()
    except TypeError as error:
        raise ValueError(
            f"{spec}: {error}. It is called without arguments: write a function that gives them"
        ) from None
    except ValueError:  # one written in C may not tell
        return


def _called(spec: str, factory: Callable[[], Any]) -> Make:
    """Call it once, to see what it makes."""
    try:
        made = factory()
    except Exception as error:
        raise ValueError(f"{spec}() raised {failure(error)}") from error
    if facts(made).hooks:
        return _itself(factory)
    if hasattr(made, "__aenter__"):
        return _checked(spec, factory)
    raise ValueError(_no_plugin(spec, made))


def _no_plugin(spec: str, made: object) -> str:
    if inspect.iscoroutine(made):
        made.close()
        return f"{spec} is a coroutine function: {_WANTED}"
    if inspect.isasyncgen(made):
        return f"{spec} is an async generator: put @asynccontextmanager above it"
    return f"{spec} makes a {type(made).__name__}, which is no plugin: {_WANTED}"


def _itself(plugin: Callable[[], object]) -> Make:
    @asynccontextmanager
    async def make() -> AsyncIterator[Node]:
        one = plugin()
        yield lambda: one

    return make


def _checked(spec: str, factory: Make) -> Make:
    @asynccontextmanager
    async def make() -> AsyncIterator[Node]:
        async with factory() as node:
            if not callable(node):
                told = f"yields a {type(node).__name__}: yield a function that makes plugin objects"
                raise PluginError(spec, told)
            yield node

    return make
