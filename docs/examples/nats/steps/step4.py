"""Step 4: channels of all names."""

from contextlib import asynccontextmanager

import step3
from tidings_nats.wire import subject


class NatsBroker(step3.NatsBroker):
    def subject(self, channel):
        return subject("tidings", channel)


@asynccontextmanager
async def fresh():
    yield NatsBroker
