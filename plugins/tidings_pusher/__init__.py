"""Pusher both ways: the hosted service as a transport, and a server for Pusher's clients."""

from __future__ import annotations

from tidings_pusher.app import App

__all__ = ["App"]
