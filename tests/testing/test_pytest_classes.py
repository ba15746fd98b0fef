"""A plugin's own test suite inherits the rules, one test for each, by pytest alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tidings.policy import OwnChannels
from tidings.testing import POLICY_RULES, STORE_RULES, TRANSPORT_RULES
from tidings.testing.pytest import PolicyTests
from tidings_memory import MemoryBroker, MemoryStore

pytest_plugins = ["pytester"]


@pytest.fixture
def third_party(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Give a pytest that has neither our plugins nor our settings."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return pytester


SUITE = """
import asyncio
from contextlib import asynccontextmanager

import pytest

from tidings import hookimpl
from tidings.policy import OwnChannels
from tidings.testing.pytest import PolicyTests, StoreTests, TransportTests
from tidings_memory import MemoryBroker, MemoryStore


def tasks():
    # beside those of the runner, which come and go
    return {task for task in asyncio.all_tasks() if "TestRunner" not in repr(task)}


@pytest.fixture(autouse=True)
async def _leaves_no_task(anyio_backend):
    before = tasks()
    yield
    assert tasks() <= before


class LosesOrigins(MemoryBroker):
    @hookimpl
    async def push(self, events):
        await super().push(events=[event._replace(origin=None) for event in events])


class TestLosesOrigins(TransportTests):
    within = 0.2

    @asynccontextmanager
    async def make(self):
        plugin = LosesOrigins()
        yield lambda: plugin


class TestStore(StoreTests):
    @pytest.fixture(autouse=True)
    def _store(self):
        self.kind = MemoryStore

    @asynccontextmanager
    async def make(self):
        plugin = self.kind()
        yield lambda: plugin


class TestPolicy(PolicyTests):
    @asynccontextmanager
    async def make(self):
        yield OwnChannels
"""


def test_each_rule_is_passed_failed_or_skipped_by_its_name(third_party: pytest.Pytester) -> None:
    third_party.makepyfile(SUITE)

    result = third_party.runpytest_inprocess("-p", "anyio", "-W", "error", "-v", "-rs")

    held = [
        (MemoryBroker(), TRANSPORT_RULES),
        (MemoryStore(), STORE_RULES),
        (OwnChannels(), POLICY_RULES),
    ]
    skipped = [rule for plugin, rules in held for rule in rules if rule.lacking(plugin)]
    rules = (*TRANSPORT_RULES, *STORE_RULES, *POLICY_RULES)
    passed = len(rules) - len(skipped) - 1
    result.assert_outcomes(passed=passed, failed=1, skipped=len(skipped))
    result.stdout.fnmatch_lines(
        [
            "*::TestLosesOrigins::test_rule[[]transport.event.whole[]] FAILED*",
            "*::TestStore::test_rule[[]store.offsets.no_holes[]] PASSED*",
            "*::TestStore::test_rule[[]store.connect.durable[]] SKIPPED*",
            "*::TestPolicy::test_rule[[]policy.answer.type[]] PASSED*",
            "*ConformanceError: transport.event.whole",
            "*expected: heard within 0.2 s: *",
            "*seen: *",
            "SKIPPED * store.connect.durable: does not claim durable",
        ]
    )


def test_a_class_without_a_factory_says_what_it_lacks(third_party: pytest.Pytester) -> None:
    third_party.makepyfile(
        """
        from tidings.testing.pytest import PolicyTests

        class TestMine(PolicyTests):
            pass
        """
    )

    result = third_party.runpytest_inprocess("-p", "anyio", "-x")

    result.stdout.fnmatch_lines(["*NotImplementedError: TestMine needs a method `make`"])


def test_the_rules_cannot_be_written_over() -> None:
    with pytest.raises(TypeError, match=r"TestMine: `test_rule` holds .* leave it"):

        class TestMine(PolicyTests):
            async def test_rule(self, rule: object) -> None:
                assert rule


def test_the_kit_itself_needs_no_pytest() -> None:
    code = "import tidings.testing, sys; print('pytest' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)  # noqa: S603
    assert done.stdout.strip() == b"False"
