"""Step 3: nobody listens before the server knows."""

from contextlib import asynccontextmanager

import step2


class NatsBroker(step2.NatsBroker):
    async def confirmed(self):
        inbox = self.client.new_inbox()
        back = await self.client.subscribe(inbox)
        await back.unsubscribe(limit=1)  # after one message, that is
        await self.client.publish(inbox)
        await back.next_msg(timeout=5)


@asynccontextmanager
async def fresh():
    yield NatsBroker
