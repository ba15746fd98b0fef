"""One app while it is served: who is connected, and what others are told of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tidings_pusher.app import App, kept_apart
from tidings_pusher.server.cached import Cached
from tidings_pusher.server.census import Census, Hearer
from tidings_pusher.server.dialect import frames

MANY = 100
"""Of a channel that more connections hear, their number is told seldom."""

SELDOM = 5.0
"""How often at most, in seconds."""

Report = Callable[[Mapping[str, str | int]], None]


class LiveApp:
    """Counts who is there, tells those who are concerned, and reports it for webhooks.

    Args:
        app: which app.
        others: all apps of the server.
        clock: gives the time, in seconds.
        report: takes an event of Pusher's webhooks.
    """

    def __init__(
        self,
        app: App,
        others: Sequence[App],
        clock: Callable[[], float],
        report: Report = lambda _: None,
    ) -> None:
        self.app = app
        self.secret = app.secret.get_secret_value()
        self.clock = clock
        self.report = report
        self.census = Census()
        self.cached = Cached(clock)
        self._others = others
        self._counted: dict[str, float] = {}

    def owns(self, name: str) -> bool:
        """Tell whether a user, or a channel without its kind, is no other app's."""
        return kept_apart(self.app, self._others, name)

    def joined(self, channel: str, hearer: Hearer, member: str | None) -> Sequence[bytes]:
        """Count one who hears a channel; return what it is sent of the others."""
        occupied, added = self.census.join(channel, hearer, member)
        if occupied:
            self.report({"name": "channel_occupied", "channel": channel})
        if added and member is not None:
            self.report({"name": "member_added", "channel": channel, "user_id": member})
        counted = self._count(channel, hearer)
        return () if counted is None else (counted,)

    def left(self, channel: str, hearer: Hearer) -> None:
        """Count one who does not hear it any more."""
        vacated, removed = self.census.leave(channel, hearer)
        if removed is not None:
            self.report({"name": "member_removed", "channel": channel, "user_id": removed})
        if vacated:
            self._counted.pop(channel, None)
            self.report({"name": "channel_vacated", "channel": channel})
        self._count(channel, hearer)

    def signed_in(self, user: str, watchlist: Sequence[str], hearer: Hearer) -> Sequence[bytes]:
        """Count a user's connection; return what it is sent of whom it watches."""
        if self.census.sign_in(user, hearer):
            self._tell_watchers(user, frames.watchlist(online=[user]))
        self.census.watch(watchlist, hearer)
        if not watchlist:
            return ()
        online = [watched for watched in watchlist if self.census.is_online(watched)]
        offline = [watched for watched in watchlist if not self.census.is_online(watched)]
        return (frames.watchlist(online, offline),)

    def signed_out(self, user: str, watchlist: Sequence[str], hearer: Hearer) -> None:
        """Count it no more."""
        self.census.unwatch(watchlist, hearer)
        if self.census.sign_out(user, hearer):
            self._tell_watchers(user, frames.watchlist(offline=[user]))

    def _tell_watchers(self, user: str, frame: bytes) -> None:
        for watcher in self.census.watchers(user):
            watcher.say(frame)

    def _count(self, channel: str, newcomer: Hearer) -> bytes | None:
        """Tell how many hear a channel, but for the newcomer, whose frame is returned."""
        if not self.app.subscription_count or channel.startswith("presence-"):
            return None
        hearers = self.census.hearers(channel)
        if not self._is_time(channel, len(hearers)):
            return None
        self.report(
            {"name": "subscription_count", "channel": channel, "subscription_count": len(hearers)}
        )
        frame = frames.subscription_count(channel, len(hearers))
        for hearer in hearers:
            if hearer is not newcomer:
                hearer.say(frame)
        return frame

    def _is_time(self, channel: str, hearers: int) -> bool:
        now = self.clock()
        if hearers > MANY and now - self._counted.get(channel, -SELDOM) < SELDOM:
            return False
        if hearers:
            self._counted[channel] = now
        return True
