"""Answers as bytes of JSON: what is JSON already is put in as it is, and never parsed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from json import JSONEncoder
from typing import TypeVar

from pydantic_core import to_json
from starlette.responses import Response

from tidings import (
    Counts,
    Entry,
    Event,
    Page,
    Passed,
    Position,
    Recalled,
    Scheduled,
    Staged,
    Stored,
)
from tidings_http.problems import problem

quoted = JSONEncoder(ensure_ascii=False).encode
"""Return a text in quotes."""

known = lru_cache(maxsize=4096)(quoted)
"""Return a text in quotes that will be asked for again: a channel, an epoch, an event's name."""

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

Result = Stored | Scheduled | Staged | Passed | Exception

Sized = TypeVar("Sized", Entry, Event)


def answer(body: bytes) -> Response:
    """Return an answer in JSON, which nobody on the way keeps."""
    return Response(body, 200, _HEADERS, "application/json")


def position(place: Position) -> str:
    """Return a position."""
    return f'{{"epoch":{known(place.epoch)},"offset":{place.offset}}}'


def cursor(place: Position) -> str:
    """Return a position as it stands in URLs, and in the ids of an event stream."""
    return f"{place.epoch}:{place.offset}"


def counts(badge: Counts) -> str:
    """Return counts."""
    return f'{{"pending":{badge.pending},"unseen":{badge.unseen}}}'


def page(found: Page, room: int) -> bytes:
    """Return a page of an inbox, of as many entries as there is room for, but for one at least.

    Args:
        found: what was read.
        room: how many bytes the entries' data may have.
    """
    entries = fitting(found.entries, room)
    more = found.more or len(entries) < len(found.entries)
    after = Position(found.position.epoch, entries[-1].offset) if more else None
    told = (
        f'],"counts":{counts(found.counts)},"position":{position(found.position)},'
        f'"cursor":{"null" if after is None else quoted(cursor(after))}}}'
    )
    return b'{"entries":[' + b",".join([entry(each) for each in entries]) + told.encode()


def entry(entry: Entry) -> bytes:
    """Return an entry; its notification is put in as it is."""
    states = (
        f'{{"id":{quoted(entry.id)},"offset":{entry.offset},"opened":{_truth(entry.opened)},'
        f'"seen":{_truth(entry.seen)},"archived":{_truth(entry.archived)},"notification":'
    )
    return states.encode() + entry.data + b"}"


def badge(found: Counts) -> bytes:
    """Return the counts of an inbox."""
    return f'{{"counts":{counts(found)}}}'.encode()


def changed(stored: Stored) -> bytes:
    """Return what became of a change."""
    return f"{{{_stored(stored)}}}".encode()


def by_user(results: Mapping[str, Result]) -> bytes:
    """Return what became of a push, for each user."""
    told = ",".join([f"{quoted(user)}:{result(each)}" for user, each in results.items()])
    return f'{{"results":{{{told}}}}}'.encode()


def in_order(results: Iterable[Result]) -> bytes:
    """Return what became of each event."""
    return f'{{"results":[{",".join([result(each) for each in results])}]}}'.encode()


def result(found: object) -> str:
    """Return what became of one event."""
    match found:
        case Stored():
            return f'{{"state":"stored",{_stored(found)}}}'
        case Scheduled():
            at, again = found.at.isoformat(), _truth(found.duplicate)
            return f'{{"state":"scheduled","at":"{at}","duplicate":{again}}}'
        case Passed():
            return '{"state":"passed"}'
        case Exception():
            return f'{{"state":"failed","error":{to_json(problem(found).document()).decode()}}}'
    raise TypeError(f"{type(found).__name__} is no answer to a client")


def recalled(found: Recalled, room: int, *, origins: bool = False) -> bytes:
    """Return a stretch of a log, of as many events as there is room for, but for one at least.

    Args:
        found: what was read.
        room: how many bytes the events' data may have.
        origins: tell where they came from too.
    """
    write = _with_origin if origins else event
    events = b",".join([write(each) for each in fitting(found.events, room)])
    told = f'],"epoch":{known(found.epoch)},"first":{found.first},"head":{found.head}}}'
    return b'{"events":[' + events + told.encode()


def heads(found: Mapping[str, Position]) -> bytes:
    """Return the newest position of each channel."""
    told = ",".join([f"{quoted(channel)}:{position(head)}" for channel, head in found.items()])
    return f'{{"heads":{{{told}}}}}'.encode()


def event(event: Event) -> bytes:
    """Return an event of a log; its data is put in as it is."""
    return f'{{"event":{known(event.name)},"data":'.encode() + event.data + behind_data(event)


def _with_origin(each: Event) -> bytes:
    told = event(each)
    return (
        told if each.origin is None else told[:-1] + f',"origin":{quoted(each.origin)}}}'.encode()
    )


def behind_data(event: Event) -> bytes:
    """Return what stands behind an event's data: its id, position and counts."""
    told = f',"id":{quoted(event.id)}'
    if event.position is not None:
        told += f',"position":{position(event.position)}'
    if event.counts is not None:
        told += f',"counts":{counts(event.counts)}'
    return (told + "}").encode()


def fitting(items: Sequence[Sized], room: int) -> Sequence[Sized]:
    """Return as many of these as there is room for: one at least, and all, as a rule."""
    for count, item in enumerate(items):
        room -= len(item.data)
        if room < 0 and count:
            return items[:count]
    return items


def _stored(stored: Stored) -> str:
    told = f'"position":{position(stored.position)}'
    if stored.counts is not None:
        told += f',"counts":{counts(stored.counts)}'
    return f'{told},"duplicate":{_truth(stored.duplicate)}'


def _truth(value: bool) -> str:
    return "true" if value else "false"
