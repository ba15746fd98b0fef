"""What a rule is: a name, one sentence, and a function that finds out whether it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from tidings.errors import PluginError
from tidings.plugin_check import check_plugin, plugin_name
from tidings.protocols import Schedule
from tidings.registry import abilities_of
from tidings.testing.report import ConformanceError, Verdict

if TYPE_CHECKING:
    from tidings.testing.far_side import FarSide, Make

Check: TypeAlias = "Callable[[FarSide], Awaitable[None]]"
Need: TypeAlias = type | str
"""A Protocol the plugin object satisfies, a hook it implements, its role, or an ability."""

_HOOKS = frozenset({"connect", "subscribe"})
_ROLES = frozenset({"broker", "carrier"})


class Unmet(Exception):
    """Raised within a rule's check: what was expected there, and what was seen instead."""

    def __init__(self, expected: str, seen: str) -> None:
        super().__init__(f"expected {expected}; seen {seen}")
        self.expected = expected
        self.seen = seen


def equal(what: str, seen: object, expected: object) -> None:
    """Hold what was seen against what it had to be."""
    if seen != expected:
        raise Unmet(f"{what}: {expected!r}", repr(seen))


def hold(what: str, holds: object, seen: object) -> None:
    """Hold a statement to be true; `seen` is what is told if it is not."""
    if not holds:
        raise Unmet(what, repr(seen))


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, by its id.

    says: what it demands, in a sentence. needs: what a plugin must claim to be asked about it:
    Protocols of `tidings.protocols`, a hook, a role or an ability; each must hold.

    Example:
        for rule in TRANSPORT_RULES:
            print(rule.id, await rule.run(make) or "kept")
    """

    id: str
    says: str
    check: Check
    needs: Sequence[Need] = ()

    @property
    def claims(self) -> Sequence[str]:
        """The names of what it needs, such as `Presence`, `subscribe`, `broker` or `durable`."""
        return [need if isinstance(need, str) else need.__name__ for need in self.needs]

    def lacking(self, plugin: object) -> str | None:
        """Return what this plugin does not claim, so that it is not asked; None where it is."""
        return _lacking(plugin, self.needs)

    async def judge(self, make: Make, *, within: float = 5.0) -> Verdict:
        """Hold a fresh plugin to this rule, as `run` does, and say what came of it."""
        try:
            lacking = await self.run(make, within=within)
        except ConformanceError as error:
            return Verdict(self, "failed", error=error)
        return Verdict(self, "passed" if lacking is None else "skipped", lacking)

    async def run(self, make: Make, *, within: float = 5.0) -> str | None:
        """Hold a fresh plugin to this rule.

        Args:
            make: opens a far side for it; see `check_transport`.
            within: how long, in seconds, anything may take; the whole may take four times that.

        Returns:
            None where it keeps the rule; where it is not asked, what it does not claim.

        Raises:
            ConformanceError: it does not.
        """
        from tidings.testing.far_side import FarSide

        __tracebackhide__ = True
        async with make() as node:
            plugin = node()
            try:
                lacking = self.lacking(plugin)
            except PluginError as error:
                taken = "a plugin that the core takes"
                raise ConformanceError(self.id, taken, str(error)) from error
            if lacking is not None:
                return lacking
            bare = abilities_of(plugin).bare
            await self._hold(FarSide(make, node, within, bare=bare), 4 * within)
        return None

    async def _hold(self, far: FarSide, seconds: float) -> None:
        __tracebackhide__ = True
        try:
            async with asyncio.timeout(seconds):
                await self.check(far)
        except Unmet as unmet:
            raise ConformanceError(self.id, unmet.expected, unmet.seen) from None
        except TimeoutError as error:
            seen = f"not done within {seconds:g} s"
            raise ConformanceError(self.id, self.says, seen) from error
        except Exception as error:
            raise ConformanceError(self.id, self.says, repr(error)) from error


def rule(id: str, *needs: Need) -> Callable[[Check], Rule]:  # noqa: A002
    """Make a rule of the function below, which says in its docstring what it demands."""

    def made(check: Check) -> Rule:
        return Rule(id, (check.__doc__ or "").strip(), check, needs)

    return made


def _lacking(plugin: object, needs: Sequence[Need]) -> str | None:
    """Return what the plugin does not claim of what is needed, or None."""
    for need in needs:
        if isinstance(need, type):
            if not isinstance(plugin, need):
                return f"is no {need.__name__}"
            if need is Schedule and "carries" not in needs and abilities_of(plugin).carries:
                return "appends what is due where it is"  # by another's clock, and tells nobody
        elif need in _HOOKS:
            if need not in check_plugin(plugin_name(plugin), plugin):
                return f"does not implement {need}"
        elif need in _ROLES:
            if abilities_of(plugin).role != need:
                return f"is no {need}"
        elif not getattr(abilities_of(plugin), need):
            return f"does not claim {need}"
    return None
