"""What leaves together on event streams, in each form that some connection wants."""

from __future__ import annotations

from collections.abc import Sequence


class Chunk:
    """Texts of events that leave as one, made once for all the connections that are sent them."""

    __slots__ = ("_framed", "count", "text")

    def __init__(self, texts: Sequence[bytes]) -> None:
        self.text = b"".join(texts)
        self.count = len(texts)
        self._framed: bytes | None = None

    def __len__(self) -> int:
        return len(self.text)

    @property
    def framed(self) -> bytes:
        """The text as a chunk of HTTP/1.1 (RFC 9112, 7.1)."""
        if self._framed is None:
            self._framed = b"%x\r\n%b\r\n" % (len(self.text), self.text)
        return self._framed
