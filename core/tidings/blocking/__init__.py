"""The same Tidings for code without an event loop: Flask, Django, Celery, scripts.

    tidings = Tidings.from_settings()  # for the whole process: opens at first use
    tidings.push(["ann", "bob"], Notification(heading="Build passed"))

Each class here has the methods of its namesake in `tidings`, which says what they do: those that
are awaited there simply return here, and what is iterated by `async for` is iterated by `for`.
"""

from tidings.blocking.errors import Forked, OnEventLoop
from tidings.blocking.inbox import Inbox
from tidings.blocking.presence import Presence
from tidings.blocking.receipt import Receipt
from tidings.blocking.service import Tidings
from tidings.blocking.stream import Stream

__all__ = ["Forked", "Inbox", "OnEventLoop", "Presence", "Receipt", "Stream", "Tidings"]
