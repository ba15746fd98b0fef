"""Step 3: channels of all names."""

from contextlib import asynccontextmanager

from step2 import NatsBroker
from tidings_nats.wire import subject


class NatsBrokerWithSubjects(NatsBroker):
    def subject(self, channel):
        return subject("tidings", channel)


@asynccontextmanager
async def fresh():
    yield NatsBrokerWithSubjects
