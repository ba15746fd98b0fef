"""The head beat: a lost last event has no successor to betray it, so heads are asked for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from tidings.channels import Channels
from tidings.feed import OrderedFeed
from tidings.gathered_log import PART
from tidings.protocols import Log
from tidings.redaction import failure

logger = logging.getLogger("tidings.channels")


async def head_beat(channels: Channels, log: Log, every: float) -> None:
    """Ask the heads of all open channels, many at once, `every` so many seconds; never ends."""
    while True:
        await asyncio.sleep(every)
        try:
            await ask_heads(channels, log)
        except Exception as error:
            logger.warning("the head beat found no answer: %s", failure(error))


async def ask_heads(channels: Channels, log: Log) -> None:
    """Ask once, and let each channel mend what it turns out to lack.

    It asks for a part at a time and lets others have their turn in between.
    """
    ordered = channels.ordered()
    for start in range(0, len(ordered), PART):
        await _ask(ordered[start : start + PART], log)
        await asyncio.sleep(0)


async def _ask(feeds: Sequence[tuple[str, OrderedFeed]], log: Log) -> None:
    asked_at = [feed.head for _, feed in feeds]
    heads = await log.heads([name for name, _ in feeds])
    for (name, feed), head in zip(feeds, asked_at, strict=True):
        feed.headed(heads[name], head)
