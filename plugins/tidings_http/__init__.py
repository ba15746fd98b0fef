"""Inboxes, live events and pushes over HTTP: a FastAPI application, and what it is made of."""

from __future__ import annotations

from tidings_http.caller import Identify
from tidings_http.front import HttpFront
from tidings_http.problems import Problem

__all__ = ["HttpFront", "Identify", "Problem"]
