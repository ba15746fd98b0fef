"""What can be told of a plugin by looking at it: hooks, protocols, abilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tidings.hooks import HOOKS, PROJECT
from tidings.protocols import InboxRows, Log, Outbox, Presence, Revocations, Schedule, Staging
from tidings.registry import abilities_of

_PROTOCOLS = (Log, InboxRows, Schedule, Staging, Outbox, Revocations, Presence)


class Facts(NamedTuple):
    """What a plugin is and can do; abilities are those that it declares, by name."""

    hooks: tuple[str, ...]
    protocols: tuple[str, ...]
    abilities: dict[str, Any]

    @property
    def roles(self) -> tuple[str, ...]:
        """What the plugin is, in the words of the glossary."""
        return tuple(
            role
            for role, there in (
                ("store", "persist" in self.hooks),
                (self.abilities.get("role", "transport"), "push" in self.hooks),
                ("policy", "authorize" in self.hooks),
            )
            if there
        ) or ("front",)

    def as_text(self) -> Mapping[str, str]:
        """Return them for people: by what they are, those there are."""
        able = [
            name if value is True else f"{name} {value}"
            for name, value in self.abilities.items()
            if name != "role"
        ]
        told = {"hooks": self.hooks, "answers": self.protocols, "abilities": able}
        return {kind: ", ".join(names) for kind, names in told.items() if names}

    def as_json(self) -> dict[str, Any]:
        """Return them for programs."""
        return {
            "roles": list(self.roles),
            "hooks": list(self.hooks),
            "protocols": list(self.protocols),
            "abilities": self.abilities,
        }


def facts(plugin: object) -> Facts:
    """Look at a plugin, or at the class of one."""
    kind = plugin if isinstance(plugin, type) else type(plugin)
    hooks = [hook for hook in HOOKS if hasattr(getattr(kind, hook, None), f"{PROJECT}_impl")]
    protocols = [protocol.__name__ for protocol in _PROTOCOLS if issubclass(kind, protocol)]
    abilities = abilities_of(plugin).model_dump(exclude_defaults=True)
    return Facts(tuple(hooks), tuple(protocols), abilities)
