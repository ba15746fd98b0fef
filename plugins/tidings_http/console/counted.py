"""What the console asks of the other fronts of an application; `WebSocketFront` has it all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from typing import Protocol, runtime_checkable

from tidings import Identity


class Figures(Protocol):
    """What a front has counted since it was made."""

    @property
    def connections(self) -> int:
        """Open now."""

    @property
    def opened(self) -> Mapping[str, int]:
        """Connections, by language."""

    @property
    def ended(self) -> Mapping[str, int]:
        """Connections, by why they ended."""

    @property
    def refused(self) -> Mapping[str, int]:
        """Clients or requests, by the limit that stopped them."""

    @property
    def resumed(self) -> Mapping[str, int]:
        """Channels taken up again, by how: "live", "log" or "reset"."""

    @property
    def events(self) -> int:
        """Events heard, each once however many listen."""

    @property
    def deliveries(self) -> int:
        """Events written to connections."""

    @property
    def slow(self) -> int:
        """Clients that took too little and were ended."""

    @property
    def bounds(self) -> Sequence[float]:
        """The upper bounds in seconds by which latencies are counted; the last bucket has none."""

    @property
    def latency(self) -> Sequence[int]:
        """How many events were written within each bound of being made, but in none before."""


class Language(Protocol):
    """What a client speaks."""

    @property
    def name(self) -> str:
        """Its name."""


class Client(Protocol):
    """One connection."""

    @property
    def id(self) -> str:
        """Its own name."""

    @property
    def identity(self) -> Identity | None:
        """Whose it is; None: nobody's in particular."""

    @property
    def address(self) -> str | None:
        """Where it came from, if that is known."""

    @property
    def dialect(self) -> Language:
        """What it speaks."""

    @property
    def followed(self) -> Sized:
        """The channels that it hears."""

    @property
    def opened_at(self) -> float:
        """When it came (the loop's time)."""


class Heard(Protocol):
    """The channels that a front's clients hear."""

    def audience(self) -> Mapping[str, int]:
        """Return by how many connections each channel is heard."""


@runtime_checkable
class Counted(Protocol):
    """A front whose clients the console shows."""

    @property
    def name(self) -> str:
        """The plugin's name."""

    @property
    def counters(self) -> Figures:
        """What it counted."""

    @property
    def sessions(self) -> Iterable[Client]:
        """Its clients."""

    @property
    def lines(self) -> Heard:
        """What they hear."""
