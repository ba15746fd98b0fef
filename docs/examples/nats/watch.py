"""Shows what comes into Ann's inbox, whichever process pushed it."""

import asyncio

from tidings import Added, Tidings


async def main() -> None:
    """Watch until interrupted."""
    async with Tidings.from_settings() as tidings, tidings.inbox("ann").changes() as changes:
        print("watching", flush=True)
        async for change in changes:
            if isinstance(change, Added):
                print(change.entry.notification.heading, flush=True)


asyncio.run(main())
