"""The page about the kit has its rules as they are, and what came of them is no older."""

from __future__ import annotations

import pytest

from docs.built_ins import BUILT_IN, PASSED, built_in_results
from docs.conformance import PAGE, made, shown
from tidings.cli.asking import RULES, rules_for

ANEW = "cd tests && uv run python -m docs.conformance"


def test_the_page_has_the_rules_that_there_are() -> None:
    page = PAGE.read_text("utf-8")

    assert shown(page) == {(of, kind) for of in ("rules for", "results of") for kind in RULES}
    assert page == made(page), f"run {ANEW}"


@pytest.mark.parametrize("name", BUILT_IN)
async def test_a_plugin_was_held_to_the_rules_that_it_is_asked_about_now(name: str) -> None:
    recorded = built_in_results()[name]
    for kind, make in BUILT_IN[name].items():
        assert set(await rules_for(make)) == set(recorded)
        async with make() as node:
            plugin = node()

        expected = {rule.id: rule.lacking(plugin) or PASSED for rule in RULES[kind]}
        assert recorded[kind] == expected, f"run {ANEW} --record"


def test_a_store_does_on_either_database_what_it_does_on_the_other() -> None:
    results = built_in_results()

    assert results["sql on PostgreSQL"] == results["sql on SQLite"]
