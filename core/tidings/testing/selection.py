"""Looking for the one thing that a test expects, and saying what there was in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from tidings.notification import Notification

T = TypeVar("T")


class Selection(Generic[T]):
    """What one user was given, or what was sent on one channel: `Pushed.to`, `Pushed.events`.

    Each method takes what the fields are to equal; without any, everything matches. A value may
    be any object that compares as you like, such as `unittest.mock.ANY`.

    Raises:
        TypeError: (any method) there is no field of this name.

    Example:
        pushed.to("ann").one(heading="Build passed", category="builds")
    """

    def __init__(
        self, what: str, found: Sequence[T], fields: Sequence[str], elsewhere: str
    ) -> None:
        self._what = what
        self._found = found
        self._fields = fields
        self._elsewhere = elsewhere

    def one(self, **fields: Any) -> T:
        """Return the one that matches.

        Raises:
            AssertionError: none does, or several do; it shows what there was.

        Example:
            reminder = pushed.to("ann").one(heading="Stand-up in ten minutes")
        """
        __tracebackhide__ = True  # pytest shows the test's own line
        matching = self.all(**fields)
        if len(matching) != 1:
            raise AssertionError(self._told(f"exactly one {self._sought(fields)}", matching))
        return matching[0]

    def none(self, **fields: Any) -> None:
        """Make sure that none matches.

        Raises:
            AssertionError: one does; it shows what there was.

        Example:
            pushed.to("eve").none()
        """
        __tracebackhide__ = True
        matching = self.all(**fields)
        if matching:
            raise AssertionError(self._told(f"no {self._sought(fields)}", matching))

    def all(self, **fields: Any) -> list[T]:
        """Return all that match, in the order in which they were pushed; it asserts nothing.

        Example:
            headings = [each.heading for each in pushed.to("ann").all(category="builds")]
        """
        for name in fields:
            if name not in self._fields:
                known = ", ".join(self._fields)
                raise TypeError(f"there is no field {name!r}: there are {known}")
        return [each for each in self._found if _matches(each, fields)]

    def __repr__(self) -> str:
        lines = "".join(f"\n  {_shown(each)}" for each in self._found)
        return f"<{len(self._found)} of {self._what}>{lines}"

    def _sought(self, fields: dict[str, Any]) -> str:
        with_fields = ", ".join(f"{name}={value!r}" for name, value in fields.items())
        return f"{self._what} with {with_fields}" if fields else self._what

    def _told(self, expected: str, matching: Sequence[T]) -> str:
        lines = [f"expected {expected}, and {len(matching)} of {len(self._found)} match:"]
        if not self._found:
            lines = [f"expected {expected}, and there was none at all."]
        lines += [f"{'>' if each in matching else ' '} {_shown(each)}" for each in self._found]
        return "\n".join([*lines, self._elsewhere])


def _matches(thing: object, fields: dict[str, Any]) -> bool:
    return all(expected == getattr(thing, name) for name, expected in fields.items())


def _shown(thing: object) -> str:
    """Return it in one line, a notification without what it does not say."""
    if not isinstance(thing, Notification):
        return repr(thing)
    said = {
        name: getattr(thing, name)
        for name, field in type(thing).model_fields.items()
        if name != "created_at" and getattr(thing, name) != field.default
    }
    return f"Notification({', '.join(f'{name}={value!r}' for name, value in said.items())})"
