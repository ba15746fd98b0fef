"""Pusher's JavaScript clients, run by Node: pusher-js, Laravel Echo, and the server library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pusher_plugin.clients.client import Client, Heard

if TYPE_CHECKING:
    from pusher_plugin.clients.page import Page


class PusherJs(Client):
    """A pusher-js client."""

    async def subscribe(self, channel: str, *events: str) -> None:
        """Subscribe; events that are named are bound by name, and come with their metadata."""
        await self.do("subscribe", channel=channel, events=events)

    async def joined(self, channel: str, *events: str) -> Heard:
        """Subscribe, and wait until that succeeded."""
        await self.subscribe(channel, *events)
        return await self.event("pusher:subscription_succeeded", channel)

    async def trigger(self, channel: str, event: str, data: Any) -> bool:
        """Send a client event; false if it is not connected."""
        return bool(await self.do("trigger", channel=channel, event=event, data=data))

    async def socket_id(self) -> str:
        return str(await self.do("socket"))

    async def signed_in(self) -> None:
        """Sign in, and wait until what is sent to the user comes here."""
        await self.do("signin")
        await self._page.once(self._hears_user, "channel of the user")

    def _hears_user(self) -> bool:
        return any(
            each.event == "pusher_internal:subscription_succeeded"
            and str(each.channel).startswith("#server-to-user-")
            for each in self.heard
        )


class Echo(PusherJs):
    """A Laravel Echo, and the pusher-js client within it."""

    async def listen(
        self, kind: str, channel: str, *events: str, whispers: tuple[str, ...] = ()
    ) -> None:
        """Listen on a channel; `kind` is the name of Echo's method: channel, private, join, ..."""
        await self.do("hear", kind=kind, channel=channel, events=events, whispers=whispers)

    async def told(self, event: str, channel: str) -> Any:
        """Wait for what one of Echo's callbacks was called with."""
        return (await self.event(event, channel, source="echo")).data


class NodeServer:
    """The `pusher` library for servers."""

    def __init__(self, page: Page, name: str) -> None:
        self._page = page
        self._name = name

    async def call(self, method: str, *args: Any) -> Any:
        """Call a method; of an answer over HTTP, return status and body."""
        return await self._page.node.ask("call", client=self._name, method=method, args=args)

    async def webhook(self, headers: Mapping[str, str], body: str) -> Any:
        """Return whether a webhook is valid, and its events."""
        asked = {"headers": dict(headers), "body": body}
        return await self._page.node.ask("webhook", client=self._name, **asked)
