"""Step 2: and other processes hear it."""

from contextlib import asynccontextmanager

from step1 import NatsCarrier
from tidings_nats.wire import decode, encode

from tidings import Abilities, hookimpl


class NatsBroker(NatsCarrier):
    abilities = Abilities(role="broker")

    @hookimpl
    @asynccontextmanager
    async def subscribe(self, channel, deliver):
        async def take(message):
            deliver(decode(channel, message.data))

        subscription = await self.client.subscribe(self.subject(channel), cb=take)
        try:
            await self.confirmed()
            yield
        finally:
            await subscription.unsubscribe()

    @hookimpl
    async def push(self, events):
        for event in events:
            await self.client.publish(self.subject(event.channel), encode(event))
        await self.confirmed()

    def subject(self, channel):
        return channel

    async def confirmed(self):
        """Not yet."""


@asynccontextmanager
async def fresh():
    yield NatsBroker
