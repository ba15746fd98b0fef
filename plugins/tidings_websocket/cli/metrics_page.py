"""The page that Prometheus asks, on a port of its own."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

from tidings.errors import PluginError, SettingsError

if TYPE_CHECKING:
    from wsgiref.simple_server import WSGIServer

    from prometheus_client import CollectorRegistry

    from tidings.service import Tidings

logger = logging.getLogger("tidings.serve")


class MetricsPage(NamedTuple):
    """Where it is. Each process of the server has its own: the first free one of `ports` ports."""

    host: str
    port: int
    ports: int


@asynccontextmanager
async def metrics_page(tidings: Tidings, where: MetricsPage) -> AsyncIterator[None]:
    """Answer Prometheus in threads, until exit.

    Raises:
        PluginError: prometheus-client is not installed.
        SettingsError: it cannot be listened there.
    """
    server, thread = _started(_registry(tidings), where)
    logger.info("metrics are shown", extra={"host": where.host, "port": server.server_port})
    try:
        yield
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()
        await asyncio.to_thread(thread.join)


def check_installed() -> None:
    """Refuse to go on without prometheus-client.

    Raises:
        PluginError: it is not installed.
    """
    try:
        import tidings.metrics  # noqa: F401
    except ImportError as error:
        raise PluginError("websocket", str(error)) from error


def _registry(tidings: Tidings) -> CollectorRegistry:
    from prometheus_client import CollectorRegistry, ProcessCollector

    from tidings.metrics import collectors

    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    for collector in collectors(tidings):
        registry.register(collector)
    return registry


def _started(
    registry: CollectorRegistry, where: MetricsPage
) -> tuple[WSGIServer, threading.Thread]:
    from prometheus_client import start_http_server

    for port in range(where.port, where.port + where.ports):
        try:
            return start_http_server(port, where.host, registry)
        except OSError as error:
            failed = error
    raise SettingsError(
        f"{where.host} port {where.port} cannot be listened on for metrics: {failed.strerror}. "
        "Choose another by --metrics-host and --metrics-port."
    )
