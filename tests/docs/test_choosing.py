"""The page that compares backends compares what they claim, keep, need and were measured to do."""

from __future__ import annotations

from docs.built_ins import built_in_results
from docs.choosing import PAGE, STORES, TABLES, TRANSPORTS, made, shown


def test_the_tables_are_what_the_code_and_the_records_say() -> None:
    page = PAGE.read_text("utf-8")
    assert shown(page) == set(TABLES)
    assert made(page) == page, "run: cd tests && uv run python -m docs.choosing"


def test_every_store_and_transport_that_is_built_in_is_compared() -> None:
    results = built_in_results()
    assert {row.results for row in STORES} == {name for name in results if "store" in results[name]}
    assert {row.results for row in TRANSPORTS} == {
        name for name in results if "transport" in results[name]
    }
