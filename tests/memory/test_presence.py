"""A user is there from their first connection to their last."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tidings.presence import Member
from tidings_memory.presence import Roster

CHANNELS = st.sampled_from(["presence-a", "presence-b"])
USERS = st.sampled_from(["ann", "bob", "cid"])


@given(st.lists(st.tuples(st.booleans(), CHANNELS, USERS), max_size=60))
def test_who_is_there_is_who_has_a_connection(steps: list[tuple[bool, str, str]]) -> None:
    roster = Roster()
    connections: Counter[tuple[str, str]] = Counter()
    for comes, channel, user in steps:
        if comes:
            connections[channel, user] += 1
            assert roster.enter(channel, Member(user)) == (connections[channel, user] == 1)
        elif connections[channel, user]:
            connections[channel, user] -= 1
            assert roster.leave(channel, user) == (connections[channel, user] == 0)

        present = {member.user for member in roster.members(channel)}
        assert present == {u for (c, u), n in connections.items() if c == channel and n}


def test_others_see_of_a_user_what_the_first_connection_said() -> None:
    roster = Roster()
    roster.enter("presence-a", Member("ann", {"from": "phone"}))
    roster.enter("presence-a", Member("ann", {"from": "desk"}))

    roster.leave("presence-a", "ann")

    assert roster.members("presence-a") == [Member("ann", {"from": "phone"})]


def test_an_empty_channel_leaves_nothing_behind() -> None:
    roster = Roster()
    roster.enter("presence-a", Member("ann"))

    roster.leave("presence-a", "ann")

    assert roster._channels == {}
