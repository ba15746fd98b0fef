"""A server of one's own for Pusher's clients and libraries."""
