"""The client: the notification logic in another process, over a WebSocket to a front."""
