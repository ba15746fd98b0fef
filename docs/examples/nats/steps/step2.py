"""Step 2: and other processes hear it."""

from contextlib import asynccontextmanager

from step1 import NatsCarrier
from tidings_nats.wire import decode, encode

from tidings import Abilities, hookimpl


class NatsBroker(NatsCarrier):
    abilities = Abilities(role="broker")

    def subject(self, channel):
        return channel

    @hookimpl
    @asynccontextmanager
    async def subscribe(self, channel, deliver):
        async def take(message):
            deliver(decode(channel, message.data))

        subscription = await self.client.subscribe(self.subject(channel), cb=take)
        try:
            yield
        finally:
            await subscription.unsubscribe()

    @hookimpl
    async def push(self, events):
        for event in events:
            await self.client.publish(self.subject(event.channel), encode(event))


@asynccontextmanager
async def fresh():
    yield NatsBroker
