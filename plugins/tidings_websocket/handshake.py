"""What a client's opening request says of it: address, proof, and where it stopped before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import parse_qs

from tidings import InvalidToken, Position, SettingsError
from tidings_websocket.dialect import Malformed
from tidings_websocket.opening import Opening

TOKEN_PROTOCOL = "tidings.token."  # noqa: S105 (what comes before one)
"""Begins the subprotocol by which a browser can bring a token, beside the one it speaks."""

Network = IPv4Network | IPv6Network

_BEARER = "bearer "
_OFFSET = re.compile("[0-9]{1,18}")  # 64 bits hold it


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


def networks(proxies: Sequence[str]) -> Sequence[Network]:
    """Return the networks that these texts name.

    Raises:
        SettingsError: one of them names none.
    """
    try:
        return tuple(ip_network(proxy, strict=False) for proxy in proxies)
    except ValueError as error:
        raise SettingsError(f"WebSocketFront: proxies: {error}") from None


def client_address(
    peer: str | None, forwarded: Sequence[str], proxies: Sequence[Network]
) -> str | None:
    """Return the address a client is counted by.

    Args:
        peer: who the connection comes from; None where that is no address: a Unix socket.
        forwarded: the values of `X-Forwarded-For`: each proxy adds whom it heard from.
        proxies: the networks whose word counts, and then that of a Unix socket does.
    """
    if not proxies:
        return peer
    hops = [hop.strip() for value in forwarded for hop in value.split(",") if hop.strip()]
    while hops and (peer is None or _is_in(peer, proxies)):
        peer = hops.pop()
    return peer


def _position(parameters: Mapping[str, Sequence[str]]) -> Position | None:
    if "after" not in parameters:
        return None
    epoch, _, offset = parameters["after"][0].rpartition(":")
    if not epoch or not _OFFSET.fullmatch(offset):
        raise Malformed("`after` is no position: write epoch:offset")
    return Position(epoch, int(offset))


def _bearer(authorization: str | None) -> str | None:
    if authorization is None or not authorization.lower().startswith(_BEARER):
        return None
    return authorization[len(_BEARER) :].strip()


def _offered(subprotocols: Sequence[str]) -> str | None:
    tokens = (p[len(TOKEN_PROTOCOL) :] for p in subprotocols if p.startswith(TOKEN_PROTOCOL))
    return next(tokens, None)


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped  # as a socket for both kinds has it
    return any(found in network for network in networks)
