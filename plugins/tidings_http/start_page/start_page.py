"""Who the start page lets be whom, and from where it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from starlette.requests import Request

_NAMES = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class StartPage:
    """What the start page of a server offers.

    Attributes:
        guests: users whom anybody on this machine may be: none, where tokens are worth anything.
        pushing: a command that pushes to `{user}` from another process, where there can be one.
    """

    guests: Sequence[str] = ()
    pushing: str | None = None

    def for_(self, request: Request) -> Sequence[str]:
        """Return whom whoever makes a request may be."""
        return self.guests if is_at_home(request) else ()


def is_of_start_page(path: str) -> bool:
    """Tell whether a path is the start page's, or what it asks."""
    return path == "/" or path.startswith("/start/")


def is_at_home(request: Request) -> bool:
    """Tell whether a request comes from this very machine, and from no page of strangers.

    A name that leads here but is another's (DNS rebinding) is told by the header Host.
    """
    host = request.headers.get("host", "")
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    return name.lower() in _NAMES and _is_here(request.client.host if request.client else "")


def _is_here(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
