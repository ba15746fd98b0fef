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
    """The most events that wait for the store, for one transport, or for one listener; past it
    a push waits, a transport or a listener reads the log instead (or, without one, is told)."""

    push_batch: PositiveInt = 500
    """The most events in one call of a plugin's `push`."""

    push_timeout: PositiveFloat = 10.0
    """How long one call of a plugin's `push` may take before it counts as failed."""

    retry_for: PositiveFloat = 300.0
    """How long a transport is tried again for before its events are given up."""

    head_beat: PositiveFloat = 25.0
    """How often the newest positions of open channels are asked: finds a lost last event."""

    straggler: PositiveFloat = 0.05
    """How long a hole in the order may be filled by the transport before the log is read."""

    held: PositiveInt = 1_000
    """The most events of one channel that are held while a hole before them is mended."""

    recall_batch: PositiveInt = 500
    """The most events in one reading of the log."""

    authorize_timeout: PositiveFloat = 5.0
    """How long one policy may think before its silence denies."""

    close_within: PositiveFloat = 10.0
    """How long leaving `async with Tidings()` waits for transports to carry what was accepted."""
