"""Step 1: what is pushed goes to a NATS server."""

import os
from contextlib import asynccontextmanager

import nats

from tidings import Abilities, hookimpl

URL = os.environ.get("NATS_URL", "nats://127.0.0.1:4222")


class NatsCarrier:
    abilities = Abilities(role="carrier")

    @hookimpl
    @asynccontextmanager
    async def connect(self):
        self.client = await nats.connect(URL)
        try:
            yield
        finally:
            await self.client.close()

    @hookimpl
    async def push(self, events):
        for event in events:
            await self.client.publish(event.channel, event.data)


@asynccontextmanager
async def fresh():
    yield NatsCarrier
