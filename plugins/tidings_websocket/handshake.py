"""What a client's opening request says of it: address, proof, and where it stopped before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address, ip_network
from typing import NamedTuple
from urllib.parse import parse_qs

from tidings import InvalidToken, Position
from tidings_websocket.dialect import Malformed

TOKEN_PROTOCOL = "tidings.token."  # noqa: S105 (what comes before one)
"""Begins the subprotocol by which a browser can bring a token, beside the one it speaks."""

_BEARER = "bearer "


class Opening(NamedTuple):
    """Those parts of an opening request in which a client may prove who it is.

    query: of the URL: `ticket`, and `after`, a position as `epoch:offset`. authorization: that
    header's value: a token as `Bearer ...`. subprotocols: what it offers to speak; a token as
    `tidings.token....`.
    """

    query: str
    authorization: str | None
    subprotocols: Sequence[str]

    def __repr__(self) -> str:
        return "<Opening>"  # the rest is secret


class Proof(NamedTuple):
    """A ticket or a token, and where the client stopped before in its own channel."""

    ticket: str | None = None
    token: str | None = None
    after: Position | None = None

    def __repr__(self) -> str:
        return "<Proof>"


def read_proof(opening: Opening) -> Proof | None:
    """Return what a client brought to prove who it is, if anything.

    Raises:
        InvalidToken: there is a token in the URL.
        Malformed: `after` is no position, or the query has too many parts.
    """
    try:
        parameters = parse_qs(opening.query, max_num_fields=20)
    except ValueError:
        raise Malformed("the URL's query has too many parts") from None
    if "token" in parameters:
        raise InvalidToken("a token in a URL ends up in logs: use a ticket, or send it")
    after = _position(parameters)
    if "ticket" in parameters:
        return Proof(ticket=parameters["ticket"][0], after=after)
    token = _bearer(opening.authorization) or _offered(opening.subprotocols)
    return Proof(token=token, after=after) if token else None


def client_address(
    peer: str | None, forwarded: Sequence[str], proxies: Sequence[str]
) -> str | None:
    """Return the address a client is counted by.

    Args:
        peer: who the connection comes from; None where that is no address.
        forwarded: the values of `X-Forwarded-For`: each proxy adds whom it heard from.
        proxies: the addresses whose word counts.
    """
    if peer is None or not proxies:
        return peer
    trusted = [ip_network(proxy, strict=False) for proxy in proxies]
    hops = [hop.strip() for value in forwarded for hop in value.split(",")]
    while hops and _is_in(peer, trusted):
        peer = hops.pop()
    return peer


def _position(parameters: Mapping[str, Sequence[str]]) -> Position | None:
    if "after" not in parameters:
        return None
    epoch, _, offset = parameters["after"][0].rpartition(":")
    if not epoch or not offset.isdecimal() or len(offset) > 18:  # noqa: PLR2004 (64 bits)
        raise Malformed("`after` is no position: write epoch:offset")
    return Position(epoch, int(offset))


def _bearer(authorization: str | None) -> str | None:
    if authorization is None or not authorization.lower().startswith(_BEARER):
        return None
    return authorization[len(_BEARER) :].strip()


def _offered(subprotocols: Sequence[str]) -> str | None:
    tokens = (p[len(TOKEN_PROTOCOL) :] for p in subprotocols if p.startswith(TOKEN_PROTOCOL))
    return next(tokens, None)


def _is_in(address: str, networks: Sequence[object]) -> bool:
    try:
        return any(ip_address(address) in network for network in networks)  # type: ignore[operator]
    except ValueError:
        return False
