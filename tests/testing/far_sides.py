"""Far sides within the process, for rules to be tried on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from tidings.testing import ConformanceError, Make, Rule


def shared(plugin: Callable[[], object]) -> Make:
    """Return the far side that is the plugin object itself."""

    @asynccontextmanager
    async def make() -> AsyncIterator[Callable[[], object]]:
        one = plugin()
        yield lambda: one

    return make


async def broken_rules(rules: Sequence[Rule], make: Make, within: float = 1.0) -> set[str]:
    """Return the ids of the rules that do not hold."""
    broken = set()
    for rule in rules:
        with suppress(ConformanceError):
            await rule.run(make, within=within)
            continue
        broken.add(rule.id)
    return broken
