"""What a front lets clients have; beyond it they are refused or closed, and counted."""

from __future__ import annotations

from typing import NamedTuple


class Limits(NamedTuple):
    """See `WebSocketFront`, whose keywords these are."""

    connections: int
    per_address: int
    per_user: int
    handshake: float
    message: int
    rate: float
    subscriptions: int
    outgoing: int
    silence: float
