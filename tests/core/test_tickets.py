from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tidings.access import Identity
from tidings.errors import InvalidName, InvalidToken
from tidings.policy import revoked
from tidings.tickets import Tickets
from tidings.tokens import Tokens

KEY = "correct horse battery staple, twice over"
NOON = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> Tokens:
    return Tokens(KEY, clock=clock)


@pytest.fixture
def tickets(tokens: Tokens) -> Tickets:
    return Tickets(tokens)


def test_a_ticket_stands_for_the_token_it_was_issued_for(
    tokens: Tokens, tickets: Tickets, clock: Clock
) -> None:
    identity = tokens.verify(tokens.issue("ann", role="editor"))
    clock.now += timedelta(minutes=10)

    assert tickets.redeem(tickets.issue(identity)) == identity


def test_a_ticket_is_taken_once(tickets: Tickets) -> None:
    ticket = tickets.issue(Identity("ann"))
    tickets.redeem(ticket)

    with pytest.raises(InvalidToken, match="used already: get a new one"):
        tickets.redeem(ticket)


def test_each_ticket_is_another(tickets: Tickets) -> None:
    one, other = tickets.issue(Identity("ann")), tickets.issue(Identity("ann"))

    tickets.redeem(one)

    assert tickets.redeem(other).user == "ann"


def test_a_ticket_waits_for_a_minute(tickets: Tickets, clock: Clock) -> None:
    early, late = tickets.issue(Identity("ann")), tickets.issue(Identity("ann"))

    clock.now += timedelta(seconds=60)
    assert tickets.redeem(early).user == "ann"
    clock.now += timedelta(seconds=5)
    with pytest.raises(InvalidToken, match="expired"):
        tickets.redeem(late)


def test_a_ticket_ends_with_the_token_it_stands_for(
    tokens: Tokens, tickets: Tickets, clock: Clock
) -> None:
    identity = tokens.verify(tokens.issue("ann", ttl=timedelta(seconds=10)))
    ticket = tickets.issue(identity)

    clock.now += timedelta(seconds=15)

    with pytest.raises(InvalidToken, match="expired"):
        tickets.redeem(ticket)


def test_neither_passes_as_the_other(tokens: Tokens, tickets: Tickets) -> None:
    with pytest.raises(InvalidToken, match="for another purpose"):
        tokens.verify(tickets.issue(Identity("ann")))
    with pytest.raises(InvalidToken, match="for another purpose"):
        tickets.redeem(tokens.issue("ann"))


def test_a_ticket_of_another_key_is_refused(tickets: Tickets) -> None:
    with pytest.raises(InvalidToken, match="not signed with this key"):
        tickets.redeem(Tickets(Tokens(KEY[::-1])).issue(Identity("ann")))


def test_a_ticket_is_revoked_with_its_token(tokens: Tokens, tickets: Tickets, clock: Clock) -> None:
    identity = tokens.verify(tokens.issue("ann"))
    clock.now += timedelta(seconds=1)
    not_before = clock.now
    clock.now += timedelta(seconds=1)

    assert revoked(tickets.redeem(tickets.issue(identity)), not_before)


def test_who_the_application_itself_vouches_for_was_proven_when_the_ticket_was_made(
    tickets: Tickets,
) -> None:
    identity = tickets.redeem(tickets.issue(Identity("ann")))

    assert (identity.issued_at, identity.expires_at) == (NOON, None)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.dictionaries(st.text("abc"), st.integers() | st.text("abc")),
)
def test_nothing_about_an_identity_is_lost(issued_at: datetime, claims: dict[str, object]) -> None:
    tickets = Tickets(Tokens(KEY, clock=lambda: NOON))
    identity = Identity("Zoë", issued_at, NOON + timedelta(days=1), claims)

    assert tickets.redeem(tickets.issue(identity)) == identity


def test_who_cannot_be_a_user_gets_no_ticket(tickets: Tickets) -> None:
    with pytest.raises(InvalidName, match="user id"):
        tickets.issue(Identity(""))


class Redeeming(RuleBasedStateMachine):
    """Tickets are issued, used and used again while time goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.tickets = Tickets(Tokens(KEY, clock=self.clock))
        self.issued: list[tuple[str, datetime]] = []
        self.used: dict[str, datetime] = {}

    @rule(left=st.none() | st.integers(1, 200))
    def issue(self, left: int | None) -> None:
        ends = None if left is None else self.clock.now + timedelta(seconds=left)
        expires = self.clock.now + timedelta(seconds=60)
        ticket = self.tickets.issue(Identity("ann", expires_at=ends))
        self.issued.append((ticket, min(expires, ends or expires)))

    @rule(seconds=st.integers(1, 40))
    def time_goes_on(self, seconds: int) -> None:
        self.clock.now += timedelta(seconds=seconds)

    @rule(data=st.data())
    def redeem(self, data: st.DataObject) -> None:
        if not self.issued:
            return
        ticket, expires = data.draw(st.sampled_from(self.issued))
        valid = ticket not in self.used and self.clock.now < expires + timedelta(seconds=5)
        try:
            self.tickets.redeem(ticket)
        except InvalidToken:
            assert not valid
        else:
            assert valid
            self.used[ticket] = self.clock.now

    @invariant()
    def only_tickets_that_might_come_again_are_remembered(self) -> None:
        if self.used and max(self.used.values()) == self.clock.now:
            young = self.clock.now - timedelta(seconds=65)
            assert len(self.tickets._used) <= sum(at > young for at in self.used.values())


TestRedeeming = Redeeming.TestCase
TestRedeeming.settings = settings(max_examples=30, stateful_step_count=30)
