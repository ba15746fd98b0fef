"""What those who are connected are told of each other, and what is reported of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from pusher_plugin.server.dialect.talking import Clock
from pusher_plugin.server.signing_by_hand import SHOP
from tidings_pusher.server.live_app import LiveApp


class Someone:
    """A connection, and what it was told."""

    def __init__(self) -> None:
        self.told: list[bytes] = []

    def say(self, frame: bytes) -> None:
        self.told.append(frame)

    @property
    def counts(self) -> list[int]:
        return [json.loads(json.loads(frame)["data"])["subscription_count"] for frame in self.told]


class There:
    """An app that counts who hears a channel."""

    def __init__(self, **settings: Any) -> None:
        self.clock, self.reports = Clock(), list[Mapping[str, str | int]]()
        app = SHOP.model_copy(update={"subscription_count": True, **settings})
        self.live = LiveApp(app, [app], self.clock, self.reports.append)

    def join(self, channel: str = "news", member: str | None = None) -> Someone:
        someone = Someone()
        for frame in self.live.joined(channel, someone, member):
            someone.say(frame)
        return someone

    def named(self, name: str) -> list[Mapping[str, str | int]]:
        return [report for report in self.reports if report["name"] == name]


def test_all_who_hear_a_channel_are_told_how_many_they_are() -> None:
    there = There()
    first, second = there.join(), there.join()
    there.live.left("news", second)
    assert (first.counts, second.counts) == ([1, 2, 1], [2])
    there.live.left("news", first)
    counted = [report["subscription_count"] for report in there.named("subscription_count")]
    assert counted == [1, 2, 1, 0]


def test_nobody_is_told_where_it_is_off_or_people_are_counted() -> None:
    off = There(subscription_count=False)
    assert not off.join().told + off.join().told
    assert not There().join("presence-x", "ann").told


def test_of_a_crowd_the_number_is_told_every_five_seconds_at_most() -> None:
    there = There()
    crowd = [there.join() for _ in range(103)]
    first = crowd[0]
    assert first.counts == list(range(1, 101))
    there.clock.now += 4.9
    late = there.join()
    assert (late.counts, first.counts[-1]) == ([], 100)
    there.clock.now += 0.2
    there.live.left("news", late)
    assert first.counts[100:] == [103]
    assert there.named("subscription_count")[-1]["subscription_count"] == 103
    for someone in crowd[101:]:
        there.live.left("news", someone)
    assert first.counts[101:] == []  # too soon
    there.live.left("news", crowd[100])
    assert first.counts[101:] == [100]  # a crowd no more


def test_the_first_and_the_last_are_reported() -> None:
    there = There(subscription_count=False)
    one, other = Someone(), Someone()
    for someone in (one, other):
        there.live.joined("presence-x", someone, "ann")
    there.live.left("presence-x", one)
    assert [report["name"] for report in there.reports] == ["channel_occupied", "member_added"]
    there.live.left("presence-x", other)
    assert there.reports[1:] == [
        {"name": "member_added", "channel": "presence-x", "user_id": "ann"},
        {"name": "member_removed", "channel": "presence-x", "user_id": "ann"},
        {"name": "channel_vacated", "channel": "presence-x"},
    ]


def test_who_watches_is_told_of_the_first_and_the_last_connection_of_a_user() -> None:
    live = There().live
    watcher, tab, phone = Someone(), Someone(), Someone()
    (state,) = live.signed_in("bob", ["ann", "bob", "eve"], watcher)
    assert json.loads(json.loads(state)["data"])["events"] == [
        {"name": "online", "user_ids": ["bob"]},
        {"name": "offline", "user_ids": ["ann", "eve"]},
    ]
    for device in (tab, phone):
        assert not live.signed_in("ann", [], device)
    for device in (tab, phone):
        live.signed_out("ann", [], device)
    told = [json.loads(json.loads(frame)["data"])["events"] for frame in watcher.told]
    assert told == [
        [{"name": "online", "user_ids": ["ann"]}],
        [{"name": "offline", "user_ids": ["ann"]}],
    ]


@pytest.mark.parametrize("channels", [1, 500])
def test_nothing_is_kept_of_a_channel_that_nobody_hears(channels: int) -> None:
    there = There()
    for number in range(channels):
        someone = there.join(f"news-{number}")
        there.live.left(f"news-{number}", someone)
    assert not there.live._counted
    assert not there.live.census.channels
