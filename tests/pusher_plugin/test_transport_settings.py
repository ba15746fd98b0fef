"""Settings that cannot work are refused at once, with what to do, and without their values."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from pydantic import SecretStr

from tidings import SettingsError
from tidings_pusher import PusherTransport

RIGHT = {"app_id": "3", "key": "abc", "secret": "hush-hush", "cluster": "eu"}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"app_id": "shop"}, "app_id must be text: the number"),
        ({"app_id": 3}, "app_id must be text"),
        ({"key": ""}, "key must be text"),
        ({"secret": ""}, "set secret"),
        ({"secret": 5}, "secret must be text"),
        ({"cluster": None}, "give either cluster"),
        ({"host": "localhost"}, "give either cluster"),
        ({"cluster": "https://eu"}, "without https://"),
        ({"cluster": None, "host": "a/b"}, "host must be text"),
        ({"port": 70_000}, "port must be 1 to 65535"),
        ({"authorizer": "no"}, "authorizer must be a function"),
        ({"auth_endpoint": "ftp://x"}, "auth_endpoint must be"),
        ({"auth_endpoint": "https://u:hush-hush@x/"}, "without a password"),
        ({"auth_endpoint": "https://x/", "authorizer": print}, "not both"),
        ({"encryption_master_key_base64": "hush-hush"}, "base64 of 32 bytes"),
    ],
)
def test_a_wrong_setting_is_told_with_its_cure(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=words) as caught:
        PusherTransport(**RIGHT | wrong)
    assert "hush-hush" not in str(caught.value)


@pytest.mark.parametrize("secret", ["hush-hush", SecretStr("hush-hush")])
def test_the_secret_is_not_shown(secret: str | SecretStr) -> None:
    transport = PusherTransport(app_id="3", key="abc", secret=secret, cluster="eu")
    assert "hush" not in repr(transport)
    assert "eu" in repr(transport)


def test_it_listens_where_it_is_told_to() -> None:
    quiet, listening = (
        PusherTransport(app_id="3", key="abc", secret="x", cluster="eu", listen=listen)
        for listen in (False, True)
    )
    assert not quiet.abilities.listen
    assert listening.abilities.listen


def test_its_libraries_are_loaded_when_it_is_used() -> None:
    code = "import sys, tidings_pusher; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()  # noqa: S603
    assert {"pusher", "pysher", "requests"}.isdisjoint(loaded)
