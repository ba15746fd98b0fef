"""A Node with Pusher's JavaScript clients in it, as a page of a browser has them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

from node_process import Line, NodeProcess, node_process
from pusher_plugin.clients.client import Client, Heard
from pusher_plugin.clients.pusher_js import Echo, NodeServer, PusherJs

DRIVER = Path(__file__).with_name("driver.mjs")
WITHIN = 20.0
"""How long to wait for what a client should hear, in seconds."""

Build = Literal["node", "worker", "worker-with-encryption"]
"""Which of pusher-js's builds: Node's (which decrypts), or those for workers of browsers."""

Answerer = Callable[[Line], Awaitable[Mapping[str, str]]]
"""Called with the `socketId` and `channelName` to sign, as a page's own handler is."""

T = TypeVar("T")
C = TypeVar("C", bound=Client)


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
