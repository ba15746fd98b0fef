"""Step 4: channels of all names, and applications apart."""

from contextlib import asynccontextmanager
from uuid import uuid4

import step3
from tidings_nats.wire import subject


class NatsBroker(step3.NatsBroker):
    def __init__(self, *, prefix="tidings"):
        self.prefix = prefix

    def subject(self, channel):
        return subject(self.prefix, channel)


@asynccontextmanager
async def fresh():
    prefix = f"test-{uuid4().hex}"
    yield lambda: NatsBroker(prefix=prefix)
