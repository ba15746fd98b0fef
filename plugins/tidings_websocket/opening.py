"""What of the request that opens a connection a wire language may look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Opening(NamedTuple):
    """Those parts of an opening request that say who the client is, and what it wants.

    query: of the URL: `ticket`, and `after`, a position as `epoch:offset`. authorization: that
    header's value: a token as `Bearer ...`. subprotocols: what it offers to speak; a token as
    `tidings.token....`. path: of the URL.
    """

    query: str
    authorization: str | None
    subprotocols: Sequence[str]
    path: str = "/"

    def __repr__(self) -> str:
        return "<Opening>"  # the rest is secret
