"""No ability can be claimed falsely: the kit finds it out, and nobody is served by it unnoticed."""

from __future__ import annotations

import pytest

from testing.false_claims import FALSE, CarriesLess, TellsNothingOfTheLarge
from testing.far_sides import broken_rules
from tidings import Abilities, Options, Tidings, Undeliverable
from tidings.testing import STORE_RULES, TRANSPORT_RULES, Make
from tidings_memory import MemoryBroker, MemoryStore

MANY_FOLLOW = {"transport.subscribe.confirmed", "transport.event.whole"}
"""Whoever breaks one of these breaks others that build on it."""


@pytest.mark.parametrize(
    ("ability", "make", "broken"), FALSE, ids=[f"{a}-{r}" for a, _, r in FALSE]
)
async def test_a_false_claim_breaks_its_rule(ability: str, make: Make, broken: str) -> None:
    rules = STORE_RULES if broken.startswith("store") else TRANSPORT_RULES
    if broken in MANY_FOLLOW:
        rules = [rule for rule in rules if rule.id == broken]

    assert await broken_rules(rules, make, within=0.5) == {broken}
    assert ability in Abilities.model_fields


def test_there_is_a_false_claim_of_each_ability() -> None:
    assert {ability for ability, _, _ in FALSE} == set(Abilities.model_fields)


@pytest.mark.parametrize("transport", [CarriesLess(), TellsNothingOfTheLarge()])
async def test_what_is_not_carried_for_all_its_claims_is_told_in_the_receipt(
    transport: MemoryBroker,
) -> None:
    async with Tidings(transport, MemoryStore(), options=Options(logged=("*",))) as tidings:
        receipt = await tidings.publish("news", "large", "x" * 9_999)
        outcome = (await receipt.outcomes())[transport.name]

    assert isinstance(outcome.error, Undeliverable)
    assert "too large" in str(outcome.error)
