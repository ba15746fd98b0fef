"""`tidings` where pytest-asyncio runs the test: opened on the loop that the test will run on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Literal

import pytest_asyncio

if TYPE_CHECKING:
    from tidings import Tidings

Scope = Literal["function", "class", "module", "package", "session"]


def _opened_on(loop_scope: Scope) -> Any:
    @pytest_asyncio.fixture(name=f"_tidings_on_asyncio_{loop_scope}", loop_scope=loop_scope)
    async def opened(_tidings_closed: Tidings) -> AsyncIterator[Tidings]:
        async with _tidings_closed:
            yield _tidings_closed

    return opened


on_function = _opened_on("function")
on_class = _opened_on("class")
on_module = _opened_on("module")
on_package = _opened_on("package")
on_session = _opened_on("session")
