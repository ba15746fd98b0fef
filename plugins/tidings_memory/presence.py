"""Who is on which channel, counted by distinct user."""

from __future__ import annotations

from tidings.presence import Member


class _Here:
    __slots__ = ("connections", "member")

    def __init__(self, member: Member) -> None:
        self.member = member
        self.connections = 0


class Roster:
    """The members of every channel, each with the number of their connections."""

    def __init__(self) -> None:
        self._channels: dict[str, dict[str, _Here]] = {}

    def enter(self, channel: str, member: Member) -> bool:
        """Count one more connection; tell whether it is the first of this user.

        What others see of a user is what the first of the present connections said.
        """
        here = self._channels.setdefault(channel, {}).setdefault(member.user, _Here(member))
        here.connections += 1
        return here.connections == 1

    def leave(self, channel: str, user: str) -> bool:
        """Count one connection less; tell whether it was the user's last."""
        users = self._channels[channel]
        users[user].connections -= 1
        if users[user].connections:
            return False
        del users[user]
        if not users:
            del self._channels[channel]
        return True

    def members(self, channel: str) -> list[Member]:
        """Return who is there, in the order they came."""
        return [here.member for here in self._channels.get(channel, {}).values()]
