"""The console: what an operator sees of an application, and may do to it."""
