"""One connection that speaks Pusher's protocol: what it asked for, hears, and who it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import NamedTuple

from tidings import Event, Lagged, Reset
from tidings.ids import new_id
from tidings.notification import NOTIFICATION
from tidings_pusher.app import apart, app_user
from tidings_pusher.server.cached import is_cache
from tidings_pusher.server.dialect import codes, frames, proofs
from tidings_pusher.server.dialect.client_events import PREFIX, Pace, Sending, sending, too_many
from tidings_pusher.server.dialect.deliveries import client_event_id, delivered, echoed
from tidings_pusher.server.dialect.messages import Message, fields, read, string
from tidings_pusher.server.dialect.proofs import User
from tidings_pusher.server.dialect.rejected import (
    CLIENT_EVENT,
    OVER_CAPACITY,
    UNAUTHORIZED,
    WATCHLIST,
    Rejected,
    not_done,
    not_subscribed,
    rejected,
)
from tidings_pusher.server.live_app import LiveApp
from tidings_websocket import Dialect, Ending
from tidings_websocket.commands import (
    Answer,
    Command,
    Ping,
    Publish,
    Ref,
    Request,
    SignIn,
    Subscribe,
    Subscribed,
    Unsubscribe,
    Welcome,
)
from tidings_websocket.opening import Opening


class _Hearing(NamedTuple):
    name: str
    member: str | None


class _Leaving(NamedTuple):
    name: str


class _Ponging(NamedTuple):
    """It is to be answered by a pong."""


_Asked = _Hearing | _Leaving | _Ponging | Sending | User | None


class Conversation:
    """Speaks with one client; a `Dialect` of that connection alone.

    Args:
        live: the app.
        socket_id: of the connection.
        say: writes a frame to it.
        recovery: whether it asked for the recovery extension.
    """

    subprotocol: str | None = None
    anonymous = True
    proves = False

    def __init__(
        self, live: LiveApp, socket_id: str, say: Callable[[bytes], None], *, recovery: bool
    ) -> None:
        self.name = f"pusher {live.app.id}" + (" with recovery" if recovery else "")
        self.say = say
        self._live = live
        self._socket_id = socket_id
        self._recovery = recovery
        self._asked: dict[Ref, _Asked] = {}
        self._refs = count(1)
        self._named: dict[str, Ref] = {}
        self._hears: dict[str, str | None] = {}
        self._user: User | None = None
        self._claims: User | None = None
        self._established = False
        self._pace: Pace | None = None
        self._over = False
        live.census.connections += 1

    # what a dialect is

    def speaks(self, path: str) -> bool:  # noqa: ARG002
        """Tell that this speaks with one connection only."""
        return False

    def connection_id(self) -> str:
        """Return the socket id."""
        return self._socket_id

    def converse(
        self,
        opening: Opening,  # noqa: ARG002
        connection: str,  # noqa: ARG002
        say: Callable[[bytes], None],  # noqa: ARG002
    ) -> Dialect:
        """Return this."""
        return self

    def ended(self, connection: str) -> None:  # noqa: ARG002
        """Count the connection out, wherever it was."""
        self._over = True
        for name in tuple(self._hears):
            self._left(name)
        if self._user is not None:
            self._live.signed_out(self._user.id, self._user.watchlist, self)
        self._live.census.connections -= 1

    def welcome(self, welcome: Welcome) -> bytes:
        """Return the frame by which the connection is established."""
        self._established = True
        timeout = self._live.app.activity_timeout
        return frames.established(welcome.connection, timeout, recovery=self._recovery)

    def delivery(self, delivery: Event | Reset | Lagged) -> bytes | None:
        """Return what all are sent who hear a channel of this app, and recover alike."""
        return delivered(delivery, recovery=self._recovery)

    def echo(self, event: Event) -> bytes | None:
        """Return what the sender of an event is sent."""
        return echoed(event, recovery=self._recovery)

    def close(self, ending: Ending) -> tuple[int, str]:
        """Return the code and the reason of an end."""
        return codes.CLOSES[ending]

    # what the client says

    def read(self, text: str, connection: str) -> Request:  # noqa: ARG002
        """Read what the client sent.

        Raises:
            Rejected: it is not obeyed.
        """
        message = read(text)
        match message.event:
            case "pusher:subscribe":
                return self._subscribe(message)
            case "pusher:unsubscribe":
                return self._unsubscribe(message)
            case "pusher:signin":
                return self._sign_in(message)
            case "pusher:ping":
                return self._request(Ping(), _Ponging())
            case "pusher:pong":
                return self._request(Ping(), None)
            case event if event.startswith(PREFIX):
                return self._send(message)
        raise rejected(
            f"Event {message.event[:200]!r} is not for clients: theirs begin with {PREFIX!r}",
            CLIENT_EVENT,
        )

    def _request(self, command: Command, asked: _Asked) -> Request:
        ref = next(self._refs)
        if asked is not None:
            self._asked[ref] = asked
        return Request(ref, command)

    def _subscribe(self, message: Message) -> Request:
        data = fields(message)
        name = string(data, "channel")
        if name in self._named:
            raise rejected(f"Existing subscription to channel {name}")
        name, channel, proven = proofs.hearing(self._live, self._socket_id, data, self._user)
        after = proofs.position(data, name) if self._recovery else None
        own = name.startswith(frames.SERVER_TO_USER) and after is None
        pending = self._live.app.pending if own else 0
        member = None if proven is None or proven.member is None else proven.member.user
        command = Subscribe(channel, after, name, proven, pending)
        request = self._request(command, _Hearing(name, member))
        self._named[name] = request.ref
        return request

    def _unsubscribe(self, message: Message) -> Request:
        name = string(fields(message), "channel")
        if name not in self._named:
            return self._request(Ping(), None)
        del self._named[name]
        if name.startswith(frames.SERVER_TO_USER):
            return self._request(Unsubscribe(name, name), _Leaving(name))
        return self._request(Unsubscribe(apart(self._live.app, name), name), _Leaving(name))

    def _sign_in(self, message: Message) -> Request:
        user = proofs.signing_in(self._live, self._socket_id, fields(message))
        if self._claims is not None and self._claims.id != user.id:
            raise rejected("Sign-in: this connection is another user's", UNAUTHORIZED)
        self._claims = user
        return self._request(SignIn(app_user(self._live.app, user.id)), user)

    def _send(self, message: Message) -> Request:
        app, channel = self._live.app, message.channel
        event = sending(app, message, subscribed=channel in self._hears)
        if self._pace is None:
            self._pace = Pace(app.client_events_per_second, self._live.clock)
        if not self._pace.allows():
            raise too_many(app)
        id = client_event_id(new_id(), self._hears[channel])  # noqa: A001
        command = Publish(apart(app, channel), event.event, event.data, id, proven=True)
        return self._request(command, event)

    # what it is answered

    def answer(self, request: Request, answer: Answer) -> Sequence[bytes]:
        """Return the frames that answer a request, and count what it changed."""
        asked = self._asked.pop(request.ref, None)
        if self._over:
            return ()
        match asked:
            case _Hearing() if isinstance(answer, Subscribed):
                return self._subscribed(asked, answer)
            case _Leaving():
                self._left(asked.name)
            case User():
                return self._signed_in(asked)
            case Sending():
                self._sent(asked)
            case _Ponging():
                return (frames.pong(),)
        return ()

    def refusal(self, ref: Ref, error: Exception) -> Sequence[bytes]:
        """Return the frames that tell of a request that failed."""
        if isinstance(error, Rejected):
            return error.told
        match self._asked.pop(ref, None):
            case _Hearing(name):
                if self._named.get(name) == ref:  # or it was asked for anew meanwhile
                    del self._named[name]
                return not_subscribed(name, error)
            case User():
                self._claims = self._user
                return not_done(error, UNAUTHORIZED)
            case Sending():
                return not_done(error, CLIENT_EVENT)
        # before it is established, a client goes by the code of what it is told alone
        return not_done(error, None if self._established else OVER_CAPACITY)

    def _subscribed(self, asked: _Hearing, answer: Subscribed) -> Sequence[bytes]:
        name = asked.name
        self._hears[name] = asked.member
        counted = self._live.joined(name, self, asked.member)
        data = {} if answer.members is None else frames.presence(answer.members)
        if self._recovery:
            data |= frames.placed(None, answer.position, answer.counts)
        succeeded = frames.own("pusher_internal:subscription_succeeded", data, name)
        return (succeeded, *self._first(name, answer), *counted)

    def _first(self, name: str, answer: Subscribed) -> Sequence[bytes]:
        """Return what comes before anything live: what is pending, or the event that was kept."""
        if not is_cache(name):
            return self._entries(name, answer)
        if (kept := self._live.cached.get(name)) is not None:
            return (frames.message(kept.name, name, kept.text),)
        self._live.report({"name": "cache_miss", "channel": name})
        return (frames.cache_miss(name),)

    def _entries(self, name: str, answer: Subscribed) -> Sequence[bytes]:
        shown: list[bytes] = []
        for entry in answer.entries:
            position = answer.position and answer.position._replace(offset=entry.offset)
            event = Event(name, NOTIFICATION, entry.data, entry.id, position, answer.counts)
            frame = self.delivery(event)
            shown += () if frame is None else (frame,)
        return shown

    def _left(self, name: str) -> None:
        if self._hears.pop(name, self) is not self:
            self._live.left(name, self)

    def _signed_in(self, user: User) -> Sequence[bytes]:
        if self._user is not None:
            self._live.census.unwatch(self._user.watchlist, self)
        self._user = user
        told = [frames.signed_in(user.data)]
        if user.over:
            most = proofs.WATCHLIST_LIMIT
            told.append(frames.error(f"a watchlist has at most {most} users", WATCHLIST))
        return (*told, *self._live.signed_in(user.id, user.watchlist, self))

    def _sent(self, sent: Sending) -> None:
        about: dict[str, str | int] = {
            "name": "client_event",
            "channel": sent.channel,
            "event": sent.event,
            "data": sent.text,
            "socket_id": self._socket_id,
        }
        if (user := self._hears.get(sent.channel)) is not None:
            about["user_id"] = user
        self._live.report(about)
