"""Events to a server, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from tidings import (
    Event,
    InvalidData,
    Scheduled,
    Stored,
    StoreError,
    TidingsError,
    Unsupported,
)
from tidings_http.client import reading
from tidings_http.client.asking import Asking, Request
from tidings_http.client.parcels import packed, push_body, same
from tidings_http.client.reading import Result


async def appended(asking: Asking, events: Sequence[Event]) -> list[Stored | Exception]:
    """Let a server store and carry events, as many as it takes in one request, in order.

    Once it does not answer, the rest is not tried: what is behind does not overtake.
    """
    results: list[Stored | Exception] = []
    try:
        await _append(asking, events, results)
    except TidingsError as problem:
        results += [_unsure(problem)] * (len(events) - len(results))
    return results


async def scheduled(
    asking: Asking, events: Sequence[Event], at: datetime
) -> list[Scheduled | Exception]:
    """Let a server keep notifications until `at`, which they name themselves."""
    results: list[Scheduled | Exception] = []
    for run in same(events):
        answers = await _pushed(asking, run)
        results += [_scheduled(each, answer, at) for each, answer in zip(run, answers, strict=True)]
    return results


async def _append(
    asking: Asking, events: Sequence[Event], results: list[Stored | Exception]
) -> None:
    """Append, and note what became of each; raises what keeps the server from any more."""
    for parcel in packed(events):
        if parcel.error is not None:
            results += [parcel.error] * len(parcel.events)
            continue
        read = partial(reading.results, count=len(parcel.events))
        try:
            answers = await asking.ask(Request("/store/append", parcel.body), read)
        except InvalidData as problem:  # one of them is to blame, or how many bytes they have
            if len(parcel.events) == 1:
                results.append(problem)
                continue
            half = len(parcel.events) // 2
            await _append(asking, parcel.events[:half], results)
            await _append(asking, parcel.events[half:], results)
        else:
            results += map(_stored, parcel.events, answers)


async def _pushed(asking: Asking, events: Sequence[Event]) -> Sequence[Result]:
    try:
        users, body = push_body(events)
        answers = await asking.ask(Request("/push", body), reading.results_by_user)
        return [answers[user] for user in users]
    except KeyError:
        return [StoreError(f"{asking.url} does not say what became of it")] * len(events)
    except TidingsError as problem:
        return [_unsure(problem)] * len(events)


def _stored(event: Event, answer: Result) -> Stored | Exception:
    if isinstance(answer, Stored | Exception):
        return answer
    return _unlogged(event)


def _scheduled(event: Event, answer: Result, at: datetime) -> Scheduled | Exception:
    if isinstance(answer, Stored):  # by the server's clock it is time already
        return Scheduled(at, answer.duplicate)
    return answer if isinstance(answer, Scheduled | Exception) else _unlogged(event)


def _unsure(problem: TidingsError) -> TidingsError:
    if not isinstance(problem, StoreError):
        return problem
    return StoreError(f"{problem}: it may be stored or not, and trying again is safe")


def _unlogged(event: Event) -> TidingsError:
    return Unsupported(
        f"channel {event.channel!r} has no log on the server: it was carried, and is not kept. Let "
        "the setting `logged` be the same on both sides"
    )
