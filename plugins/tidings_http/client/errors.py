"""What a server refuses, beyond the errors of the core."""

from __future__ import annotations

from tidings import InvalidData, TidingsError


class Denied(TidingsError):
    """The token's user may not do this; the words are the policy's."""


class TooLarge(InvalidData):
    """The server takes no request of so many bytes."""
