"""How patient webhooks are: times in seconds, and how much may wait."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """How long things are waited for.

    Attributes:
        grace: for who is gone to come back, before anyone is told.
        gather: for more events to go into the same POST, where one may hold several.
        timeout: for the answer to a POST, from connecting on.
        first_pause: before the second attempt; each further pause is twice as long.
        most_pause: the longest of these pauses.
        retry_for: for a receiver that does not take an event, before that is given up.
        close_within: for what is owed, when closing.
        queue: how many events may wait for one receiver.
    """

    grace: float = 3.0
    gather: float = 0.25
    timeout: float = 10.0
    first_pause: float = 1.0
    most_pause: float = 30.0
    retry_for: float = 300.0
    close_within: float = 5.0
    queue: int = 10_000
