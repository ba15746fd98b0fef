"""How a transport is doing, for people who look after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class TransportState:
    """How one transport of this process is doing, as of now.

    transport: its name. role: a broker brings events to every process of the application, a
    carrier takes them out of it. carried, given_up: how many events the far side has taken, and
    how many it never will, since this process opened. waiting: how many are on their way. owes:
    whether there are more in the log, or in the store's outbox, for when it can take them. error:
    what its last attempt failed with; None: it succeeded, or there was none.

    Example:
        for state in tidings.transports:
            if state.error is not None:
                print(state.transport, "is failing:", state.error)
    """

    transport: str
    role: Literal["broker", "carrier"]
    carried: int
    given_up: int
    waiting: int
    owes: bool
    error: Exception | None
