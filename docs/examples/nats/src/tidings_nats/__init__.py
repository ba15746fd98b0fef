"""Tidings over NATS: a broker for applications that run on many machines."""

from tidings_nats.broker import NatsBroker

__all__ = ["NatsBroker"]
