"""WebSocket text frames, built once for all the connections that are sent them (RFC 6455, 5.2)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

_TEXT = 0x81  # the first byte: a whole message (FIN), of text
_DEFLATED = 0xC1  # and RSV1: compressed (RFC 7692, section 7.2.1)
_LENGTH_16 = 126  # in the second byte: the length follows in two bytes
_LENGTH_64 = 127  # or in eight
_EMPTY_BLOCK = b"\x00\x00\xff\xff"  # ends what is flushed, and is left out

WINDOW_BITS = 12
"""The window that is compressed with, as a power of two: 4 KiB."""


class Batch:
    """Texts that leave together, in each form that some connection wants, made when first wanted.

    Args:
        texts: UTF-8.
        compress_from: texts of at least so many bytes are compressed for who understands that.
    """

    __slots__ = ("_compress_from", "_deflated", "_plain", "texts")

    def __init__(self, texts: Sequence[bytes], compress_from: int) -> None:
        self.texts = texts
        self._compress_from = compress_from
        self._plain: bytes | None = None
        self._deflated: bytes | None = None

    @property
    def size(self) -> int:
        """How many bytes the texts have."""
        return sum(map(len, self.texts))

    @property
    def plain(self) -> bytes:
        """The frames, one after another."""
        if self._plain is None:
            self._plain = b"".join([frame(text) for text in self.texts])
        return self._plain

    @property
    def deflated(self) -> bytes:
        """The frames, those of some size compressed by permessage-deflate.

        Each by itself, without the context of those before: so it is the same for everyone.
        """
        if self._deflated is None:
            least = self._compress_from
            self._deflated = b"".join(
                [deflated(text) if len(text) >= least else frame(text) for text in self.texts]
            )
        return self._deflated


def frame(text: bytes) -> bytes:
    """Return a text as a frame."""
    return _header(_TEXT, len(text)) + text


def deflated(text: bytes) -> bytes:
    """Return a text as a compressed frame."""
    compressor = zlib.compressobj(wbits=-WINDOW_BITS, memLevel=5)
    data = compressor.compress(text) + compressor.flush(zlib.Z_SYNC_FLUSH)
    data = data.removesuffix(_EMPTY_BLOCK)
    return _header(_DEFLATED, len(data)) + data


def _header(first: int, length: int) -> bytes:
    if length < _LENGTH_16:
        return bytes((first, length))
    if length < 1 << 16:
        return bytes((first, _LENGTH_16)) + length.to_bytes(2)
    return bytes((first, _LENGTH_64)) + length.to_bytes(8)
