"""Which rules of the conformance kit a plugin is asked about, and what comes of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tidings.errors import PluginError
from tidings.plugin_check import check_plugin, plugin_name
from tidings.testing import (
    POLICY_RULES,
    STORE_RULES,
    TRANSPORT_RULES,
    ConformanceError,
    Make,
    Rule,
    Verdict,
)

RULES: Mapping[str, Sequence[Rule]] = {
    "store": STORE_RULES,
    "transport": TRANSPORT_RULES,
    "policy": POLICY_RULES,
}
"""The rules there are, by the kind of plugin that they are for."""

_HOOKS = {"store": "persist", "transport": "push", "policy": "authorize"}


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
    """Hold a fresh plugin to a rule; a far side that is none is the rule's breach as well."""
    try:
        return await rule.judge(make, within=within)
    except Exception as error:
        expected = "a far side that opens, makes plugin objects and closes"
        return Verdict(rule, "failed", error=ConformanceError(rule.id, expected, repr(error)))
