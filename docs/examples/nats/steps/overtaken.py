"""What a server hears, in which order, when a client subscribes and then flushes."""

import asyncio

import nats


async def server(reader, writer):
    writer.write(b'INFO {"max_payload": 1048576}\r\n')
    async for line in reader:
        print(line.decode().partition(" {")[0].strip())
        if line == b"PING\r\n":
            writer.write(b"PONG\r\n")
    writer.close()


async def take(message):
    print(message.data)


async def main():
    async with await asyncio.start_server(server, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        client = await nats.connect(f"nats://127.0.0.1:{port}")
        print("connected")
        await client.subscribe("tidings.news", cb=take)
        await client.flush()
        print("flushed")
        await client.close()


asyncio.run(main())
