"""Pusher's HTTP API: what server libraries publish and ask by, as an ASGI application."""
