"""What an access endpoint signs for Pusher's clients, and what it never signs."""

from __future__ import annotations

import json

import pytest
from pusher import Pusher
from pydantic import SecretStr

from tidings import (
    AccessRequest,
    Denial,
    Grant,
    Identity,
    InvalidData,
    InvalidName,
    SettingsError,
    Tidings,
    Unsupported,
    hookimpl,
)
from tidings_pusher import AccessDenied, App, PusherAccess
from tidings_pusher.signing import sign

KEY, SECRET = "278d425bdf160c739803", "7ad3773142a6692b25b8"
MASTER = "OHRXNUZRTG5pUTFzQlFGd3J3N3Q2VFZFc0paZDEweVk="
SOCKET = "1234.1234"
ANN = Identity("ann")
GUARDED = ("private-foobar", "presence-foobar", "private-user-ann", "private-encrypted-foobar")


class Policy:
    """Gives one answer to everything, and remembers what it was asked."""

    name = "one-answer"

    def __init__(self, answer: Grant | Denial | None) -> None:
        self.answer = answer
        self.asked: list[AccessRequest] = []

    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | Denial | None:
        self.asked.append(request)
        return self.answer


@pytest.fixture
def access() -> PusherAccess:
    return PusherAccess(KEY, SECRET, encryption_master_key_base64=MASTER)


async def test_a_private_channel_is_signed_as_the_documents_show(access: PusherAccess) -> None:
    signature = "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4"
    async with Tidings(Policy(Grant())) as tidings:
        answer = await access.channel(tidings, ANN, SOCKET, "private-foobar")
    assert answer == {"auth": f"{KEY}:{signature}"}


async def test_a_member_is_signed_as_the_policy_shows_it(access: PusherAccess) -> None:
    async with Tidings(Policy(Grant(member={"name": "Ann"}))) as tidings:
        answer = await access.channel(tidings, ANN, SOCKET, "presence-foobar")
    data = answer["channel_data"]
    assert json.loads(data) == {"user_id": "ann", "user_info": {"name": "Ann"}}
    assert answer["auth"] == f"{KEY}:{sign(SECRET, f'{SOCKET}:presence-foobar:{data}')}"


async def test_an_encrypted_channel_comes_with_its_key_as_text(access: PusherAccess) -> None:
    async with Tidings(Policy(Grant())) as tidings:
        answer = await access.channel(tidings, ANN, SOCKET, "private-encrypted-channel")
    assert answer["shared_secret"] == "VmIsNZtCSteh8kazd2toc+ofhohBtUouQRSDtRvuyVI="


async def test_an_encrypted_channel_needs_a_key() -> None:
    async with Tidings(Policy(Grant())) as tidings:
        with pytest.raises(Unsupported, match="encryption_master_key_base64"):
            await PusherAccess(KEY, SECRET).channel(
                tidings, ANN, SOCKET, "private-encrypted-channel"
            )


async def test_a_user_signs_in_as_its_user(access: PusherAccess) -> None:
    async with Tidings() as tidings:
        answer = await access.user(tidings, ANN, SOCKET)
    data = answer["user_data"]
    assert json.loads(data) == {"id": "ann"}
    assert answer["auth"] == f"{KEY}:{sign(SECRET, f'{SOCKET}::user::{data}')}"


@pytest.mark.parametrize("channel", GUARDED)
async def test_the_pusher_package_signs_alike(access: PusherAccess, channel: str) -> None:
    theirs = Pusher("1", KEY, SECRET, encryption_master_key_base64=MASTER)
    member = {"user_id": "ann", "user_info": {"name": "Änn"}}
    custom = member if channel.startswith("presence-") else None
    async with Tidings(Policy(Grant(member=member["user_info"]))) as tidings:  # type: ignore[arg-type]
        ours = await access.channel(tidings, ANN, SOCKET, channel)
    assert ours["auth"] == theirs.authenticate(channel, SOCKET, custom)["auth"]


async def test_the_pusher_package_signs_users_alike(access: PusherAccess) -> None:
    theirs = Pusher("1", KEY, SECRET)
    user = {"id": "ann", "user_info": {"name": "Ann"}, "watchlist": ["bob"]}
    async with Tidings() as tidings:
        ours = await access.user(tidings, ANN, SOCKET, {"name": "Ann"}, ["bob"])
    assert ours == theirs.authenticate_user(SOCKET, user)


@pytest.mark.parametrize("channel", [name for name in GUARDED if "user" not in name])
async def test_nothing_is_signed_that_nobody_granted(access: PusherAccess, channel: str) -> None:
    async with Tidings() as tidings:
        with pytest.raises(AccessDenied, match="not granted"):
            await access.channel(tidings, ANN, SOCKET, channel)


async def test_a_denial_is_told_in_the_policys_words(access: PusherAccess) -> None:
    async with Tidings(Policy(Denial("the room is full"))) as tidings:
        with pytest.raises(AccessDenied, match=r"^the room is full$"):
            await access.channel(tidings, ANN, SOCKET, "private-foobar")
        with pytest.raises(AccessDenied, match=r"^the room is full$"):
            await access.user(tidings, ANN, SOCKET)


@pytest.mark.parametrize("channel", GUARDED)
async def test_nobody_in_particular_gets_no_guarded_channel(
    access: PusherAccess, channel: str
) -> None:
    async with Tidings(Policy(Grant())) as tidings:
        with pytest.raises(AccessDenied, match="who you are"):
            await access.channel(tidings, None, SOCKET, channel)
        with pytest.raises(AccessDenied, match="who you are"):
            await access.user(tidings, None, SOCKET)


@pytest.mark.parametrize(
    "channel",
    ["#server-to-user-ann", "#tidings", "", "private-a:b", "private-a b", "private-" + "a" * 157],
)
async def test_an_impossible_channel_is_never_signed(access: PusherAccess, channel: str) -> None:
    async with Tidings(Policy(Grant())) as tidings:
        with pytest.raises(InvalidName):
            await access.channel(tidings, ANN, SOCKET, channel)


async def test_a_public_channel_needs_no_signature(access: PusherAccess) -> None:
    async with Tidings() as tidings:
        with pytest.raises(InvalidName, match="public"):
            await access.channel(tidings, ANN, SOCKET, "news")


@pytest.mark.parametrize("socket", ["", "1", "1.2.3", "1.2\n", "1.2::user", "a.b", "\u0661.\u0662"])
async def test_a_wrong_socket_id_is_never_signed(access: PusherAccess, socket: str) -> None:
    async with Tidings(Policy(Grant())) as tidings:
        with pytest.raises(InvalidName, match="socket id"):
            await access.channel(tidings, ANN, socket, "private-foobar")
        with pytest.raises(InvalidName, match="socket id"):
            await access.user(tidings, ANN, socket)


async def test_each_channel_of_a_batch_has_its_own_answer(access: PusherAccess) -> None:
    async with Tidings() as tidings:
        answers = await access.channels(
            tidings, ANN, SOCKET, ["private-user-ann", "private-user-bob", "#tidings"]
        )
        alone = await access.channel(tidings, ANN, SOCKET, "private-user-ann")
    assert answers["private-user-ann"] == alone
    assert isinstance(answers["private-user-bob"], AccessDenied)
    assert isinstance(answers["#tidings"], InvalidName)


async def test_a_namespace_is_seen_by_policies_and_not_by_clients() -> None:
    policy = Policy(Grant())
    access = PusherAccess.of(App(id="1", key=KEY, secret=SECRET, namespace="shop"))
    async with Tidings(policy) as tidings:
        answer = await access.channel(tidings, ANN, SOCKET, "presence-room")
        await access.user(tidings, ANN, SOCKET)
    assert [(asked.channel, asked.identity and asked.identity.user) for asked in policy.asked] == [
        ("presence-shop;room", "shop;ann"),
        ("private-user-shop;ann", "shop;ann"),
    ]
    data = answer["channel_data"]
    assert json.loads(data)["user_id"] == "ann"
    assert answer["auth"] == f"{KEY}:{sign(SECRET, f'{SOCKET}:presence-room:{data}')}"


async def test_too_much_to_show_of_a_member_is_an_error(access: PusherAccess) -> None:
    async with Tidings(Policy(Grant(member={"name": "a" * 2000}))) as tidings:
        with pytest.raises(InvalidData, match="at most 1024"):
            await access.channel(tidings, ANN, SOCKET, "presence-foobar")


async def test_a_revoked_identity_is_signed_nothing(access: PusherAccess) -> None:
    async with Tidings() as tidings:
        await tidings.disconnect("ann", revoke=True)
        with pytest.raises(AccessDenied, match="revoked"):
            await access.user(tidings, ANN, SOCKET)


def test_secrets_stand_in_no_error_and_no_repr(access: PusherAccess) -> None:
    assert SECRET not in repr(access)
    assert MASTER not in repr(access)
    with pytest.raises(SettingsError) as refused:
        PusherAccess("a key with blanks", SECRET)
    assert SECRET not in str(refused.value)
    with pytest.raises(SettingsError) as refused:
        PusherAccess(KEY, SECRET, encryption_master_key_base64="c2hvcnQ=")
    assert "c2hvcnQ" not in str(refused.value)


def test_an_apps_own_limits_hold() -> None:
    app = App(id="1", key="k", secret=SecretStr("s"), member_bytes=10)
    seen = Grant({"name": "longer than that"})

    with pytest.raises(InvalidData, match="at most 10"):
        PusherAccess.of(app).sign_channel(seen, Identity("ann"), "1.2", "presence-room")
