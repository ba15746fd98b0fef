"""The plain dialect: JSON objects, one a frame."""

from __future__ import annotations

from tidings_websocket.plain.dialect import PlainDialect

__all__ = ["PlainDialect"]
