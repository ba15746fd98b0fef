"""One conversation without a front: what a client says goes in, frames come out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pusher_plugin.server.signing_by_hand import SHOP, to_hear, to_sign_in
from tidings import Member
from tidings_pusher import App
from tidings_pusher.server.dialect.conversation import Conversation
from tidings_pusher.server.dialect.rejected import Rejected
from tidings_pusher.server.live_app import LiveApp
from tidings_websocket.commands import Answer, Ref, Request, Subscribe, Subscribed, Welcome

SOCKET = "1234.1234"


class Clock:
    """Time in the test's hand, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Talk:
    """A client and what it is told.

    Attributes:
        told: frames that answered nothing.
        greeting: the first frame.
    """

    def __init__(
        self,
        app: App = SHOP,
        *,
        live: LiveApp | None = None,
        clock: Clock | None = None,
        socket_id: str = SOCKET,
        recovery: bool = False,
    ) -> None:
        self.clock = clock or Clock()
        self.live = live or LiveApp(app, [app], self.clock)
        self.socket_id = socket_id
        self.told: list[bytes] = []
        self.conversation = Conversation(self.live, socket_id, self.told.append, recovery=recovery)
        self.greeting = self.conversation.welcome(Welcome(socket_id))

    def read(self, event: str, data: object = None, **more: object) -> Request:
        """Let the client say something; return what the front is to do."""
        text = json.dumps({"event": event, "data": data, **more})
        return self.conversation.read(text, self.socket_id)

    def say(self, event: str, data: object = None, **more: object) -> Sequence[bytes]:
        """Let the client say something, and the front do it; return the frames it is answered."""
        return self.told_of(json.dumps({"event": event, "data": data, **more}))

    def told_of(self, text: str) -> Sequence[bytes]:
        """Let the client say any text, as `say` does."""
        try:
            request = self.conversation.read(text, self.socket_id)
        except Rejected as error:
            return self.failed(error.ref, error)
        return self.done(request)

    def done(self, request: Request, answer: Answer = None) -> Sequence[bytes]:
        """Let the front answer; by default as if there were no log and nobody else."""
        command = request.command
        if answer is None and isinstance(command, Subscribe):
            member = command.proven and command.proven.member
            answer = Subscribed(command.channel, members=None if member is None else [member])
        return self.conversation.answer(request, answer)

    def failed(self, ref: Ref, error: Exception) -> Sequence[bytes]:
        """Let the front fail at a request."""
        return self.conversation.refusal(ref, error)

    def hear(self, channel: str, member: object = None) -> Sequence[bytes]:
        """Subscribe, signed as is due."""
        return self.say("pusher:subscribe", to_hear(self.live.app, self.socket_id, channel, member))

    def hears(self, channel: str, member: object = None, **more: Any) -> Request:
        """Subscribe; return what the front is to do."""
        data = to_hear(self.live.app, self.socket_id, channel, member)
        return self.read("pusher:subscribe", {**data, **more})

    def sign_in(self, about: object) -> Sequence[bytes]:
        """Sign in, signed as is due."""
        return self.say("pusher:signin", to_sign_in(self.live.app, self.socket_id, about))

    def leave(self, channel: str) -> Sequence[bytes]:
        """Unsubscribe."""
        return self.say("pusher:unsubscribe", {"channel": channel})

    def another(self, number: int) -> Talk:
        """Return another connection to the same app."""
        return Talk(live=self.live, clock=self.clock, socket_id=f"{number}.{number}")


ANN, BOB = Member("ann", {"name": "Ann"}), Member("bob")


def error(frames: Sequence[bytes]) -> tuple[str, int | None]:
    """Return the words and the code of the only `pusher:error` among these frames."""
    (found,) = [json.loads(frame) for frame in frames if b'"pusher:error"' in frame]
    return found["data"]["message"], found["data"]["code"]


def events(frames: Sequence[bytes]) -> list[str]:
    """Return the names of the events that these frames are."""
    return [json.loads(frame)["event"] for frame in frames]
