"""A server's answers as what a store says: no sockets, no clock.

All functions raise `ValueError`, `TypeError` or `KeyError` where an answer is otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic_core import from_json

from tidings import Counts, Entry, Event, Page, Passed, Position, Recalled, Scheduled, Stored
from tidings_http.client.pieces import Reader
from tidings_http.client.problems import error_of

Result = Stored | Scheduled | Passed | Exception


def page(body: bytes) -> Page:
    """Read a page; its entries' data is as it was pushed."""
    reader, told = Reader(body.decode()), dict[str, Any]()
    entries: list[Entry] = []
    for name in reader.members():
        if name == "entries":
            entries = [_entry(reader) for _ in reader.items()]
        else:
            told[name] = reader.value()
    reader.end()
    more = told["cursor"] is not None
    return Page(entries, Counts(**told["counts"]), Position(**told["position"]), more)


def recalled(channel: str, body: bytes) -> Recalled:
    """Read a stretch of a channel's log; its events' data is as it was persisted."""
    reader, told = Reader(body.decode()), dict[str, Any]()
    events: list[Event] = []
    for name in reader.members():
        if name == "events":
            events = [_event(channel, reader) for _ in reader.items()]
        else:
            told[name] = reader.value()
    reader.end()
    return Recalled(events, str(told["epoch"]), int(told["first"]), int(told["head"]))


def heads(body: bytes) -> Mapping[str, Position]:
    """Read the newest positions of channels."""
    return {channel: Position(**place) for channel, place in from_json(body)["heads"].items()}


def counts(body: bytes) -> Counts:
    """Read what a badge shows."""
    return Counts(**from_json(body)["counts"])


def results(body: bytes, count: int) -> Sequence[Result]:
    """Read what became of so many events."""
    found = [_result(told) for told in from_json(body)["results"]]
    if len(found) != count:
        raise ValueError(f"{len(found)} results for {count} events")
    return found


def results_by_user(body: bytes) -> Mapping[str, Result]:
    """Read what became of a push, for each user."""
    return {user: _result(told) for user, told in from_json(body)["results"].items()}


def done(body: bytes) -> None:
    """Read that something was done."""
    from_json(body)


def users(body: bytes) -> int:
    """Read for how many users something was done."""
    return int(from_json(body)["users"])


def not_before(body: bytes) -> datetime | None:
    """Read from when on a user's tokens count."""
    told = from_json(body)["not_before"]
    return None if told is None else datetime.fromisoformat(told)


def _entry(reader: Reader) -> Entry:
    told = _members(reader, raw="notification")
    return Entry(
        told["id"],
        told["offset"],
        told["notification"],
        told["opened"],
        told["seen"],
        told["archived"],
    )


def _event(channel: str, reader: Reader) -> Event:
    told = _members(reader, raw="data")
    badge = told.get("counts")
    return Event(
        channel,
        told["event"],
        told["data"],
        told["id"],
        Position(**told["position"]),
        None if badge is None else Counts(**badge),
        told.get("origin"),
    )


def _members(reader: Reader, *, raw: str) -> dict[str, Any]:
    return {n: reader.raw() if n == raw else reader.value() for n in reader.members()}


def _result(told: Mapping[str, Any]) -> Result:
    match told["state"]:
        case "stored":
            badge = told.get("counts")
            place = Position(**told["position"])
            return Stored(place, None if badge is None else Counts(**badge), told["duplicate"])
        case "scheduled":
            return Scheduled(datetime.fromisoformat(told["at"]), told["duplicate"])
        case "passed":
            return Passed()
        case "failed":
            return error_of(told["error"])
    raise ValueError("a result of a kind that is not known")
