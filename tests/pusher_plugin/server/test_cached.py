"""A cache channel keeps its last event, for a while and not without end."""

from __future__ import annotations

import pytest

from pusher_plugin.server.dialect.talking import Clock
from tidings_pusher.server.cached import KEPT_FOR, Cached, is_cache


def test_the_last_event_is_kept_for_half_an_hour() -> None:
    clock = Clock()
    cached = Cached(clock)
    cached.put("cache-x", "said", "1")
    cached.put("cache-x", "said", "2")
    clock.now += KEPT_FOR - 1
    kept = cached.get("cache-x")
    assert kept is not None
    assert (kept.name, kept.text, cached.ttl(kept)) == ("said", "2", 1)
    assert cached.get("cache-y") is None
    clock.now += 1
    assert (cached.get("cache-x"), cached.ttl(kept)) == (None, 0)
    assert not cached._kept


def test_of_too_many_channels_the_ones_published_to_last_are_kept() -> None:
    cached = Cached(Clock())
    for number in range(10_000):
        cached.put(f"cache-{number}", "said", "1")
    cached.put("cache-0", "said", "2")
    cached.put("cache-new", "said", "1")
    assert cached.get("cache-1") is None
    assert cached.get("cache-0") is not None
    assert cached.get("cache-2") is not None
    assert len(cached._kept) == 10_000


@pytest.mark.parametrize(
    ("channel", "is_one"),
    [
        ("cache-x", True),
        ("private-cache-x", True),
        ("private-encrypted-cache-x", True),
        ("presence-cache-x", True),
        ("x-cache-y", False),
        ("private-x", False),
        ("private-user-cache-x", False),
        ("#server-to-user-cache-x", False),
        ("cache", False),
    ],
)
def test_cache_channels_are_known_by_name(channel: str, is_one: bool) -> None:
    assert is_cache(channel) is is_one
