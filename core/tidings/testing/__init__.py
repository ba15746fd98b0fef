"""For those who write plugins, or test what they build on Tidings. Needs no test framework.

`check_store`, `check_transport` and `check_policy` hold a plugin to named rules, each of which
can also be run by itself (`STORE_RULES`, ...); `audit` goes on after a broken one. For pytest there
are classes in `tidings.testing.pytest`. `FaultyTransport` carries as badly as it is told. `Pushed`
and `Clock` are for tests of applications.

    async def test_it_keeps_the_rules():
        await check_store(my_store)
"""

from tidings.testing.checks import (
    POLICY_RULES,
    STORE_RULES,
    TRANSPORT_RULES,
    audit,
    check_policy,
    check_store,
    check_transport,
)
from tidings.testing.clock import Clock
from tidings.testing.far_side import Make, Node
from tidings.testing.faulty import FaultyTransport
from tidings.testing.pushed import Pushed, SentEvent
from tidings.testing.report import ConformanceError, Report, Verdict
from tidings.testing.rules import Rule
from tidings.testing.selection import Selection

__all__ = [
    "POLICY_RULES",
    "STORE_RULES",
    "TRANSPORT_RULES",
    "Clock",
    "ConformanceError",
    "FaultyTransport",
    "Make",
    "Node",
    "Pushed",
    "Report",
    "Rule",
    "Selection",
    "SentEvent",
    "Verdict",
    "audit",
    "check_policy",
    "check_store",
    "check_transport",
]
