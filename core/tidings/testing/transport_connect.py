"""Rules of opening and closing a transport: again, without loss, and leaving nothing behind."""

from __future__ import annotations

from tidings.testing.connect_rules import connect_rules
from tidings.testing.far_side import FarSide
from tidings.testing.heard import pushed
from tidings.testing.rules import equal, rule
from tidings.testing.samples import a_channel, said


@rule("transport.connect.again", "subscribe")
async def connect_again(far: FarSide) -> None:
    """A transport that was closed is connected again, and carries as before."""
    plugin, channel = far.plugin(), a_channel()
    for _ in range(2):
        async with far.transport(plugin) as node, far.transport() as other:
            heard = far.heard()
            async with node.subscribe(channel=channel, deliver=heard):
                await heard.all_of(await pushed(other, [said(channel)]))
            equal("how many were heard", len(heard.events), 1)


@rule("transport.connect.loses_nothing", "subscribe")
async def loses_nothing(far: FarSide) -> None:
    """Closing right after a push loses nothing of it."""
    async with far.transport() as node:
        heard, channel = far.heard(), a_channel()
        events = [said(channel) for _ in range(50)]
        async with node.subscribe(channel=channel, deliver=heard):
            async with far.transport() as other:
                await pushed(other, events)
            await heard.all_of(events)


RULES = (connect_again, loses_nothing, *connect_rules("transport"))
