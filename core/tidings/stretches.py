"""What is read from a log, cut into as much as is written to a client at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tidings.event import Delivery, Event

STRETCH = 64 * 1024
"""So many bytes of what is read from the log are written at a time, and then leave first."""


def stretches(deliveries: Sequence[Delivery], size: int = STRETCH) -> Iterator[Sequence[Delivery]]:
    """Cut what a client has missed into stretches, so that little of it waits to leave.

    Args:
        deliveries: a batch, as `Listening.read_up` gives it.
        size: a stretch ends with the event that brings its data to so many bytes.

    Example:
        async for deliveries in listening.read_up(after):
            for some in stretches(deliveries):
                connection.write(frames(some))
                await connection.drain()
    """
    stretch: list[Delivery] = []
    held = 0
    for delivery in deliveries:
        stretch.append(delivery)
        held += len(delivery.data) if isinstance(delivery, Event) else 0
        if held >= size:
            yield stretch
            stretch, held = [], 0
    if stretch:
        yield stretch
