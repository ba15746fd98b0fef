"""What a request is refused for, beyond the errors of the core."""

from __future__ import annotations

from tidings import TidingsError


class Denied(TidingsError):
    """The client may not do this; the words are the policy's, for the client to read."""


class Unauthenticated(TidingsError):
    """The client has not said yet who it is."""


class LimitExceeded(TidingsError):
    """The client has all that it may have of something."""
