"""What has left the process when `subscribe` and `flush` of the client return?"""

import asyncio
import os

import nats

URL = os.environ.get("NATS_URL", "nats://127.0.0.1:4222")


async def take(message):
    print(message.subject)


async def main():
    client = await nats.connect(URL)
    await client.subscribe("tidings.news", cb=take)
    print("bytes that wait to be sent:", client.pending_data_size)
    await client.close()


asyncio.run(main())
