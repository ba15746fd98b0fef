"""What is said when the server begins to listen: where, and what to try next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tidings_websocket.plain.dialect import SUBPROTOCOL

USER = "ann"
"""Whom the first try is about."""

_KEPT = "No store is configured, so what is pushed is kept in {file}"

_MADE_KEY = """
No key is configured, so one was made for this run: when the server ends, its tokens are worth
nothing. For tokens that last, set TIDINGS_TOKEN_KEY to a secret of at least 32 bytes."""

_WATCH = """
Watch {user}'s inbox, from another terminal:
  {token}tidings watch --url {url}"""

PUSHING = 'tidings push --to {user} --heading "It works"{config}'
"""What pushes from another process, in the same directory."""

_PUSH = f"""
Push to {{user}} from one more, in this directory:
  {PUSHING}"""

_PAGE = """
See it in a browser, on this machine:
  {page}"""

_CONSOLE = """
Look after it at {page}console, with this token:
  {operator}"""

_BROWSER = """
Or hear it in a browser's console:
  ws = new WebSocket("{url}", ["{subprotocol}", "tidings.token.{token}"])
  ws.onmessage = (message) => console.log(message.data)"""

_ISSUE = """
Issue a token, by which a client is {user}:
  tidings token {user}{config}"""


class Greeting(NamedTuple):
    """What there is to say.

    url: where clients connect. room: for how many there is. token: the user's, if the key was
    made for this run. issues: whether there is a key by which the command can issue others.
    new_file: where things will be kept, if nobody said where. pushes: whether another process
    can push. config: the settings file. page: the URL of a page for newcomers, if there is one.
    operator: a token that may do everything, if the key was made for this run and there is a
    console.
    """

    url: str
    room: int
    token: str | None
    issues: bool
    new_file: Path | None
    pushes: bool
    config: str | None
    page: str | None = None
    operator: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        told: dict[str, Any] = {"listening": self.url, "connections": self.room}
        if self.token is not None:
            told |= {"user": USER, "token": self.token}
        if self.new_file is not None:
            told["file"] = str(self.new_file)
        if self.page is not None:
            told["page"] = self.page
        if self.operator is not None:
            told["operator"] = self.operator
        return told

    def as_text(self) -> str:
        """Return it for people, with lines to copy."""
        words = {
            "user": USER,
            "url": self.url,
            "room": self.room,
            "config": "" if self.config is None else f" --config {self.config}",
            "subprotocol": SUBPROTOCOL,
            "page": self.page,
            "operator": self.operator,
        }
        return "\n".join(part.format(**words) for part in self._parts())

    def _parts(self) -> Iterator[str]:
        yield "Tidings listens on {url}, with room for {room:,} connections"
        if self.new_file is not None:
            yield _KEPT.replace("{file}", _literal(str(self.new_file)))
        if self.token is not None:
            yield _MADE_KEY
        elif self.issues:
            yield _ISSUE
        if self.page is not None:
            yield _PAGE
        yield _WATCH.replace("{token}", f"TIDINGS_TOKEN={self.token or '...'} ")
        if self.pushes:
            yield _PUSH
        if self.token is not None and self.page is None:
            yield _BROWSER.replace("{token}", self.token)
        if self.operator is not None:
            yield _CONSOLE


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
