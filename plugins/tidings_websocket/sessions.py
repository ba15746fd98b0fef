"""All connections of a front, and how many each address and user has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tidings_websocket.counters import Counters
from tidings_websocket.errors import LimitExceeded
from tidings_websocket.limits import Limits

if TYPE_CHECKING:
    from tidings_websocket.session import Session


class Sessions:
    """Counts connections in and out, and finds those of a user."""

    def __init__(self, limits: Limits, counters: Counters) -> None:
        self._limits = limits
        self._counters = counters
        self._sessions: dict[str, Session] = {}
        self._addresses: Counter[str] = Counter()
        self._users: dict[str, set[Session]] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._sessions.values()))

    def __len__(self) -> int:
        return len(self._sessions)

    def has_room(self, address: str | None) -> bool:
        """Tell whether one more connection of an address may come, and count it if it may not."""
        if len(self._sessions) >= self._limits.connections:
            self._counters.refuse("connections", address)
            return False
        if address is not None and self._addresses[address] >= self._limits.per_address:
            self._counters.refuse("per_address", address)
            return False
        return True

    def came(self, session: Session) -> None:
        """Count a connection."""
        self._sessions[session.id] = session
        if session.address is not None:
            self._addresses[session.address] += 1
        self._counters.opened[session.dialect.name] += 1
        self._counters.connections = len(self._sessions)

    def sign_in(self, session: Session, user: str) -> None:
        """Count a connection as a user's.

        Raises:
            LimitExceeded: they have as many as one may.
        """
        if len(self._users.get(user, ())) >= self._limits.per_user:
            self._counters.refuse("per_user", session.address)
            raise LimitExceeded("this user has too many connections: close one of them")
        self._users.setdefault(user, set()).add(session)

    def sign_out(self, session: Session, user: str) -> None:
        """Count a connection as nobody's again."""
        if (sessions := self._users.get(user)) is not None:
            sessions.discard(session)
            if not sessions:
                del self._users[user]

    def of(self, user: str) -> Iterator[Session]:
        """Return the connections of a user."""
        return iter(tuple(self._users.get(user, ())))

    def left(self, session: Session) -> None:
        """Count a connection out."""
        if self._sessions.pop(session.id, None) is None:
            return
        if session.address is not None:
            self._addresses[session.address] -= 1
            if not self._addresses[session.address]:
                del self._addresses[session.address]
        if session.identity is not None:
            self.sign_out(session, session.identity.user)
        self._counters.connections = len(self._sessions)
