"""What a receiver's settings may be; a wrong one is told and not shown."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tidings.redaction import mistakes
from tidings_pusher.webhooks.webhook import EVERY, Webhook

HOOK = "https://hooks.example.com:8443/a/hush?token=hush"


def test_by_default_it_is_told_everything() -> None:
    hook = Webhook(url=HOOK)
    assert hook.kinds == EVERY
    assert hook.wants("client_event", "private-a")
    assert not hook.wants("something_else", "private-a")


def test_it_may_want_some_kinds_of_some_channels() -> None:
    hook = Webhook(url=HOOK, kinds=frozenset({"member_added"}), channels="presence-")
    assert hook.wants("member_added", "presence-a")
    assert not hook.wants("member_removed", "presence-a")
    assert not hook.wants("member_added", "private-a")


@pytest.mark.parametrize(
    ("url", "cure"),
    [
        ("ftp://hush.example", "begins with https://"),
        ("hush.example/hook", "begins with https://"),
        ("/hush", "begins with https://"),
        ("https://", "begins with https://"),
        ("https://hush:hush@example.com", "headers.Authorization"),
        ("https://hush@example.com", "headers.Authorization"),
        ("https://example.com/#hush", "behind #"),
        ("https://example.com:hush/", "give a URL"),
        ("https://example.com/hush\r\nX: y", "give a URL"),
    ],
)
def test_a_url_that_cannot_be_is_refused_with_its_cure_and_not_shown(url: str, cure: str) -> None:
    told = refusal(url=url)
    assert cure in told
    assert "hush" not in told


@pytest.mark.parametrize(
    ("headers", "cure"),
    [
        ({"X-Pusher-Key": "hush"}, "leave out header X-Pusher-Key"),
        ({"content-type": "hush"}, "leave out header content-type"),
        ({"X-Token": "hush\r\nX-More: y"}, "header X-Token needs"),
        ({"X-Token": "hush é"}, "header X-Token needs"),
        ({"X-Token": ""}, "header X-Token needs"),
        ({"X hush": "hush"}, "a header's name"),
    ],
)
def test_headers_that_cannot_be_are_refused_and_not_shown(
    headers: dict[str, str], cure: str
) -> None:
    told = refusal(url=HOOK, headers=headers)
    assert cure in told
    assert "hush" not in told


@pytest.mark.parametrize(
    "wrong", [{"kinds": ["channel_closed"]}, {"kinds": []}, {"channel": "a"}, {"batch": "perhaps"}]
)
def test_other_mistakes_are_refused(wrong: dict[str, Any]) -> None:
    assert refusal(url=HOOK, **wrong)


def test_neither_address_nor_headers_are_shown() -> None:
    hook = Webhook.model_validate({"url": HOOK, "headers": {"Authorization": "Bearer hush"}})
    assert "hush" not in f"{hook!r} {hook} {hook.headers}"
    assert hook.origin == "https://hooks.example.com:8443"


def refusal(**settings: Any) -> str:
    """Return what is told of settings that are refused: by pydantic, and where they are read."""
    with pytest.raises(ValidationError) as caught:
        Webhook(**settings)
    (mistake,) = mistakes(caught.value)
    assert mistake.words.lower() in str(caught.value).lower()
    return f"{caught.value} {mistake.words}"
