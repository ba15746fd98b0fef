"""Commits, read from what `git log` writes. Sans-I/O: bytes in, commits out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

FORMAT = "tformat:H%H%x00%P%x00%aE%x00%aN%x00%ct%x00%s%x00%b%x00"
"""How `git log -z --name-status` must write a commit for `LogReader` to read it."""

_HEADER = 7  # fields in the format
_START = b"H"  # begins a commit and no status


class Touch(NamedTuple):
    """A file that a commit touched: its path after it (None: deleted) and before it."""

    now: bytes | None
    before: bytes


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, as its author made it.

    merge: it has several parents; then `touches` are the files in which it differs from all of
    them. time: when it was committed, in seconds since 1970.
    """

    hash: str
    merge: bool
    email: str
    name: str
    time: int
    subject: str
    body: str
    touches: Sequence[Touch]


class LogReader:
    """Makes commits of git's output as it comes; holds the bytes of one commit at most.

    Fields end in NUL. Between a commit's header and its first status git writes an empty field
    or a line feed, depending on the kind of commit; neither can begin a status.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._fields: list[bytes] = []
        self._awaited = 0  # fields of this header, or paths of this status, still to come

    def feed(self, chunk: bytes) -> Iterator[Commit]:
        """Take what git wrote; give the commits that it completes."""
        *fields, self._rest = (self._rest + chunk).split(b"\0")
        for field in fields:
            if self._awaited:
                self._awaited -= 1
                self._fields.append(field)
            elif field.startswith(_START):
                yield from self.finish()
                self._fields.append(field)
                self._awaited = _HEADER - 1
            elif status := field.lstrip(b"\n"):
                self._fields.append(status)
                self._awaited = 2 if _names_two(status) else 1

    def finish(self) -> Iterator[Commit]:
        """Give the commit that was being read, if there is one: its end has come."""
        fields, self._fields = self._fields, []
        if fields:
            yield _commit(fields)


def _commit(fields: Sequence[bytes]) -> Commit:
    start, parents, email, name, time, subject, body = map(_text, fields[:_HEADER])
    touches = tuple(_touches(iter(fields[_HEADER:])))
    merge = " " in parents
    return Commit(start[1:], merge, email, name, int(time or 0), subject, body, touches)


def _touches(fields: Iterator[bytes]) -> Iterator[Touch]:
    for status in fields:
        before = next(fields)
        now = next(fields) if _names_two(status) else before
        yield Touch(None if status.strip(b"D") == b"" else now, before)


def _names_two(status: bytes) -> bool:
    """Tell a rename (`R087`, old path, new path) from a merge's (`RM`, and one path only)."""
    return status[:1] == b"R" and status[1:].isdigit()


def _text(field: bytes) -> str:
    return field.decode(errors="replace")
