"""Logic that waits without knowing how: a generator of steps, and the two ways to run one.

A step is a function without arguments. Whoever runs the generator calls it, and sends back what it
returns or, where that is awaitable, what it gives; what it raises is raised where it was yielded.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from inspect import isawaitable, iscoroutine
from typing import Any, TypeVar

from tidings import Unsupported

T = TypeVar("T")

Step = Callable[[], Any]
Steps = Generator[Step, Any, T]


async def awaited(steps: Steps[T]) -> T:
    """Run steps on an event loop; return what they end with."""
    try:
        step = next(steps)
        while True:
            try:
                result = step()
                if isawaitable(result):
                    result = await result
            except Exception as error:
                step = steps.throw(error)
            else:
                step = steps.send(result)
    except StopIteration as done:
        ended: T = done.value
        return ended


def called(steps: Steps[T]) -> T:
    """Run steps that block; return what they end with. One that is async raises `Unsupported`."""
    try:
        step = next(steps)
        while True:
            try:
                result = _at_hand(step())
            except Exception as error:
                step = steps.throw(error)
            else:
                step = steps.send(result)
    except StopIteration as done:
        ended: T = done.value
        return ended


def _at_hand(result: object) -> object:
    if iscoroutine(result):
        result.close()
    if isawaitable(result):
        raise Unsupported(
            "nothing can be awaited here: give a tidings.blocking.Tidings and plain functions, or "
            "use PusherEndpoints"
        )
    return result
