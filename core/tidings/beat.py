"""The head beat: a lost last event has no successor to betray it, so heads are asked for."""

from __future__ import annotations

import asyncio
import logging

from tidings.channels import Channels
from tidings.protocols import Log
from tidings.redaction import failure

logger = logging.getLogger("tidings.channels")


async def head_beat(channels: Channels, log: Log, every: float) -> None:
    """Ask the heads of all open channels, in one batch, `every` so many seconds; never ends."""
    while True:
        await asyncio.sleep(every)
        try:
            await ask_heads(channels, log)
        except Exception as error:
            logger.warning("the head beat found no answer: %s", failure(error))


async def ask_heads(channels: Channels, log: Log) -> None:
    """Ask once, and let each channel mend what it turns out to lack."""
    asked_at = [(name, feed, feed.head) for name, feed in channels.ordered()]
    if not asked_at:
        return
    heads = await log.heads([name for name, _, _ in asked_at])
    for name, feed, head in asked_at:
        feed.headed(heads[name], head)
