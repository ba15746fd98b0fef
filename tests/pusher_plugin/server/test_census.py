"""Who is counted in and out, in whatever order they come and go."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidings_pusher.server.census import Census

CHANNELS, USERS = ("news", "presence-x", "presence-y"), ("ann", "bob")


class Someone:
    """A connection."""

    def say(self, frame: bytes) -> None:
        """Hear nothing."""


PEOPLE = tuple(Someone() for _ in range(4))
STEPS = st.tuples(
    st.booleans(), st.sampled_from(PEOPLE), st.sampled_from(CHANNELS), st.sampled_from(USERS)
)
Places = dict[tuple[Someone, str], str | None]


def hearers(places: Places, channel: str) -> list[str | None]:
    return [user for (_, where), user in places.items() if where == channel]


@given(st.lists(STEPS, max_size=40))
def test_firsts_and_lasts_are_told_as_who_looks_at_all_would(
    steps: list[tuple[bool, Someone, str, str]],
) -> None:
    census, places = Census(), Places()
    for comes, who, channel, user in steps:
        member = user if channel.startswith("presence-") else None
        before = hearers(places, channel)
        if comes and (who, channel) not in places:
            places[who, channel] = member
            first = (not before, member is not None and member not in before)
            assert census.join(channel, who, member) == first
        elif not comes and (who, channel) in places:
            left = places.pop((who, channel))
            after = hearers(places, channel)
            gone = left if left not in after else None
            assert census.leave(channel, who) == (not after, gone)
        everyone = {where for _, where in places}
        assert set(census.channels) == everyone
        for where in CHANNELS:
            heard = hearers(places, where)
            assert set(census.members(where)) == {user for user in heard if user}
            assert len(census.hearers(where)) == len(heard)
    assert census._members.keys() == {where for _, where in places if where.startswith("p")}


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(PEOPLE), st.sampled_from(USERS))))
def test_a_user_is_online_while_any_connection_is_theirs(
    steps: list[tuple[bool, Someone, str]],
) -> None:
    census, signed_in = Census(), set[tuple[str, Someone]]()
    for comes, who, user in steps:
        before = {u for u, _ in signed_in}
        if comes:
            signed_in.add((user, who))
            assert census.sign_in(user, who) is (user not in before)
        else:
            signed_in.discard((user, who))
            gone = user in before and user not in {u for u, _ in signed_in}
            assert census.sign_out(user, who) is gone
        assert {u for u in USERS if census.is_online(u)} == {u for u, _ in signed_in}
    assert len(census._users) == len({u for u, _ in signed_in})


def test_watchers_are_forgotten_when_they_go() -> None:
    census, (one, other, *_) = Census(), PEOPLE
    census.watch(["ann", "bob"], one)
    census.watch(["ann", "ann"], other)
    assert set(census.watchers("ann")) == {one, other}
    census.unwatch(["ann", "bob", "eve"], one)
    assert list(census.watchers("ann")) == [other]
    census.unwatch(["ann"], other)
    assert not census._watchers
