"""The kit can fail: each broken plugin breaks exactly its rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from testing import broken_failures as on_bad_days
from testing.broken_stores import BROKEN as BROKEN_STORES
from testing.broken_transports import BROKEN_POLICIES, BROKEN_TRANSPORTS
from testing.far_sides import broken_rules, shared
from tidings.testing import POLICY_RULES, STORE_RULES, TRANSPORT_RULES

Broken = tuple[Callable[[], object], set[str]]


def _name(value: object) -> str:
    return getattr(value, "__name__", "breaks")


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    while on_bad_days.LEFT:
        on_bad_days.LEFT.pop(0)()


@pytest.mark.parametrize(
    ("store", "rules"), [*BROKEN_STORES.items(), *on_bad_days.BROKEN_STORES.items()], ids=_name
)
async def test_a_broken_store_is_found_out(store: Callable[[], object], rules: set[str]) -> None:
    assert await broken_rules(STORE_RULES, shared(store)) == rules


@pytest.mark.parametrize(
    ("transport", "rules"),
    [*BROKEN_TRANSPORTS.items(), *on_bad_days.BROKEN_TRANSPORTS.items()],
    ids=_name,
)
async def test_a_broken_transport_is_found_out(
    transport: Callable[[], object], rules: set[str]
) -> None:
    assert await broken_rules(TRANSPORT_RULES, shared(transport), within=0.2) == rules


@pytest.mark.parametrize(
    ("policy", "rules"), [*BROKEN_POLICIES.items(), *on_bad_days.BROKEN_POLICIES.items()], ids=_name
)
async def test_a_broken_policy_is_found_out(policy: Callable[[], object], rules: set[str]) -> None:
    assert await broken_rules(POLICY_RULES, shared(policy), within=0.2) == rules
