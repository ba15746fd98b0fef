"""Pusher's protocol, version 7, as a wire language of the WebSocket front."""
