"""Apps of one server are set apart by their namespaces, whatever their channels and users are."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tidings import InvalidName, SettingsError, user_channel
from tidings_pusher import App
from tidings_pusher.app import KINDS, apart, app_user, kept_apart, made

PLAIN = App(id="1", key="k1", secret="s1")
SHOP = App(id="2", key="k2", secret="s2", namespace="shop")

REST = st.text("ab;=-", min_size=1, max_size=8) | st.sampled_from(
    ["shop;x", "shop;", "user-shop;x", "=c2hvcDtK", "encrypted-shop;x", "cache-x"]
)
CHANNELS = st.builds(str.__add__, st.sampled_from(["", *KINDS]), REST)


def owned(app: App, channel: str) -> bool:
    kind = next((kind for kind in KINDS if channel.startswith(kind)), "")
    return kept_apart(app, [PLAIN, SHOP], channel[len(kind) :])


@given(CHANNELS, CHANNELS)
def test_no_channel_of_one_app_is_another_apps(plain: str, shop: str) -> None:
    assume(owned(PLAIN, plain))
    assert apart(PLAIN, plain) != apart(SHOP, shop)


@given(CHANNELS, CHANNELS)
def test_two_channels_of_an_app_stay_two(one: str, other: str) -> None:
    assert (apart(SHOP, one) == apart(SHOP, other)) == (one == other)


@pytest.mark.parametrize("user", ["ann", "Jürgen", "cache-ann", "=ann", "a;b", "ann lee"])
def test_an_apps_users_are_where_its_clients_look_for_them_and_no_other_app_does(user: str) -> None:
    channel = user_channel(app_user(SHOP, user))
    assert apart(SHOP, user_channel(user)) == channel
    assert not owned(PLAIN, channel)
    assert not kept_apart(PLAIN, [PLAIN, SHOP], app_user(SHOP, user))


@pytest.mark.parametrize(
    "namespace",
    ["private-x", "presence-x", "cache-x", "encrypted-x", "user-x", "encrypted-cache-x"],
)
def test_a_namespace_that_would_change_a_channels_kind_is_refused(namespace: str) -> None:
    with pytest.raises(SettingsError, match=r"namespace.*kind of channel") as error:
        made(id="1", key="k", secret="hush", namespace=namespace)
    assert "hush" not in str(error.value)


def test_a_user_who_cannot_be_has_no_channel() -> None:
    with pytest.raises(InvalidName):
        apart(SHOP, user_channel("ü" * 54))
