"""When offsets of a log were given, to the second."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from math import ceil


class Ages:
    """The last offset of each second in which any was given.

    Moments are rounded up to whole seconds, so nothing grows old too early; a clock that is set
    back counts as standing still.
    """

    __slots__ = ("_offsets", "_second", "_seconds")

    def __init__(self) -> None:
        self._second = 0  # the newest of them
        self._seconds = array("q")
        self._offsets = array("q")

    def note(self, offset: int, now: float) -> None:
        """Note that this offset, the highest so far, is given now."""
        if now <= self._second and self._offsets:
            self._offsets[-1] = offset
        else:
            self._second = ceil(now)
            self._seconds.append(self._second)
            self._offsets.append(offset)

    def ends(self, offset: int, age: float) -> float:
        """Return the moment at which this offset is of this age."""
        return self._seconds[bisect_left(self._offsets, offset)] + age

    def through(self, now: float, age: float) -> int:
        """Return the last offset that is of this age now, or 0."""
        count = bisect_right(self._seconds, now, key=lambda second: second + age)
        return self._offsets[count - 1] if count else 0

    def drop(self, before: int) -> None:
        """Forget about the offsets before this one."""
        count = bisect_left(self._offsets, before)
        del self._seconds[:count]
        del self._offsets[:count]
