"""What an application can set about the core itself; plugins have settings of their own."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, PositiveFloat, PositiveInt


class Options(BaseModel):
    """The core's settings, each with a safe default. Times are in seconds.

    The same names stand at the top level of `tidings.toml`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    logged: tuple[str, ...] = ("private-user-*",)
    """Patterns of the channels that have a log (`*` and `?` as in file names)."""

    queue: PositiveInt = 10_000
    """The most events that wait for the store, for one transport, or for one listener. Beyond it a
    push waits, and a transport or listener reads the log instead (without a log, it is told what
    it missed)."""

    push_batch: PositiveInt = 500
    """The most events in one call of a plugin's `push`."""

    push_timeout: PositiveFloat = 10.0
    """Seconds that one call of a plugin's `push` may take before it counts as failed."""

    retry_for: PositiveFloat = 300.0
    """Seconds for which a transport is tried again before its events are given up."""

    head_beat: PositiveFloat = 25.0
    """Seconds between two questions for the newest positions of open channels: finds a last event
    that was lost."""

    straggler: PositiveFloat = 0.05
    """Seconds that a transport is given to fill a hole in the order before the log is read."""

    held: PositiveInt = 1_000
    """The most events of one channel that are held while a hole before them is mended."""

    recall_batch: PositiveInt = 500
    """The most events in one reading of the log."""

    authorize_timeout: PositiveFloat = 5.0
    """Seconds in which a policy has to answer; one that has not by then denies."""

    close_within: PositiveFloat = 10.0
    """Seconds that leaving `async with Tidings()` waits for transports to carry what was
    accepted."""
