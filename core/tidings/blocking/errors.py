"""What can go wrong with the blocking facade, beside what goes wrong behind it."""

from __future__ import annotations

from tidings.errors import Closed, TidingsError


class OnEventLoop(TidingsError, RuntimeError):
    """A blocking call in a thread whose event loop it would stop: await `tidings.Tidings` there."""


class Forked(Closed):
    """The object was open when the process forked: what it had open belongs to the parent."""
