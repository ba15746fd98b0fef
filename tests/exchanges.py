"""Hypothesis strategies for all that a client can ask, and all that it can be answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, timedelta, timezone
from typing import Any, get_args

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tidings import (
    Button,
    Conflict,
    Counts,
    Entry,
    Event,
    Filter,
    InvalidData,
    Lagged,
    Member,
    Notification,
    Page,
    Passed,
    Payload,
    Position,
    Recalled,
    Reset,
    Scheduled,
    Stored,
    StoreError,
    TidingsError,
)
from tidings.changes import DELETED, SETS, Change
from tidings.page import State
from tidings_websocket import commands
from tidings_websocket.commands import Answer, Command, Pushed, Subscribed, Welcome

CHANNEL_LETTERS = "ABYZabyz0189_-=@,.;"
VISIBLE = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
READABLE = st.characters(exclude_categories=["Cc", "Cs"])
ENCODABLE = st.characters(exclude_categories=["Cs"])

channels = st.text(CHANNEL_LETTERS, min_size=1, max_size=164)
names = st.text(READABLE, min_size=1, max_size=200).filter(
    lambda name: not name.startswith(("tidings:", "pusher:", "pusher_internal:"))
)
users = st.text(READABLE, min_size=1, max_size=27)
ids = st.text(VISIBLE, min_size=1, max_size=128)
lines = st.text(READABLE, min_size=1, max_size=64)
offsets = st.integers(0, 2**53)
positions = st.builds(Position, st.text(VISIBLE, max_size=64), offsets)
badges = st.builds(Counts, offsets, offsets)
refs = st.text(ENCODABLE, min_size=1, max_size=64) | offsets
zones = st.sampled_from([UTC, timezone(timedelta(hours=-9, minutes=-30))])
moments = st.datetimes(timezones=zones)
values: SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(ENCODABLE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(lines, inner, max_size=3),
    max_leaves=6,
)
infos = st.dictionaries(lines, values, max_size=3)


def _written(value: Any, indent: int | None, plain: bool) -> bytes:
    return json.dumps(value, indent=indent, ensure_ascii=plain).encode()


data = st.builds(_written, values, st.sampled_from([None, 2]), st.booleans())
"""JSON as anybody may write it."""

events = st.builds(
    Event, channels, names, data, ids, st.none() | positions, st.none() | badges, st.none()
).map(lambda event: event if event.position else event._replace(counts=None))
members = st.builds(Member, users, infos)
notifications = st.builds(
    Notification,
    id=ids,
    heading=lines,
    content=lines,
    payload=st.none() | st.builds(Payload, path=lines, data=values, auth=st.booleans()),
    image_url=st.none() | lines,
    buttons=st.builds(Button, id=ids, text=lines).map(lambda button: (button,)),
    category=st.none() | lines,
    data=values,
    created_at=moments,
)
entries = st.builds(
    Entry,
    ids,
    offsets,
    notifications.map(Notification.to_json),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
filters = st.builds(
    Filter,
    st.none() | st.sampled_from(get_args(State)),
    st.none() | lines,
    st.none() | moments,
    st.none() | st.frozensets(ids, min_size=1, max_size=3),
)
changes = st.sampled_from([*SETS, DELETED]).flatmap(
    lambda name: (
        st.builds(Change, st.just(name), st.tuples(ids))
        | st.builds(Change, st.just(name), st.just(()), positions, st.none() | lines)
    )
)
errors: SearchStrategy[TidingsError] = st.builds(
    lambda kind, words: kind(words), st.sampled_from([Conflict, InvalidData]), lines
) | st.just(StoreError("the server could not do this"))

stored = st.builds(Stored, positions, st.none() | badges, st.booleans())
scheduled = st.builds(Scheduled, moments, st.booleans())
passed = st.just(Passed())
nothing: SearchStrategy[Answer] = st.none()

some_commands: Mapping[type[Command], SearchStrategy[Any]] = {
    commands.Authenticate: st.builds(
        commands.Authenticate, st.text(VISIBLE, min_size=1, max_size=200), st.none() | positions
    ),
    commands.Subscribe: st.builds(
        commands.Subscribe, channels, st.none() | positions, st.none(), st.none(), st.just(0)
    ),
    commands.Unsubscribe: st.builds(commands.Unsubscribe, channels, st.none()),
    commands.Publish: st.builds(
        commands.Publish, channels, names, data, st.none() | ids, st.booleans(), st.just(False)
    ),
    commands.Push: st.builds(
        commands.Push, st.lists(users, min_size=1, max_size=3).map(tuple), notifications
    ),
    commands.Mark: st.builds(
        commands.Mark, st.none() | users, changes, st.none() | ids, st.booleans()
    ),
    commands.ReadPage: st.builds(
        commands.ReadPage,
        st.none() | users,
        filters,
        st.integers(1, 1000),
        st.none() | positions | offsets,
    ),
    commands.ReadCounts: st.builds(commands.ReadCounts, st.none() | users),
    commands.Recall: st.builds(commands.Recall, channels, offsets, st.integers(1, 1000)),
    commands.ReadHeads: st.builds(
        commands.ReadHeads, st.lists(channels, min_size=1, max_size=3).map(tuple)
    ),
    commands.ReadMembers: st.builds(commands.ReadMembers, channels),
    commands.Enter: st.builds(commands.Enter, channels, members),
    commands.Leave: st.builds(commands.Leave, channels, users),
    commands.Cancel: st.builds(commands.Cancel, ids),
    commands.Trim: st.builds(commands.Trim, channels, offsets),
    commands.Forget: st.builds(commands.Forget, users),
    commands.Disconnect: st.builds(commands.Disconnect, users, st.booleans(), st.none())
    | st.builds(commands.Disconnect, users, st.just(True), moments),
    commands.ReadRevoked: st.builds(commands.ReadRevoked, users),
    commands.Ping: st.just(commands.Ping()),
}

welcomes = st.builds(
    Welcome,
    ids,
    st.none() | users,
    st.none() | channels,
    st.none() | positions,
    st.none() | badges,
    st.none() | moments,
)
pages = st.builds(
    Page, st.lists(entries, min_size=1, max_size=3), badges, positions, st.booleans()
) | st.builds(Page, st.just([]), badges, positions)

some_answers: Mapping[type[Command], SearchStrategy[Any]] = dict.fromkeys(
    some_commands, nothing
) | {
    commands.Authenticate: welcomes,
    commands.Subscribe: st.builds(
        Subscribed,
        channels,
        st.none() | positions,
        st.none() | st.lists(members, max_size=3),
        st.just(()),
        st.none(),
    ),
    commands.Publish: stored | passed,
    commands.Push: st.builds(
        Pushed, st.dictionaries(users, stored | scheduled | passed | errors, max_size=4)
    ),
    commands.Mark: stored,
    commands.ReadPage: pages,
    commands.ReadCounts: badges,
    commands.Recall: st.builds(
        Recalled,
        st.lists(events, max_size=3),
        st.text(VISIBLE, min_size=1, max_size=64),
        offsets,
        offsets,
    ),
    commands.ReadHeads: st.dictionaries(channels, positions, max_size=3),
    commands.ReadMembers: st.lists(members, max_size=3),
    commands.Cancel: offsets,
    commands.ReadRevoked: st.none() | moments,
}

exchanges: SearchStrategy[tuple[Any, Answer]] = st.sampled_from(list(some_commands)).flatmap(
    lambda kind: st.tuples(some_commands[kind], some_answers[kind])
)
"""A command, and an answer to it."""

requests = st.builds(commands.Request, refs, st.one_of(*some_commands.values()))

resets = st.builds(Reset, channels, positions, st.sampled_from(["trimmed", "new epoch", "behind"]))
lags = st.builds(Lagged, channels, offsets)
