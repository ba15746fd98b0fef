"""What a front lets clients have; beyond it they are refused or closed, and counted."""

from __future__ import annotations

from typing import NamedTuple

from tidings import SettingsError


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

    def checked(self) -> Limits:
        """Return these limits.

        Raises:
            SettingsError: one of them would let nobody do anything.
        """
        for name, value in self._asdict().items():
            if not value > 0:
                raise SettingsError(f"WebSocketFront: {name} must be more than 0, not {value!r}")
        return self
