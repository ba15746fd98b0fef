"""Single-use proofs that may stand in a URL, where a token must not: servers log those."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta

from tidings.access import Identity
from tidings.errors import InvalidToken
from tidings.ids import new_id
from tidings.tokens import Tokens, moment


class Tickets:
    """Makes tickets for users already known, and takes each of them once.

    A ticket stands for the token that it was issued for: it ends with it, and is revoked with
    it. That each is taken only once holds within this process: the used ones are remembered
    here until they expire. Of several processes, each takes a ticket once.

    Args:
        tokens: signs and verifies them; neither passes as the other.
        ttl: how long a ticket waits to be used.
        clock: gives the time, with a zone; by default that of `tokens`.

    Example:
        >>> tickets = Tickets(Tokens("a secret of at least thirty-two bytes"))
        >>> tickets.redeem(tickets.issue(Identity("ann"))).user
        'ann'
    """

    def __init__(
        self,
        tokens: Tokens,
        *,
        ttl: timedelta = timedelta(seconds=60),
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._tokens = tokens
        self._ttl = ttl
        self._clock = clock or tokens.clock
        self._used: set[str] = set()
        self._forget: list[tuple[datetime, str]] = []  # a heap of the used ones, by when they end

    def issue(self, identity: Identity) -> str:
        """Return a ticket for this identity.

        Raises:
            InvalidName: its user id cannot be one.
            InvalidData: its claims are too large.
        """
        now = self._clock()
        ends = identity.expires_at
        proof = {
            "iat": (identity.issued_at or now).timestamp(),
            "exp": ends.timestamp() if ends else None,
            "claims": dict(identity.claims),
        }
        claims = {"sub": identity.user, "jti": new_id(), "proof": proof}
        expires = min(now + self._ttl, ends) if ends else now + self._ttl
        return self._tokens.sign("ticket", claims, issued=now, expires=expires)

    def redeem(self, ticket: str) -> Identity:
        """Return whom a ticket was issued for, once.

        Raises:
            InvalidToken: it is malformed, expired, of another key, no ticket, or used already.
        """
        now = self._clock()
        claims = self._tokens.open("ticket", ticket, now=now)
        self._use(claims["jti"], moment(claims["exp"]), now)
        proof = claims["proof"]
        return Identity(
            claims["sub"],
            issued_at=moment(proof["iat"]),
            expires_at=moment(proof["exp"]) if proof["exp"] is not None else None,
            claims=proof["claims"],
        )

    def _use(self, jti: str, expires: datetime, now: datetime) -> None:
        while self._forget and now - self._forget[0][0] >= self._tokens.leeway:
            self._used.discard(heapq.heappop(self._forget)[1])
        if jti in self._used:
            raise InvalidToken("the ticket was used already: get a new one")
        self._used.add(jti)
        heapq.heappush(self._forget, (expires, jti))
