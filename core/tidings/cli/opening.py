"""A command's `Tidings` object, as the settings make it, open for as long as the command works."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import NamedTuple

from tidings import Tidings
from tidings.cli.default_store import FILE, Default, default_store
from tidings.cli.invocation import Invocation
from tidings.configured import configured
from tidings.registry import abilities_of
from tidings.settings import Settings

_MEMORY_ONLY = "this is in memory only, and gone when the command ends."
_NO_STORE = "no store is configured: this reaches who listens now, and nobody's inbox."
_CONFIGURE = (
    "To keep it, give a durable store a table in tidings.toml, [plugins.NAME]; `tidings plugins` "
    "shows those installed."
)


class Made(NamedTuple):
    """A `Tidings` object that is not open yet, and what the command gave it for a store."""

    tidings: Tidings
    default: Default


def made(called: Invocation) -> Made:
    """Make what the settings say, with the command's own store where they have none.

    Raises:
        SettingsError, PluginError: as `Tidings.from_settings` does.
    """
    settings = Settings.load(called.config)
    plugins, keywords = configured(settings)
    default = default_store(settings.plugins, plugins)
    if default.store is not None:
        plugins.append(default.store)
    return Made(Tidings(*plugins, **keywords), default)


@asynccontextmanager
async def opened(called: Invocation) -> AsyncIterator[Tidings]:
    """Open what the settings say; warn where nothing will last, and of what goes wrong in it."""
    tidings, default = made(called)
    store = tidings.hooks.store
    if store is None:
        called.warn("NoStore", f"{_NO_STORE} {_cure(default)}")
    elif not abilities_of(store).durable:
        called.warn("MemoryOnly", f"{_MEMORY_ONLY} {_cure(default)}")
    file = default.new_file()
    with told_to(called):
        async with tidings:
            tell_of(called, file)
            yield tidings


def tell_of(called: Invocation, file: Path | None) -> None:
    """Say where things are kept from now on, if the command's own file has just been made."""
    if file is not None:
        called.note("KeptIn", f"no store is configured, so this is kept in {file}", file=str(file))


def _cure(default: Default) -> str:
    if default.problem is None:
        return _CONFIGURE
    return f"It would be kept in {FILE}, but for this: {default.problem}"


@contextmanager
def told_to(called: Invocation, of: str = "tidings") -> Iterator[None]:
    """Let warnings of this logger come out as the command's others do, and no other warnings."""

    class Warnings(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            called.warn("Log", record.getMessage())

    handler = Warnings(logging.WARNING)
    handler.addFilter(logging.Filter(of))
    logger = logging.getLogger("tidings")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
