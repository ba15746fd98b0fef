"""The apps of one server, each with what is its own."""

from __future__ import annotations

from typing import Any

import pytest

from pusher_plugin.server.signing_by_hand import BLOG, SHOP
from tidings import SettingsError
from tidings_pusher import PusherServer

ONE = {"id": "1", "key": "one", "secret": "hush-hush"}
TWO = {"id": "2", "key": "two", "secret": "hush-hush", "namespace": "two"}


def test_apps_are_given_as_such_or_as_their_settings() -> None:
    server = PusherServer(apps=[ONE, TWO, BLOG])
    assert [app.key for app in server.apps] == ["one", "two", "blog-key"]
    assert "hush" not in repr(server) + repr(server.apps) + repr(server.language)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({}, "no app"),
        ({"app_id": "1"}, "all three"),
        ({"app_id": "1", "key": "one", "secret": "hush", "apps": [TWO]}, "not both"),
        ({"apps": [ONE, {**TWO, "id": "1"}]}, "two apps have the id '1'"),
        ({"apps": [ONE, {**TWO, "key": "one"}]}, "two apps have the key 'one'"),
        ({"apps": [TWO, {**ONE, "namespace": "two"}]}, "two apps have the namespace 'two'"),
        ({"apps": [ONE, SHOP]}, "no namespace"),
        ({"apps": [{"id": "1", "key": "one"}]}, "secret"),
        ({"apps": [{**ONE, "key": "o/ne"}]}, "key"),
        ({"apps": [{**ONE, "members": 0}]}, "members"),
        ({"apps": [{**ONE, "colour": "red"}]}, "colour"),
    ],
)
def test_settings_that_cannot_be_are_refused_and_no_secret_is_told(
    settings: dict[str, Any], why: str
) -> None:
    with pytest.raises(SettingsError, match=why) as error:
        PusherServer(**settings)
    assert "hush" not in str(error.value)
