"""The start page: what a newcomer sees of a server, and tries."""
