"""The rules as pytest tests: a class to inherit from for each kind of plugin.

Needs pytest, and the plugin for it that anyio brings, which is there wherever Tidings is.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

import pytest

from tidings.testing.checks import POLICY_RULES, STORE_RULES, TRANSPORT_RULES
from tidings.testing.far_side import Node
from tidings.testing.rules import Rule

__all__ = ["PolicyTests", "StoreTests", "TransportTests"]


class _RuleTests:
    """What the three have in common.

    Attributes:
        within: how long, in seconds, anything may take to arrive; a rule may take four times that.
    """

    within: float = 5.0

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.__module__ != __name__ and "test_rule" in vars(cls):
            raise TypeError(f"{cls.__name__}: `test_rule` holds a plugin to the rules; leave it")

    def make(self) -> AbstractAsyncContextManager[Node]:
        """Open a fresh far side, and give what makes a plugin object on it.

        Called once for each rule, and for some twice at a time; see `check_transport`.
        """
        raise NotImplementedError(f"{type(self).__name__} needs a method `make`")

    @pytest.fixture(scope="session")
    @staticmethod
    def anyio_backend() -> str:
        """Run on asyncio, as Tidings does."""
        return "asyncio"

    async def _lacking(self, rule: Rule) -> str | None:
        """Hold a fresh plugin to this rule; return what it does not claim, if it is not asked."""
        __tracebackhide__ = True
        lacking = await rule.run(self.make, within=self.within)
        return lacking and f"{rule.id}: {lacking}"


def _each(rules: Sequence[Rule]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("rule", rules, ids=lambda rule: rule.id)


@pytest.mark.anyio
class TransportTests(_RuleTests):
    """Holds a broker or carrier to the rules for transports: a test for each, named by its id.

    A rule about what the plugin does not claim is skipped, and says so; any other is run.

    Example:
        class TestValkey(TransportTests):
            @asynccontextmanager
            async def make(self):
                prefix = new_prefix()
                yield lambda: ValkeyBroker(url=URL, prefix=prefix)
    """

    @_each(TRANSPORT_RULES)
    async def test_rule(self, rule: Rule) -> None:
        """Hold a fresh plugin to this rule."""
        if lacking := await self._lacking(rule):
            pytest.skip(lacking)


@pytest.mark.anyio
class StoreTests(_RuleTests):
    """Holds a store to the rules for stores, as `TransportTests` does a transport.

    Example:
        class TestMyStore(StoreTests):
            @asynccontextmanager
            async def make(self):
                with TemporaryDirectory() as folder:
                    yield lambda: MyStore(path=f"{folder}/log")
    """

    @_each(STORE_RULES)
    async def test_rule(self, rule: Rule) -> None:
        """Hold a fresh plugin to this rule."""
        if lacking := await self._lacking(rule):
            pytest.skip(lacking)


@pytest.mark.anyio
class PolicyTests(_RuleTests):
    """Holds a policy to the rules for policies, as `TransportTests` does a transport.

    Example:
        class TestTeams(PolicyTests):
            @asynccontextmanager
            async def make(self):
                yield Teams
    """

    @_each(POLICY_RULES)
    async def test_rule(self, rule: Rule) -> None:
        """Hold a fresh plugin to this rule."""
        if lacking := await self._lacking(rule):
            pytest.skip(lacking)
