import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.access import AccessRequest, Action, Denial, Grant, Identity
from tidings.names import user_channel
from tidings.policy import AdminTokens, OwnChannels, decide, revoked

Answer = Grant | Denial | None
ANN = Identity("ann")
NEWS = AccessRequest(ANN, "news")
ACTIONS: tuple[Action, ...] = ("subscribe", "publish", "inbox", "push", "admin")
UNDECIDED = Denial("could not be decided")


def answering(
    answer: Answer, asked: list[Answer] | None = None
) -> Callable[..., Awaitable[Answer]]:
    async def policy(**_: AccessRequest) -> Answer:
        if asked is not None:
            asked.append(answer)
        await asyncio.sleep(0)
        return answer

    return policy


async def decided(*answers: Answer) -> Grant | Denial:
    policies = [(f"policy-{n}", answering(answer)) for n, answer in enumerate(answers)]
    return await decide(NEWS, policies, timeout=5)


async def alone(
    policy: Callable[..., Awaitable[Answer]],
    timeout: float = 5,  # noqa: ASYNC109
) -> Grant | Denial:
    return await decide(NEWS, [("teams", policy)], timeout)


async def test_nobody_grants_is_denied() -> None:
    assert await decided() == Denial("not granted")
    assert await decided(None, None) == Denial("not granted")


async def test_one_grant_among_the_unconcerned_is_enough() -> None:
    assert await decided(None, Grant(), None) == Grant()


async def test_one_denial_beats_all_grants() -> None:
    assert await decided(Grant(), Denial("banned"), Grant()) == Denial("banned")


async def test_after_a_denial_nobody_else_is_asked() -> None:
    asked: list[Answer] = []
    answers = (Grant(), Denial("first"), Denial("second"))

    answer = await decide(NEWS, [("p", answering(a, asked)) for a in answers], timeout=5)

    assert answer == Denial("first")
    assert asked == [Grant(), Denial("first")]


async def test_a_grant_that_shows_a_member_goes_before_one_that_does_not() -> None:
    shown, other = Grant(member={"name": "Ann"}), Grant(member={"name": "A."})

    assert await decided(Grant(), shown, other) == shown
    assert await decided(shown, Grant()) == shown
    assert await decided(Grant(member={}), shown) == Grant(member={})


@pytest.mark.parametrize("channel", ["#tidings", "#other", "", "a b", "news\n", "x" * 165])
async def test_what_is_no_channel_is_denied_before_anyone_is_asked(channel: str) -> None:
    asked: list[Answer] = []
    request = AccessRequest(ANN, channel)

    answer = await decide(request, [("all", answering(Grant(), asked))], timeout=5)

    assert answer == Denial("not a channel for clients")
    assert asked == []


async def test_a_policy_that_raises_denies_and_the_log_tells_which(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(**_: AccessRequest) -> Answer:
        raise LookupError("postgres://user:hunter2@db")

    assert await decide(NEWS, [("own", answering(Grant())), ("teams", broken)], 5) == UNDECIDED
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("tidings.access", logging.ERROR)
    assert "'teams' on subscribe of 'news': LookupError at test_policy.py:" in record.getMessage()
    assert "hunter2" not in caplog.text


async def test_a_silent_policy_denies(caplog: pytest.LogCaptureFixture) -> None:
    async def silent(**_: AccessRequest) -> Answer:
        await asyncio.Event().wait()
        return Grant()

    assert await alone(silent, timeout=0.001) == UNDECIDED
    assert "'teams' on subscribe of 'news': took too long" in caplog.text


async def test_a_grant_that_comes_too_late_is_none(caplog: pytest.LogCaptureFixture) -> None:
    async def stubborn(**_: AccessRequest) -> Answer:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return Grant()
        return None

    assert await alone(stubborn, timeout=0.001) == UNDECIDED
    assert "took too long" in caplog.text


async def test_a_timeout_of_the_policys_own_is_told_as_such(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def impatient(**_: AccessRequest) -> Answer:
        raise TimeoutError

    assert await alone(impatient) == UNDECIDED
    assert "TimeoutError at test_policy.py" in caplog.text


@pytest.mark.parametrize("answer", [True, "yes", Grant])
async def test_any_other_answer_denies(answer: object, caplog: pytest.LogCaptureFixture) -> None:
    assert await alone(answering(answer)) == UNDECIDED  # type: ignore[arg-type]
    assert f"answered {type(answer).__name__}, not Grant, Denial or None" in caplog.text


async def test_who_asks_may_stop_asking() -> None:
    reached = asyncio.Event()

    async def slow(**_: AccessRequest) -> Answer:
        reached.set()
        await asyncio.Event().wait()
        return Grant()

    asking = asyncio.create_task(alone(slow))
    await reached.wait()
    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking


@pytest.mark.parametrize("user", ["ann", "Zoë Ångström", "=ann", "ann@example.com"])
@pytest.mark.parametrize("action", ACTIONS)
async def test_a_user_hears_and_reads_their_own_channel(user: str, action: Action) -> None:
    request = AccessRequest(Identity(user), user_channel(user), action)

    granted = await OwnChannels().authorize(request)

    assert granted == (Grant() if action in {"subscribe", "inbox"} else None)


@pytest.mark.parametrize("identity", [None, Identity("bob"), Identity("An"), Identity("ANN")])
@pytest.mark.parametrize("action", ACTIONS)
async def test_nobody_else_does(identity: Identity | None, action: Action) -> None:
    request = AccessRequest(identity, user_channel("ann"), action)

    assert await OwnChannels().authorize(request) is None


@pytest.mark.parametrize("identity", [None, ANN])
@pytest.mark.parametrize("action", ACTIONS)
async def test_everyone_hears_public_channels(identity: Identity | None, action: Action) -> None:
    granted = await OwnChannels().authorize(AccessRequest(identity, "news", action))

    assert granted == (Grant() if action == "subscribe" else None)


@pytest.mark.parametrize(
    "channel",
    [
        "private-team-7",
        "private-encrypted-ann",
        "private-user-",
        "private-user-=YW5u",  # another spelling of ann's channel is nobody's
        "presence-room",
        "#tidings",
    ],
)
async def test_guarded_channels_are_left_to_other_policies(channel: str) -> None:
    for action in ACTIONS:
        assert await OwnChannels().authorize(AccessRequest(ANN, channel, action)) is None


@pytest.mark.parametrize("channel", ["news", "private-team-7", "private-user-bob", "presence-room"])
@pytest.mark.parametrize("action", ACTIONS)
async def test_whoever_has_an_admins_token_may_do_everything(channel: str, action: Action) -> None:
    admin = Identity("ops", claims={"tidings": "admin"})

    assert await AdminTokens().authorize(AccessRequest(admin, channel, action)) == Grant()


@pytest.mark.parametrize(
    "identity",
    [
        None,
        Identity("admin"),
        Identity("ops", claims={"tidings": True}),
        Identity("ops", claims={"tidings": ["admin"]}),
        Identity("ops", claims={"tidings": "Admin"}),
        Identity("ops", claims={"role": "admin", "admin": True}),
    ],
)
@pytest.mark.parametrize("action", ACTIONS)
async def test_nobody_else_has_one(identity: Identity | None, action: Action) -> None:
    assert await AdminTokens().authorize(AccessRequest(identity, "news", action)) is None


NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@given(st.integers(-3, 3))
def test_a_revocation_cuts_off_what_was_issued_before_it(microseconds: int) -> None:
    identity = Identity("ann", issued_at=NOON + timedelta(microseconds=microseconds))

    assert revoked(identity, NOON) == (microseconds < 0)


def test_without_a_revocation_nobody_is_cut_off() -> None:
    assert not revoked(Identity("ann", issued_at=NOON), None)
    assert not revoked(Identity("ann"), None)


def test_a_proof_of_unknown_age_does_not_outlive_a_revocation() -> None:
    assert revoked(Identity("ann"), NOON)
