"""The plugin: a store that is somewhere else, behind an HTTP front."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

import httpx
from pydantic_core import to_json

from tidings import (
    Abilities,
    Closed,
    Counts,
    Event,
    Filter,
    Fired,
    Page,
    Position,
    Recalled,
    Scheduled,
    SettingsError,
    Stored,
    StoreError,
    hookimpl,
)
from tidings_http.client import reading
from tidings_http.client.appending import appended, scheduled
from tidings_http.client.asking import Asking, Limits, Request
from tidings_http.client.errors import Denied
from tidings_http.client.token import Token, TokenSource, hidden
from tidings_http.client.url import checked_url

TOGETHER = 1_000
"""The most events, entries or channels that are asked for in one request."""

KEEP = 2.5
"""For how long an idle connection is kept, in seconds: servers close theirs after 5, as a rule."""

_ID = re.compile(r"[!-~]{1,128}")  # no other is a notification's

Told = TypeVar("Told")


class HttpInbox:
    """A store that keeps nothing itself: that of the `Tidings` application behind an HTTP front.

    `Tidings(PusherTransport(...), HttpInbox(url, token))` hears from Pusher what comes, and has
    the inboxes and what was missed from the backend, as far as the token's user may. What is
    pushed here is stored there, and carried by the transports that the backend has.

    Args:
        url: where the front is mounted, as `https://example.com/tidings`.
        token: what proves who this is, better in the environment, as
            `TIDINGS_PLUGINS__HTTP_INBOX__TOKEN`; in code also an async function that returns it,
            which is asked again when the server refuses the last one.
        timeout: how many seconds a request may take, further attempts included.
        attempt: how many seconds the server may be silent before an attempt has failed.
        in_flight: the most requests at a time; more wait for their turn.
        answer: the most bytes of an answer.

    Raises:
        SettingsError: the URL is none of HTTP, or has a secret in it; or a limit is not more
            than 0.

    Example:
        async with Tidings(HttpInbox("https://example.com/tidings", token)) as tidings:
            page = await tidings.inbox("ann")
    """

    name = "http-inbox"
    abilities = Abilities(durable=True, carries=True)

    def __init__(
        self,
        url: str,
        token: Token,
        *,
        timeout: float = 30.0,
        attempt: float = 10.0,
        in_flight: int = 20,
        answer: int = 16 * 1024 * 1024,
    ) -> None:
        self._limits = Limits(timeout, attempt, in_flight, answer)
        for limit, value in self._limits._asdict().items():
            if value <= 0:
                raise SettingsError(f"HttpInbox: {limit}: must be more than 0")
        self._url = checked_url(url)
        self._token = hidden(token)
        self._open: Asking | None = None

    def __repr__(self) -> str:
        return f"HttpInbox({self._url!r})"

    @hookimpl
    @asynccontextmanager
    async def connect(self) -> AsyncIterator[None]:
        """Be open until exit; a server that cannot be asked at once refuses the start."""
        if self._open is not None:
            raise StoreError("this store is open already: make another for this Tidings object")
        bounds = httpx.Limits(max_connections=self._limits.in_flight, keepalive_expiry=KEEP)
        async with httpx.AsyncClient(timeout=self._limits.attempt, limits=bounds) as client:
            asking = Asking(self._url, client, TokenSource(self._token), self._limits)
            await _greet(asking)
            self._open = asking
            try:
                yield
            finally:
                self._open = None

    @hookimpl
    async def persist(self, events: Sequence[Event]) -> Sequence[Stored | Exception]:
        """Let the server store and carry these events, in order."""
        return await appended(self._asking, events)

    async def recall(self, channel: str, after: int, limit: int) -> Recalled:
        """Read up to `limit` events of a log with offsets greater than `after`."""
        wanted = {"channel": channel, "after": after, "limit": min(limit, TOGETHER)}
        return await self._ask(
            "/store/recall", wanted, lambda body: reading.recalled(channel, body)
        )

    async def heads(self, channels: Sequence[str]) -> Mapping[str, Position]:
        """Return the newest position of each of these channels."""
        heads: dict[str, Position] = {}
        for start in range(0, len(channels), TOGETHER):
            some = channels[start : start + TOGETHER]
            heads |= await self._ask("/heads", {"channels": some}, reading.heads)
        return heads

    async def trim(self, channel: str, through: int) -> None:
        """Let a log forget its events up to an offset; an administrator's right."""
        await self._ask("/store/trim", {"channel": channel, "through": through}, reading.done)

    async def forget(self, channel: str) -> None:
        """Erase all that is known of this channel; an administrator's right."""
        await self._ask("/store/forget", {"channel": channel}, reading.done, repeatable=False)

    async def page(self, channel: str, filter: Filter, limit: int, before: int | None) -> Page:  # noqa: A002
        """Read up to `limit` entries of an inbox, newest first, with offsets below `before`."""
        wanted = {
            "channel": channel,
            "limit": min(limit, TOGETHER),
            "before": before,
            "state": filter.state,
            "category": filter.category,
            "since": filter.since,
            "ids": None
            if filter.ids is None
            else [each for each in filter.ids if _ID.fullmatch(each)],
        }
        return await self._ask("/store/page", wanted, reading.page)

    async def counts(self, channel: str) -> Counts:
        """Return what the badge shows now."""
        return await self._ask("/store/counts", {"channel": channel}, reading.counts)

    async def schedule(
        self, events: Sequence[Event], at: datetime
    ) -> Sequence[Scheduled | Exception]:
        """Let the server keep notifications until `at`, which they name themselves."""
        return await scheduled(self._asking, events, at)

    async def cancel(self, id: str) -> int:  # noqa: A002
        """Drop what is scheduled under this id; an administrator's right."""
        return await self._ask("/store/cancel", {"id": id}, reading.users, repeatable=False)

    async def fire(self, now: datetime, limit: int) -> Fired:  # noqa: ARG002
        """Do nothing: what is due, the server appends by itself."""
        return Fired((), None)

    async def revoke(self, user: str, not_before: datetime) -> None:
        """Refuse a user's tokens that were issued before this moment; an administrator's right.

        The server cuts the user's connections off as well.
        """
        await self._ask("/store/revoke", {"user": user, "not_before": not_before}, reading.done)

    async def not_before(self, user: str) -> datetime | None:
        """Return that moment, or None where nothing was revoked; an administrator's right."""
        return await self._ask("/store/revoked", {"user": user}, reading.not_before)

    @property
    def _asking(self) -> Asking:
        if self._open is None:
            raise Closed("this store is closed: use it within `async with Tidings(...)`")
        return self._open

    async def _ask(
        self,
        path: str,
        wanted: Mapping[str, Any],
        read: Callable[[bytes], Told],
        *,
        repeatable: bool = True,
    ) -> Told:
        request = Request(path, to_json(wanted), repeatable)
        return await self._asking.ask(request, read)


async def _greet(asking: Asking) -> None:
    """See that there is a server which takes the token; what its user may is another matter."""
    try:
        await asking.ask(Request("/inbox/counts", patient=False), reading.counts)
    except Denied:
        return
