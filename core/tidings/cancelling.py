"""Whose cancellation it is: a plugin's own ends nothing of the core's."""

from __future__ import annotations

import asyncio


def is_cancelled() -> bool:
    """Tell whether the current task itself is being cancelled.

    If not, a `CancelledError` came out of what was awaited, as when a client library cancels a
    future of its own.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
