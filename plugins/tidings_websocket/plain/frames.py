"""What is sent unasked: events, and what stands in their place."""

from __future__ import annotations

from functools import lru_cache

from tidings import Event, Lagged, Reset
from tidings_websocket.commands import Welcome
from tidings_websocket.plain.parts import counts, known, moment, obj, position, quoted, text

RESET = "tidings:reset"
LAGGED = "tidings:lagged"
WELCOME = "tidings:welcome"


def event(event: Event) -> bytes:
    """Return an event as a frame; its data is put in as it is."""
    opening = _opening(event.channel, event.name)
    return b"".join((opening, event.data, _closing(event).encode()))


def echo(event: Event) -> bytes:
    """Return what the connection that an event came from is told of it."""
    return f'{{"channel":{known(event.channel)}{_closing(event)}'.encode()


def reset(reset: Reset) -> bytes:
    """Return the frame that says: what is missing is lost, take a new snapshot."""
    return obj(
        channel=quoted(reset.channel),
        event=quoted(RESET),
        data=obj(reason=quoted(reset.reason)),
        position=position(reset.position),
    ).encode()


def lagged(lagged: Lagged) -> bytes:
    """Return the frame that says: so many events were dropped, for good."""
    return obj(
        channel=quoted(lagged.channel),
        event=quoted(LAGGED),
        data=obj(missed=str(lagged.missed)),
    ).encode()


def welcome(welcome: Welcome) -> bytes:
    """Return a connection's first frame."""
    return obj(
        event=quoted(WELCOME),
        channel=text(welcome.channel),
        data=obj(
            connection=quoted(welcome.connection),
            user=text(welcome.user),
            expires_at=moment(welcome.expires_at),
        ),
        position=position(welcome.position),
        counts=counts(welcome.counts),
    ).encode()


@lru_cache(maxsize=4096)
def _opening(channel: str, name: str) -> bytes:
    return f'{{"channel":{quoted(channel)},"event":{quoted(name)},"data":'.encode()


def _closing(event: Event) -> str:
    """Return what stands behind the data."""
    place, badge = event.position, event.counts
    if place is None:
        return f',"id":{quoted(event.id)}}}'
    epoch, offset = place
    closing = f',"id":{quoted(event.id)},"position":{{"epoch":{known(epoch)},"offset":{offset}}}'
    if badge is None:
        return closing + "}"
    return f'{closing},"counts":{{"pending":{badge.pending},"unseen":{badge.unseen}}}}}'
