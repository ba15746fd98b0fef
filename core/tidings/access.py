"""Who asks for what, and the answer: the vocabulary of access, without its decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

Action = Literal["subscribe", "publish", "inbox", "push", "admin"]
"""What is asked for on a channel:

- `subscribe`: hear it.
- `publish`: send plain events on it.
- `inbox`: read and change the inbox that it carries.
- `push`: send notifications to its user.
- `admin`: see and steer everything.
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a client is, as its token or the application says.

    issued_at: when the proof was made; a revocation cuts off what is older. expires_at: when it
    ends; a connection is cut off then. claims: what else the token says, for policies to read.
    """

    user: str
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """May `identity` (None: nobody in particular) do `action` on `channel`?"""

    identity: Identity | None
    channel: str
    action: Action = "subscribe"


@dataclass(frozen=True, slots=True)
class Grant:
    """Yes. `member` is what the others on a presence channel see of this user, as JSON data."""

    granted: ClassVar[Literal[True]] = True
    member: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Denial:
    """No, and why, in words fit for the client: it is told the reason."""

    granted: ClassVar[Literal[False]] = False
    reason: str = "not granted"
