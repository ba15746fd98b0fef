"""The plain-WebSocket front, its wire language, and the client that speaks it."""
