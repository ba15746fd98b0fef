"""Who is on a presence channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MEMBER_ADDED = "tidings:member_added"
MEMBER_REMOVED = "tidings:member_removed"


@dataclass(frozen=True, slots=True)
class Member:
    """A user on a presence channel, and what the others see of them (JSON data).

    Example:
        async with tidings.presence.enter("presence-room", Member("ann", {"name": "Ann"})):
            print(await tidings.presence.members("presence-room"))
    """

    user: str
    info: Mapping[str, Any] = field(default_factory=dict)
