"""Pusher's JavaScript clients, run by Node: pusher-js, Laravel Echo, and the server library."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from node_process import Line, NodeProcess, node_process

DRIVER = Path(__file__).with_name("driver.mjs")
WITHIN = 20.0
"""How long to wait for what a client should hear, in seconds."""

Build = Literal["node", "worker", "worker-with-encryption"]
"""Which of pusher-js's builds: Node's (which decrypts), or those for workers of browsers."""

Answerer = Callable[[Line], Awaitable[Mapping[str, str]]]
"""Called with the `socketId` and `channelName` to sign, as a page's own handler is."""


T = TypeVar("T")
C = TypeVar("C", bound="Client")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a client told its page.

    Attributes:
        source: channel, connection, user, watchlist, echo; or frame, as it came on the wire.
        event: its name.
        channel: where there is one.
        data: as the client gives it: parsed, decrypted.
        metadata: of events that were bound by name.
    """

    source: str
    event: str
    channel: str | None
    data: Any
    metadata: Any

    @classmethod
    def of(cls, line: Line) -> Heard:
        channel, data = line.get("channel"), line.get("data")
        return cls(line["source"], line["event"], channel, data, line.get("metadata"))


class Client:
    """One client of a page.

    Attributes:
        heard: all that it told so far, in order.
    """

    def __init__(self, page: Page, name: str) -> None:
        self.heard: list[Heard] = []
        self._page = page
        self._name = name
        self._read = 0

    async def do(self, command: str, **arguments: Any) -> Any:
        """Have it do what the driver calls so."""
        return await self._page.node.ask(command, client=self._name, **arguments)

    async def event(
        self, event: str, channel: str | None = None, *, source: str = "channel"
    ) -> Heard:
        """Wait for the next event of this name; what came before it is not looked at again."""

        def found() -> Heard | None:
            for index in range(self._read, len(self.heard)):
                each = self.heard[index]
                named = (each.source, each.event) == (source, event)
                if named and channel in (None, each.channel):
                    self._read = index + 1
                    return each
            return None

        return await self._page.once(found, f"{source} event {event!r} of {channel or 'any'}")

    async def state(self, state: str) -> None:
        """Wait until its connection is in this state."""
        await self._page.once(lambda: self.states()[-1:] == [state], f"state {state!r}")

    def states(self) -> list[str]:
        """Return the states that its connection went through."""
        changes = (each.data for each in self.heard if each.event == "state_change")
        return [change["current"] for change in changes]

    def events(self, channel: str, source: str = "channel") -> list[str]:
        """Return the names of what it heard on a channel."""
        chosen = (each for each in self.heard if (each.source, each.channel) == (source, channel))
        return [each.event for each in chosen]


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


class Page:
    """Clients in one Node."""

    def __init__(self) -> None:
        self.node: NodeProcess
        self._clients: dict[str, Client] = {}
        self._answerers: dict[str, Answerer] = {}
        self._change = asyncio.Condition()

    async def pusher(
        self,
        key: str,
        port: int,
        *,
        build: Build = "node",
        ask: Answerer | None = None,
        **more: Any,
    ) -> PusherJs:  # fmt: skip
        """Connect a pusher-js client.

        Args:
            key: of the app.
            port: of a server on this machine.
            build: which of its builds.
            ask: signs in the place of an endpoint.
            more: options, as pusher-js calls them.
        """
        client = self._add(PusherJs, ask)
        options = {**_local(port, ask), **more}
        await client.do("connect", build=build, key=key, options=options)
        return client

    async def echo(
        self, key: str, port: int, *, broadcaster: str = "pusher", ask: Answerer | None = None,
        **more: Any,
    ) -> Echo:  # fmt: skip
        """Make a Laravel Echo."""
        client = self._add(Echo, ask)
        options = {"broadcaster": broadcaster, "key": key, **_local(port, ask), **more}
        await client.do("echo", options=options)
        return client

    async def server(self, **options: Any) -> NodeServer:
        """Make a library for servers."""
        name = f"server-{len(self._clients)}-{options['key']}"
        await self.node.ask("server", client=name, options=options)
        return NodeServer(self, name)

    async def once(self, found: Callable[[], T | None], what: str) -> T:
        """Wait until something is found in what was heard, and return it."""
        try:
            async with asyncio.timeout(WITHIN), self._change:
                while not (value := found()):
                    await self._change.wait()
                return value
        except TimeoutError:
            heard = {name: client.heard for name, client in self._clients.items()}
            raise AssertionError(f"no {what}: heard {heard}; {self.node.errors()}") from None

    async def told(self, line: Line) -> None:
        """Take what a client heard, or answer what it wants signed."""
        if "ask" in line:
            self.node.send({"answer": line["ask"], **await self._answer(line)})
            return
        async with self._change:
            self._clients[line["client"]].heard.append(Heard.of(line))
            self._change.notify_all()

    async def _answer(self, line: Line) -> Line:
        try:
            return {"value": dict(await self._answerers[line["client"]](line["params"]))}
        except Exception as error:
            return {"error": str(error)}

    def _add(self, kind: type[C], ask: Answerer | None) -> C:
        name = f"client-{len(self._clients)}"
        self._clients[name] = client = kind(self, name)
        if ask is not None:
            self._answerers[name] = ask
        return client


@asynccontextmanager
async def opened(modules: Path) -> AsyncIterator[Page]:
    """Open a page of clients, until exit; `modules` is the folder of what they are."""
    page = Page()
    async with node_process(DRIVER, str(modules), told=page.told) as page.node:
        yield page


def _local(port: int, ask: Answerer | None) -> dict[str, Any]:
    """Return the options for a server on this machine."""
    place = {"wsHost": "127.0.0.1", "wsPort": port, "forceTLS": False, "cluster": "local"}
    asks = {} if ask is None else {"channelAuthorization": "ask", "userAuthentication": "ask"}
    return {**place, "enabledTransports": ["ws"], **asks}
