"""The blocking facade cannot drift from what it stands for: same names, same parameters."""

from __future__ import annotations

import inspect
import re
from types import FunctionType
from typing import Any

import pytest

import tidings
from tidings import blocking, protocols, stream

TWINS: list[tuple[type, type]] = [
    (tidings.Tidings, blocking.Tidings),
    (tidings.Inbox, blocking.Inbox),
    (tidings.Receipt, blocking.Receipt),
    (protocols.Presence, blocking.Presence),
]
ONLY_BLOCKING = {
    *("Tidings.open", "Tidings.close"),
    *("Tidings.options", "Tidings.tokens", "Receipt.results"),  # attributes there
}
# for fronts and consoles, which live on an event loop
ONLY_ASYNC = {
    f"Tidings.{name}" for name in ("listen", "log", "observe", "revocations", "rows", "submit")
}
BLOCKING_WORDS = {
    r"AsyncIterator\[": "Iterator[",
    r"AbstractAsyncContextManager\[": "Iterator[",
    r"InboxStream\[": "Stream[",
    r"\bSubscription\b": "Stream[Delivery]",
}
"""How a return type reads where nothing is awaited (`enter` is a `@contextmanager`)."""


def public(cls: type) -> dict[str, Any]:
    """The public methods and properties of a class."""
    kinds = FunctionType, classmethod, property
    return {
        name: thing
        for name, thing in vars(cls).items()
        if isinstance(thing, kinds) and not name.startswith("_")
    }


PAIRS = [
    pytest.param(original, twin, name, id=f"{original.__name__}.{name}")
    for original, twin in TWINS
    for name in public(original)
    if f"{original.__name__}.{name}" not in ONLY_ASYNC
]


def function(cls: type, name: str) -> Any:
    thing: Any = inspect.getattr_static(cls, name)
    if isinstance(thing, property):
        return thing.fget
    return inspect.unwrap(getattr(thing, "__func__", thing))


@pytest.mark.parametrize(("original", "twin", "name"), PAIRS)
def test_each_public_method_has_its_twin_with_the_same_parameters(
    original: type, twin: type, name: str
) -> None:
    assert name in public(twin)
    theirs, ours = function(original, name), function(twin, name)
    assert inspect.signature(ours).parameters == inspect.signature(theirs).parameters
    assert isinstance(vars(twin)[name], property) == isinstance(vars(original)[name], property)
    assert not inspect.iscoroutinefunction(ours)


@pytest.mark.parametrize(("original", "twin", "name"), PAIRS)
def test_each_returns_what_awaiting_the_other_gives(original: type, twin: type, name: str) -> None:
    awaited = inspect.signature(function(original, name)).return_annotation
    for word, said in BLOCKING_WORDS.items():
        awaited = re.sub(word, said, awaited)
    assert inspect.signature(function(twin, name)).return_annotation == awaited


def test_both_are_made_of_the_same() -> None:
    made, twin = inspect.signature(tidings.Tidings), inspect.signature(blocking.Tidings)
    assert twin.parameters == made.parameters


def test_the_facade_has_no_methods_of_its_own_but_these() -> None:
    names = {
        f"{twin.__name__}.{name}"
        for original, twin in TWINS
        for name in public(twin).keys() - public(original).keys()
    }
    assert names == ONLY_BLOCKING


@pytest.mark.parametrize("original", [tidings.Subscription, stream.InboxStream])
def test_a_stream_can_be_entered_iterated_and_closed_as_its_originals(original: type) -> None:
    for name in ("aenter", "aexit", "aiter", "anext"):
        assert hasattr(original, f"__{name}__")
        assert hasattr(blocking.Stream, f"__{name[1:]}__")
    assert hasattr(original, "aclose")
    assert hasattr(blocking.Stream, "close")


def test_the_public_names_of_the_facade_are_these() -> None:
    assert blocking.__all__ == sorted(
        ["Forked", "Inbox", "OnEventLoop", "Presence", "Receipt", "Stream", "Tidings"]
    )
