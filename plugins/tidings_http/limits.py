"""What a front lets clients have; beyond it they are refused or ended, and counted."""

from __future__ import annotations

from typing import NamedTuple

from tidings import SettingsError


class Limits(NamedTuple):
    """See `HttpFront`, whose keywords these are."""

    body: int
    answer: int
    streams: int
    per_user: int
    channels: int
    outgoing: int
    ping: float

    def checked(self) -> Limits:
        """Return these limits.

        Raises:
            SettingsError: one of them would let nobody do anything.
        """
        for name, value in self._asdict().items():
            if not value > 0:
                raise SettingsError(f"HttpFront: {name} must be more than 0, not {value!r}")
        return self
