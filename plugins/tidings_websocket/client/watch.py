"""`tidings watch`: an inbox as it changes, on a server somewhere else."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tidings import InvalidToken, PluginError
from tidings.cli.inbox_watch import follow, shown
from tidings.cli.invocation import Invocation
from tidings.cli.values import USER

if TYPE_CHECKING:
    from tidings_websocket.client.client import WebSocketClient
    from tidings_websocket.client.token import Token

PATIENCE = 24 * 3600.0
"""How long to wait for a server that is away, in seconds."""


@click.command(
    epilog="""\b
Examples:
  TIDINGS_TOKEN=... tidings watch --url wss://example.com/ws
  tidings watch ann --url ws://localhost:8000/ws --token-file token.txt --json
"""
)
@click.argument("user", type=USER, required=False)
@click.option("--url", required=True, metavar="URL", help="The server's: wss://example.com/ws.")
@click.option(
    "--token",
    envvar="TIDINGS_TOKEN",
    show_envvar=True,
    metavar="TOKEN",
    help="Who you are. Here, everyone on this machine can read it in the list of processes: "
    "better leave it to the variable, or to a file.",
)
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the token in it; read again at each new connection.",
)
@shown
@click.pass_obj
def watch(
    called: Invocation,
    /,
    *,
    user: str | None,
    url: str,
    token: str | None,
    token_file: Path | None,
    limit: int,
) -> int:
    """Show the newest of your notifications, then what changes, from a server.

    It goes on when the server was away, and shows what came in meanwhile. With a right to that,
    it can be the inbox of another USER. Ctrl-C ends it.
    """
    try:
        from tidings_websocket.client.client import WebSocketClient
    except ImportError as error:
        raise PluginError(
            "websocket-client", f"{error}: pip install 'tidings[websocket]'"
        ) from error

    if token is None and token_file is None:
        raise click.UsageError("Bring a token: set TIDINGS_TOKEN, or give --token-file")
    proof = token or "" if token_file is None else _reader(token_file)
    return asyncio.run(_watch(called, WebSocketClient(url, proof, timeout=PATIENCE), user, limit))


async def _watch(called: Invocation, client: WebSocketClient, user: str | None, limit: int) -> int:
    from tidings import Tidings
    from tidings.cli.opening import told_to

    with told_to(called, "tidings.websocket"):
        async with Tidings(client) as tidings:
            whose = user or client.user or ""
            following = asyncio.create_task(follow(called, tidings, whose, limit))
            refused = asyncio.create_task(client.refused())
            try:
                await asyncio.wait([following, refused], return_when=asyncio.FIRST_COMPLETED)
                if refused.done():
                    raise refused.result()
                await following
            finally:
                following.cancel()
                refused.cancel()
                await asyncio.wait([following, refused])
    return 0


def _reader(file: Path) -> Token:
    async def read() -> str:
        try:
            return (await asyncio.to_thread(file.read_text, "ascii")).strip()
        except (OSError, UnicodeDecodeError):
            raise InvalidToken(f"no token can be read in {file}") from None

    return read
