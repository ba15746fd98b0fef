"""One HTTP request and its answer, through whatever server or framework it comes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tidings import TidingsError


class Headers(Mapping[str, str]):
    """A request's headers, by names in whatever case; several of one name are joined as in HTTP."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs:
            key = name.lower()
            joint = "; " if key == "cookie" else ", "
            before = self._values.get(key)
            self._values[key] = value if before is None else before + joint + value

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What an application finds out by who asks. Its repr shows nothing secret.

    Attributes:
        method: in capitals.
        path: of the URL.
        headers: by names in whatever case.
        query: of the URL, without the question mark, still encoded.
        client: the address that the connection comes from, where it is known.
        native: the framework's own: the ASGI scope, or what the view handed on.

    Example:
        async def identify(request):
            user = sessions.get(request.cookies.get("session"))
            return Identity(user) if user else None
    """

    method: str
    path: str
    headers: Headers = field(repr=False)
    query: str = field(default="", repr=False)
    client: str | None = None
    native: Any = field(default=None, repr=False)

    @property
    def cookies(self) -> Mapping[str, str]:
        """The cookies, as they stand; of several of one name the first, which is the nearest."""
        found: dict[str, str] = {}
        for part in self.headers.get("cookie", "").split(";"):
            name, equals, value = part.partition("=")
            if equals:
                found.setdefault(name.strip(), value.strip())
        return found

    @property
    def bearer(self) -> str | None:
        """The token of `Authorization: Bearer`, which no browser sends by itself."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None


class HttpAnswer(NamedTuple):
    """What to answer; each header stands once.

    Example:
        status, headers, body = endpoints("POST", "/pusher/auth", request.headers, body)
    """

    status: int
    headers: dict[str, str]
    body: bytes


class Refused(TidingsError):
    """A request that is answered with an error.

    Attributes:
        status: of HTTP.
        headers: what the answer says beside its words.
    """

    def __init__(self, status: int, words: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.status = status
        self.headers = dict(headers or {})


def json_answer(status: int, data: object, headers: Mapping[str, str] | None = None) -> HttpAnswer:
    """Return an answer in JSON, which nobody on the way keeps."""
    fixed = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return HttpAnswer(status, fixed | dict(headers or {}), json.dumps(data).encode())
