"""What a plugin says it can do; read by the core at run time and held to by the kit."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, PositiveInt


class Abilities(BaseModel):
    """What a plugin declares of itself, in a class attribute `abilities`.

    A plugin that only authorizes needs none; one that pushes must say its `role`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    role: Literal["broker", "carrier"] | None = None
    """A broker brings an event to every process of the application, a carrier out of it."""

    durable: bool = False
    """Store: what it answered `Stored` for survives the end of the process."""

    presence: bool = False
    """Broker: it knows who is there (the `Presence` protocol)."""

    local: bool = False
    """Broker: the process hears its own pushes through it, so no `MemoryBroker` is added."""

    taskless: bool = False
    """Its `subscribe` context starts no task, so the core enters it without a task of its own."""

    carries: bool = False
    """Store: a remote one that pushes what it persists; the core then skips the push hooks.

    Unless it is a broker too, carriers are listened to, which alone bring word of what is pushed.
    """

    listen: bool = False
    """Carrier: subscribe to it although the application has a log of its own."""

    max_payload: PositiveInt | None = None
    """Transport: the most bytes of `Event.data` it carries; larger ones are never handed to it."""

    stubs: bool = False
    """Transport: of larger events that have a position it carries the word that they are there."""

    bare: bool = False
    """Transport: it has no place for the id and origin of events that have no position."""
