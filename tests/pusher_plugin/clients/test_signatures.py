"""What Pusher's library for Node signs is accepted here, and what is signed here equals it."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from pusher_plugin.clients.page import Page
from pusher_plugin.clients.pusher_js import NodeServer
from tidings import Grant, Identity
from tidings_pusher import PusherAccess
from tidings_pusher.signing import body_digest, channel_text, is_signed, request_text, user_text

KEY, SECRET = "278d425bdf160c739803", "7ad3773142a6692b25b8"
MASTER_KEY = "OHRXNUZRTG5pUTFzQlFGd3J3N3Q2VFZFc0paZDEweVk="
SOCKET = "1234.5678"
ANN = Identity("ann")


@pytest.fixture
def access() -> PusherAccess:
    return PusherAccess(KEY, SECRET, encryption_master_key_base64=MASTER_KEY)


@pytest.fixture
async def library(page: Page) -> NodeServer:
    return await page.server(
        appId="3", key=KEY, secret=SECRET, host="127.0.0.1", encryptionMasterKeyBase64=MASTER_KEY
    )


@pytest.mark.parametrize("channel", ["private-user-ann", "private-encrypted-room", "private-a=,;@"])
async def test_channels_are_signed_as_the_library_signs_them(
    access: PusherAccess, library: NodeServer, channel: str
) -> None:
    signed = access.sign_channel(Grant(), ANN, SOCKET, channel)
    assert signed == await library.call("authorizeChannel", SOCKET, channel)


async def test_members_that_the_library_signed_are_signed(library: NodeServer) -> None:
    member = {"user_id": "ann", "user_info": {"name": "Ann Åberg"}}
    signed = await library.call("authorizeChannel", SOCKET, "presence-room", member)
    text = channel_text(SOCKET, "presence-room", signed["channel_data"])
    assert is_signed(SECRET, text, _digest(signed))


async def test_users_whom_the_library_signed_in_are_signed(library: NodeServer) -> None:
    signed = await library.call("authenticateUser", SOCKET, {"id": "ann", "watchlist": ["bob"]})
    assert is_signed(SECRET, user_text(SOCKET, signed["user_data"]), _digest(signed))


async def test_a_request_that_the_library_signs_is_signed(library: NodeServer) -> None:
    path, body = "/apps/3/events", '{"name":"said","data":"{}","channels":["lobby"]}'
    query = await library.call(
        "createSignedQueryString",
        {"method": "POST", "path": path, "body": body, "params": {"info": "user_count"}},
    )
    signed = dict(parse_qsl(query))
    assert signed["body_md5"] == body_digest(body.encode())
    assert is_signed(SECRET, request_text("POST", path, signed), signed["auth_signature"])
    assert not is_signed(SECRET, request_text("GET", path, signed), signed["auth_signature"])


def _digest(signed: dict[str, str]) -> str:
    key, _, digest = signed["auth"].partition(":")
    assert key == KEY
    return digest
