"""One receiver of an app's webhooks: where it is, and what it wants to be told."""

from __future__ import annotations

import re
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError

Kind = Literal[
    "cache_miss",
    "channel_occupied",
    "channel_vacated",
    "client_event",
    "member_added",
    "member_removed",
    "subscription_count",
]
"""What there are webhooks of, as Pusher names them."""

EVERY: frozenset[Kind] = frozenset(get_args(Kind))

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~\-]{1,100}")
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,4000}[\x21-\x7e])?")
_OURS = frozenset(
    {
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
        "x-pusher-key",
        "x-pusher-signature",
    }
)


def _checked_url(url: str) -> str:
    """Return a URL that webhooks can be sent to; nothing of a wrong one is repeated."""
    import httpx

    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        raise _wrong("give a URL, as 'https://example.com/pusher'") from None
    if parts.scheme not in ("http", "https") or not parts.host:
        raise _wrong("give a URL that begins with https:// (or http://) and a host")
    if parts.userinfo:
        raise _wrong("leave user and password out of the URL: give headers.Authorization")
    if parts.fragment:
        raise _wrong("leave out the URL's part behind #: it is never sent")
    return url


def _checked_headers(headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
    """Return headers that can be sent; no value is repeated."""
    for name, value in headers.items():
        if not _NAME.fullmatch(name):
            raise _wrong("a header's name has letters, digits and - alone")
        if name.lower() in _OURS:
            raise _wrong("leave out header {header}: Tidings sets it", header=name)
        if not _VALUE.fullmatch(value.get_secret_value()):
            raise _wrong("header {header} needs 1 to 4,000 printable ASCII signs", header=name)
    return headers


def _wrong(words: str, **about: str) -> PydanticCustomError:
    # its words, unlike a ValueError's, are shown where settings are explained
    return PydanticCustomError("webhook", words, about)


class Webhook(BaseModel):
    """One receiver of an app's webhooks.

    Attributes:
        url: where they are POSTed to, as `https://example.com/pusher`.
        kinds: what it is told, by Pusher's names; by default all there is.
        channels: it is told of the channels whose names begin so; by default of all.
        headers: sent along, as `{"Authorization": "Bearer ..."}`; their values are not shown.
        batch: whether one POST may hold up to 20 events, gathered for 250 ms; else it holds one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    # both may hold tokens, in a path or a query
    url: str = Field(max_length=2_000, repr=False)
    headers: dict[str, SecretStr] = Field(default={}, max_length=20, repr=False)
    kinds: frozenset[Kind] = Field(default=EVERY, min_length=1)
    channels: str = Field(default="", max_length=200)
    batch: bool = False

    _check_url = field_validator("url")(_checked_url)
    _check_headers = field_validator("headers")(_checked_headers)

    @property
    def origin(self) -> str:
        """The URL without its path and query, for log lines."""
        import httpx

        parts = httpx.URL(self.url)
        return f"{parts.scheme}://{parts.netloc.decode()}"

    def wants(self, kind: str, channel: str) -> bool:
        """Tell whether it is told of this."""
        return kind in self.kinds and channel.startswith(self.channels)
