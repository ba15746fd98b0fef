"""Pushing a file of notifications: batch by batch, in order, and past whatever is bad in it."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Sequence
from typing import BinaryIO

from tidings import StoreError, Tidings
from tidings.cli.failure import words
from tidings.cli.invocation import Invocation
from tidings.cli.lines import Line, read_lines
from tidings.cli.opening import opened
from tidings.cli.progress import progress
from tidings.cli.push_line import read_push_line
from tidings.cli.pushed import Pushed, as_json, attempt, not_carried
from tidings.cli.tally import Tally


async def push_many(called: Invocation, stream: BinaryIO) -> int:
    """Push what the stream's lines say; return the exit code."""
    tally = Tally()
    try:
        async with opened(called) as tidings:
            await _push_all(called, tidings, stream, tally)
    except asyncio.CancelledError:
        called.warn("Interrupted", f"stopped after line {tally.line:,}. {tally.as_text()}")
        raise
    for outcome in tally.uncarried.values():
        called.complain("NotCarried", not_carried(outcome), transport=outcome.transport)
    if called.as_json:
        called.emit({"summary": tally.as_json()})
    else:
        called.show(tally.as_text())
    return 0 if tally.clean else 1


async def _push_all(called: Invocation, tidings: Tidings, stream: BinaryIO, tally: Tally) -> None:
    """Push batch by batch; stop where the store fails, as it would for all that follows."""
    total = _size(stream)
    with progress(called, "Pushing", total) as advance:
        async for lines in read_lines(stream):
            results = await _push_batch(tidings, lines)
            for line, result in results:
                _tell(called, tally, line.number, result)
            if any(isinstance(result, StoreError) for _, result in results):
                called.complain("Stopped", f"the store fails: stopped after line {tally.line:,}")
                return
            advance(0 if total is None else stream.tell(), f"{tally.line:,} lines")


async def _push_batch(
    tidings: Tidings, lines: Sequence[Line]
) -> Sequence[tuple[Line, Pushed | Exception]]:
    """Push lines together, so that the store takes them in one go; the order stays theirs."""
    async with asyncio.TaskGroup() as group:
        tasks = [
            (line, group.create_task(_push_line(tidings, line)))
            for line in lines
            if line.text is None or line.text.strip()
        ]
    return [(line, task.result()) for line, task in tasks]


async def _push_line(tidings: Tidings, line: Line) -> Pushed | Exception:
    try:
        users, notification = read_push_line(line.text)
        return await attempt(tidings, users, notification)
    except Exception as error:  # this line's trouble, and no other's
        return error


def _tell(called: Invocation, tally: Tally, number: int, result: Pushed | Exception) -> None:
    tally.line = number
    if not isinstance(result, Pushed):
        tally.failed += 1
        called.complain(type(result).__name__, f"line {number:,}: {words(result)}", line=number)
        return
    tally.add(result)
    if called.as_json:
        called.emit({"line": number, **as_json(result)})
    for user, error in result.failed.items():
        told = f"line {number:,}, user {user}: {words(error)}"
        called.complain(type(error).__name__, told, line=number, user=user)


def _size(stream: BinaryIO) -> int | None:
    """Return how many bytes a file has; nobody knows it of a pipe."""
    try:
        found = os.fstat(stream.fileno())
    except OSError:  # a stream in memory
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None
