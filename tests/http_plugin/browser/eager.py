"""The console looks every second, and after a failure every five: too rarely for tests."""

from __future__ import annotations

EAGER = "setInterval(() => document.dispatchEvent(new Event('visibilitychange')), 100)"
"""Lets a page look at once, and again: as if one had just come back to it."""
