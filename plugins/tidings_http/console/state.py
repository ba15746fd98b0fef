"""What the console shows: all of it, as of now, as JSON."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from tidings import Identity, TransportState
from tidings.redaction import failure
from tidings_http.console.counted import Client, Counted
from tidings_http.console.recent import Seen

if TYPE_CHECKING:
    from tidings_http.front import HttpFront
    from tidings_http.stream import Stream

Told = dict[str, Any]

ROWS = 100
"""The most connections and channels that are told of."""

DATA = 4096
"""Of an event's data, so many bytes are shown at most."""


def state(front: HttpFront, user: str | None) -> Told:
    """Return all that there is to show.

    Args:
        front: that is asked; other fronts of the application are found among its plugins.
        user: tell only of the connections of this user.
    """
    tidings, recent = front.tidings, front.console.recent
    others = [each for each in tidings.hooks.plugins.values() if isinstance(each, Counted)]
    audience = Counter(front.lines.audience())
    for each in others:
        audience.update(each.lines.audience())
    clients = (*_clients(others, user), *_streams(front, user))
    return {
        "at": tidings.clock().timestamp(),
        "opened_at": front.console.opened_at,
        "accepted": recent.accepted,
        "heard": recent.told,
        "fronts": [*map(_front, others), _own(front)],
        "channels": {"total": len(audience), "rows": _channels(audience)},
        "connections": list(islice(clients, ROWS)),
        "transports": [_transport(each) for each in tidings.transports],
        "events": [_event(seen, shown=front.console.shows_data) for seen in recent.newest()],
        "shows_data": front.console.shows_data,
    }


def _front(front: Counted) -> Told:
    counters = front.counters
    return {
        "name": front.name,
        "connections": counters.connections,
        "opened": sum(counters.opened.values()),
        "ended": dict(counters.ended),
        "refused": dict(counters.refused),
        "resumed": dict(counters.resumed),
        "events": counters.events,
        "deliveries": counters.deliveries,
        "slow": counters.slow,
        "latency": {"bounds": list(counters.bounds), "counts": list(counters.latency)},
    }


def _own(front: HttpFront) -> Told:
    """Tell of the streams of this very front, which measures no latency."""
    counters = front.counters
    return {
        "name": front.name,
        "connections": counters.streams,
        "opened": counters.opened,
        "ended": dict(counters.ended),
        "refused": dict(counters.refused),
        "resumed": dict(counters.resumed),
        "events": counters.events,
        "deliveries": counters.deliveries,
        "slow": counters.ended["slow"],
        "latency": None,
    }


def _channels(audience: Mapping[str, int]) -> list[Told]:
    most = Counter(audience).most_common(ROWS)
    return [{"channel": channel, "connections": count} for channel, count in most]


def _clients(fronts: Iterable[Counted], user: str | None) -> Iterator[Told]:
    now = asyncio.get_running_loop().time()
    for front in fronts:
        for client in front.sessions:
            if _is_of(client.identity, user):
                yield _client(client, front.name, now)


def _client(client: Client, front: str, now: float) -> Told:
    return {
        "id": f"{front}:{client.id}",
        "user": _user(client.identity),
        "language": client.dialect.name,
        "address": client.address,
        "channels": len(client.followed),
        "seconds": round(now - client.opened_at),
    }


def _streams(front: HttpFront, user: str | None) -> Iterator[Told]:
    for stream in front.streams:
        if _is_of(stream.identity, user):
            yield _stream(stream)


def _stream(stream: Stream) -> Told:
    return {
        "id": f"stream:{id(stream)}",
        "user": _user(stream.identity),
        "language": "event stream",
        "address": None,
        "channels": None,
        "seconds": None,
    }


def _is_of(identity: Identity | None, user: str | None) -> bool:
    return user is None or _user(identity) == user


def _user(identity: Identity | None) -> str | None:
    return None if identity is None else identity.user


def _transport(found: TransportState) -> Told:
    return {
        "name": found.transport,
        "role": found.role,
        "carried": found.carried,
        "given_up": found.given_up,
        "waiting": found.waiting,
        "owes": found.owes,
        "error": None if found.error is None else failure(found.error),
    }


def _event(seen: Seen, *, shown: bool) -> Told:
    event = seen.event
    told: Told = {
        "at": seen.at.timestamp(),
        "channel": event.channel,
        "name": event.name,
        "id": event.id,
        "offset": None if event.position is None else event.position.offset,
        "bytes": len(event.data),
    }
    if shown:
        told["data"] = event.data[:DATA].decode(errors="replace")
    return told
