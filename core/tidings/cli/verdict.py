"""What came of asking a plugin about one rule of the conformance kit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tidings.errors import PluginError
from tidings.plugin_check import check_plugin, plugin_name
from tidings.testing import (
    POLICY_RULES,
    STORE_RULES,
    TRANSPORT_RULES,
    ConformanceError,
    Make,
    Rule,
)

Result = Literal["kept", "broken", "skipped"]

RULES: Mapping[str, Sequence[Rule]] = {
    "store": STORE_RULES,
    "transport": TRANSPORT_RULES,
    "policy": POLICY_RULES,
}
"""The rules there are, by the kind of plugin that they are for."""

_HOOKS = {"store": "persist", "transport": "push", "policy": "authorize"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a rule is kept.

    lacks: what the plugin does not claim, where it was not asked. expected, seen: how the rule
    is broken.
    """

    rule: Rule
    result: Result
    lacks: str = ""
    expected: str = ""
    seen: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        told = {"lacks": self.lacks, "expected": self.expected, "seen": self.seen}
        kept = {key: words for key, words in told.items() if words}
        return {"rule": self.rule.id, "says": self.rule.says, "result": self.result, **kept}


async def rules_for(make: Make) -> Mapping[str, Sequence[Rule]]:
    """Look at a plugin object, and return the rules there are for all that it is, by kind.

    Raises:
        PluginError: it is no plugin, a wrong one, or of a kind that has no rules.
    """
    async with make() as node:
        plugin = node()
    name = plugin_name(plugin)
    hooks = check_plugin(name, plugin)
    found = {kind: rules for kind, rules in RULES.items() if _HOOKS[kind] in hooks}
    if not found:
        raise PluginError(name, "is no store, transport or policy: there are no rules for it")
    return found


async def judge(rule: Rule, make: Make, within: float) -> Verdict:
    """Hold a fresh plugin to a rule; whatever goes wrong is the rule's breach."""
    try:
        lacks = await rule.run(make, within=within)
    except ConformanceError as error:
        return Verdict(rule, "broken", expected=error.expected, seen=error.seen)
    except Exception as error:
        told = "a far side that opens, makes plugin objects and closes"
        return Verdict(rule, "broken", expected=told, seen=repr(error))
    return Verdict(rule, "kept") if lacks is None else Verdict(rule, "skipped", lacks=lacks)
