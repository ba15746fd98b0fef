"""Who is connected to one app, on which channels, and as whom; of one process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Protocol


class Hearer(Protocol):
    """A connection, as far as it is counted."""

    def say(self, frame: bytes) -> None:
        """Send it a frame that it did not ask for."""


class Census:
    """Counts connections in and out; each method tells whether it was the first, or the last."""

    def __init__(self) -> None:
        self.connections = 0
        self._channels: dict[str, dict[Hearer, str | None]] = {}
        self._members: dict[str, Counter[str]] = {}
        self._users: dict[str, set[Hearer]] = {}
        self._watchers: dict[str, set[Hearer]] = {}

    @property
    def channels(self) -> Mapping[str, Collection[Hearer]]:
        """The channels that anyone hears, as clients name them, and who does."""
        return self._channels

    def hearers(self, channel: str) -> tuple[Hearer, ...]:
        """Return who hears a channel."""
        return tuple(self._channels.get(channel, ()))

    def members(self, channel: str) -> Collection[str]:
        """Return which users are on a presence channel."""
        return self._members.get(channel, {}).keys()

    def join(self, channel: str, hearer: Hearer, member: str | None) -> tuple[bool, bool]:
        """Count one who hears a channel, as this member of it.

        Returns:
            Whether it is the first on the channel, and the member's first.
        """
        hearers = self._channels.setdefault(channel, {})
        hearers[hearer] = member
        if member is None:
            return len(hearers) == 1, False
        members = self._members.setdefault(channel, Counter())
        members[member] += 1
        return len(hearers) == 1, members[member] == 1

    def leave(self, channel: str, hearer: Hearer) -> tuple[bool, str | None]:
        """Count one less.

        Returns:
            Whether it was the last on the channel; and the member whose last it was, if any.
        """
        hearers = self._channels.get(channel, {})
        member = hearers.pop(hearer, None)
        if not hearers:
            self._channels.pop(channel, None)
        return not hearers, self._without(channel, member)

    def sign_in(self, user: str, hearer: Hearer) -> bool:
        """Count a connection as a user's; tell whether it is their first."""
        hearers = self._users.setdefault(user, set())
        first = not hearers
        hearers.add(hearer)
        return first

    def sign_out(self, user: str, hearer: Hearer) -> bool:
        """Count it no more; tell whether it was the user's last."""
        hearers = self._users.get(user, set())
        hearers.discard(hearer)
        if hearers:
            return False
        return self._users.pop(user, None) is not None

    def is_online(self, user: str) -> bool:
        """Tell whether a user has signed in on some connection."""
        return user in self._users

    def watch(self, users: Collection[str], hearer: Hearer) -> None:
        """Note who wants to know when these users come and go."""
        for user in users:
            self._watchers.setdefault(user, set()).add(hearer)

    def unwatch(self, users: Collection[str], hearer: Hearer) -> None:
        """Forget that."""
        for user in users:
            watchers = self._watchers.get(user, set())
            watchers.discard(hearer)
            if not watchers:
                self._watchers.pop(user, None)

    def watchers(self, user: str) -> Iterator[Hearer]:
        """Return who wants to know when a user comes and goes."""
        return iter(tuple(self._watchers.get(user, ())))

    def _without(self, channel: str, member: str | None) -> str | None:
        members = self._members.get(channel)
        if member is None or members is None:
            return None
        members[member] -= 1
        if members[member]:
            return None
        del members[member]
        if not members:
            del self._members[channel]
        return member
