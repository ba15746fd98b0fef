import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tidings.errors import InvalidName
from tidings.names import (
    CHANNEL_LIMIT,
    CONTROL_CHANNEL,
    EVENT_LIMIT,
    channel_user,
    check_channel,
    check_event_name,
    is_public,
    user_channel,
)

ALPHABET = string.ascii_letters + string.digits + "_-=@,.;"
TRICKY = st.sampled_from(["=", "=YW5u", "encrypted-a", "cache-a", "private-user-a", "a" * 150, " "])
PLAIN = st.text(ALPHABET, min_size=1, max_size=150).filter(
    lambda user: not user.startswith(("=", "encrypted-", "cache-"))
)
OTHER = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(
    lambda user: len(user.encode()) <= 110
)
USERS = PLAIN | OTHER | TRICKY


@given(USERS)
def test_a_user_is_found_again_from_their_channel(user: str) -> None:
    assert channel_user(user_channel(user)) == user


@given(USERS, USERS)
def test_no_two_users_share_a_channel(one: str, other: str) -> None:
    assert (user_channel(one) == user_channel(other)) == (one == other)


@given(USERS)
def test_a_users_channel_is_a_private_one_whatever_the_id(user: str) -> None:
    channel = user_channel(user)

    assert check_channel(channel) == channel
    assert not is_public(channel)
    assert not channel.startswith(("private-encrypted-", "private-cache-", "presence-"))
    assert not channel.removeprefix("private-user-").startswith(("encrypted-", "cache-"))


@given(st.text(ALPHABET, max_size=40))
def test_each_user_has_one_channel_however_its_name_is_spelled(rest: str) -> None:
    for channel in (f"private-user-{rest}", f"private-user-={rest}"):
        user = channel_user(channel)

        assert user is None or user_channel(user) == channel


@pytest.mark.parametrize(
    "channel",
    [
        "private-user-",
        "private-user-=",
        "private-user-=YW5u",  # "ann", which stands in a channel as it is
        "private-user-=w6k=",  # "é" with padding
        "private-user-=w6l",  # "é" with bits to spare
        "private-user-=w6,k",
        "private-user-=_w",  # no UTF-8
        "private-user-=é",
        "private-user-a b",
        "private-user-encrypted-a",
        "private-users-ann",
        "private-user",
        "news",
        "#tidings",
        "",
    ],
)
def test_a_channel_that_no_user_was_given_is_nobodys(channel: str) -> None:
    assert channel_user(channel) is None


@given(st.text(max_size=60))
def test_asking_whose_channel_it_is_never_fails(name: str) -> None:
    for channel in (name, f"private-user-{name}", f"private-user-={name}"):
        user = channel_user(channel)

        assert user is None or user_channel(user) == channel


@pytest.mark.parametrize("user", ["", "a\nb", "\x00", "a\x7f", "a\x85b", "\ud800", "é\udfff"])
def test_an_id_that_is_no_visible_text_is_refused(user: str) -> None:
    with pytest.raises(InvalidName, match="use text without control characters"):
        user_channel(user)


@pytest.mark.parametrize("user", ["a" * 151, "é" * 56, "=" * 111])
def test_an_id_that_is_too_long_is_told_the_limits_and_not_repeated(user: str) -> None:
    with pytest.raises(InvalidName, match=r"150 characters of .* or 110 bytes") as caught:
        user_channel(user)

    assert user not in str(caught.value)


@pytest.mark.parametrize("user", [7, None, b"ann", ["ann"]])
def test_an_id_of_another_type_is_told_to_be_text(user: object) -> None:
    with pytest.raises(InvalidName, match="give it as text"):
        user_channel(user)  # type: ignore[arg-type]


@given(st.text(ALPHABET, min_size=1, max_size=CHANNEL_LIMIT))
def test_every_name_of_pushers_alphabet_and_length_is_a_channel(name: str) -> None:
    assert check_channel(name) == name


@pytest.mark.parametrize(
    "name", ["", "a b", "a\n", "é", "a/b", "a:b", CONTROL_CHANNEL, "a" * 165, None, b"news"]
)
def test_other_names_are_no_channels(name: str) -> None:
    with pytest.raises(InvalidName, match=r"^channel "):
        check_channel(name)


def test_a_wrong_name_is_not_repeated_in_full() -> None:
    for check in (check_channel, check_event_name, user_channel):
        with pytest.raises(InvalidName) as caught:
            check("!\n" * 100_000)

        assert len(str(caught.value)) < 300


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=EVENT_LIMIT))
def test_an_event_may_have_any_visible_name_but_a_protocols(name: str) -> None:
    assume(not name.startswith(("tidings:", "pusher:", "pusher_internal:")))

    assert check_event_name(name) == name


@pytest.mark.parametrize("name", ["", "a\n", "a\x00b", "\ud800", "a" * 201, None, 3])
def test_an_event_name_that_cannot_stand_on_the_wire_is_refused(name: str) -> None:
    with pytest.raises(InvalidName, match="use text without control characters"):
        check_event_name(name)


@pytest.mark.parametrize("name", ["tidings:opened", "pusher:ping", "pusher_internal:x"])
def test_names_of_protocols_are_reserved(name: str) -> None:
    with pytest.raises(InvalidName, match="reserved"):
        check_event_name(name)


@pytest.mark.parametrize(
    ("channel", "public"),
    [
        ("news", True),
        ("cache-news", True),
        ("Private-news", True),
        ("private-news", False),
        ("private-encrypted-news", False),
        ("presence-room", False),
        (CONTROL_CHANNEL, False),
    ],
)
def test_the_prefix_says_who_may_read(channel: str, public: bool) -> None:
    assert is_public(channel) is public
