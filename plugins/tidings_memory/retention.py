"""What time and number take away from a channel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import NamedTuple

from tidings.changes import EVICTED, EXPIRED, IDS_LIMIT, Change
from tidings.event import Event
from tidings.keeps import Keeps
from tidings_memory.channel import Channel


class Tended(NamedTuple):
    """The events that tending a channel brought about, and how many things it took away."""

    events: Sequence[Event]
    taken: int


def tend(channel: Channel, keeps: Keeps, now: float, limit: int) -> Tended:
    """Take away what is due: up to `limit` entries of inbox and log and remembered ids together."""
    expired = _expired(channel, now, limit)
    events = list(_take_out(channel, EXPIRED, expired, now))
    evicted = _evicted(channel, keeps, now, limit - len(expired))
    events += _take_out(channel, EVICTED, evicted, now)
    taken = len(expired) + len(evicted)
    taken += _trim(channel, keeps, now, limit - taken)
    taken += channel.ids.forget(now, limit - taken)
    oldest = channel.inbox.oldest if channel.inbox is not None else None
    channel.ages.drop(min(channel.log.first, oldest.offset) if oldest else channel.log.first)
    return Tended(events, taken)


def next_due(channel: Channel, keeps: Keeps, now: float) -> float:
    """Return when the next thing is to be taken away: never (infinity) where there is nothing."""
    return min(_dues(channel, keeps, now), default=inf)


def _dues(channel: Channel, keeps: Keeps, now: float) -> Iterator[float]:
    if channel.log.first <= channel.log.head:
        yield channel.ages.ends(channel.log.first, keeps.log_age)
    if channel.inbox is not None and (oldest := channel.inbox.oldest):
        over = len(channel.inbox) > keeps.inbox_count
        yield now if over else channel.ages.ends(oldest.offset, keeps.inbox_age)
    if channel.expiries is not None and (due := channel.expiries.due) is not None:
        yield due
    if (due := channel.ids.due) is not None:
        yield due


def _expired(channel: Channel, now: float, limit: int) -> list[str]:
    ids: list[str] = []
    while channel.expiries is not None and len(ids) < limit:
        id = channel.expiries.take(now)  # noqa: A001
        if id is None:
            break
        ids.append(id)
    return ids


def _evicted(channel: Channel, keeps: Keeps, now: float, limit: int) -> list[str]:
    ids: list[str] = []
    if channel.inbox is None:
        return ids
    over = len(channel.inbox) - keeps.inbox_count
    old = channel.ages.through(now, keeps.inbox_age)
    for row in channel.inbox:
        if len(ids) >= limit or (len(ids) >= over and row.offset > old):
            break
        ids.append(row.id)
    return ids


def _trim(channel: Channel, keeps: Keeps, now: float, limit: int) -> int:
    first = channel.log.first
    channel.trim(min(channel.ages.through(now, keeps.log_age), first - 1 + limit), now)
    return channel.log.first - first


def _take_out(channel: Channel, name: str, ids: Sequence[str], now: float) -> Iterator[Event]:
    for start in range(0, len(ids), IDS_LIMIT):
        change = Change(name, tuple(ids[start : start + IDS_LIMIT]))
        yield channel.append(change.event(channel.name), now)
