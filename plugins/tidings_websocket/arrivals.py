"""Who need not be told that somebody came to a presence channel: that somebody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeGuard

from pydantic_core import from_json

from tidings import Event
from tidings.event import Delivery
from tidings.presence import MEMBER_ADDED

if TYPE_CHECKING:
    from tidings_websocket.session import Session


def newcomers(pending: Sequence[Delivery], members: Iterable[Session]) -> frozenset[str]:
    """Return the ids of those members whose own coming is among what they are to be sent."""
    arrivals = [delivery for delivery in pending if _is_arrival(delivery)]
    if not arrivals:
        return frozenset()
    return frozenset(m.id for m in members if any(is_own(m, arrival) for arrival in arrivals))


def is_own(member: Session, delivery: Delivery) -> bool:
    """Tell whether a delivery says that this member came. Its answer has told it so already."""
    if member.trusted or not member.seats or not _is_arrival(delivery):
        return False
    user = from_json(delivery.data)["user"]
    return (delivery.channel, user) in member.seats


def _is_arrival(delivery: Delivery) -> TypeGuard[Event]:
    return isinstance(delivery, Event) and delivery.name == MEMBER_ADDED
