"""Running uvicorn: one process, or several under a supervisor."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from socket import socket
from typing import Any

import uvicorn

from tidings_websocket.cli.assembling import Assembled
from tidings_websocket.cli.log_lines import log_config
from tidings_websocket.cli.served import Plan, Served
from tidings_websocket.cli.sockets import BACKLOG
from tidings_websocket.cli.stopping import take_no_more_signals
from tidings_websocket.cli.workers import Workers
from tidings_websocket.front import WebSocketFront
from tidings_websocket.outlet import CLOSE_WITHIN

HUNG_AFTER = 20
"""A worker that gives no sign of life for so many seconds is ended, and another begun."""

_OWN = "tidings_websocket.cli"


@dataclass(frozen=True)
class Manner:
    """How the server runs, beside what it serves.

    level: of its log lines. as_json: those are JSON. certificate, private_key: files, for TLS.
    """

    workers: int
    level: str
    as_json: bool
    certificate: str | None
    private_key: str | None


def run(plan: Plan, what: Assembled, manner: Manner, at: socket, began: Callable[[], None]) -> bool:
    """Serve until a signal comes; tell whether all went well. The log says what did not.

    Args:
        plan: what workers make `what` from.
        what: is served.
        manner: how.
        at: where.
        began: called once clients are served.
    """
    front = what.front
    if manner.workers == 1:
        served = Served(plan, what, began)
        return _run_one(config(served, plan, front, manner), served, at)
    settled = config(plan, plan, front, manner, factory=True)
    workers = Workers(settled, at, plan.stop_within, began)
    workers.run()
    return not workers.failed


def config(
    app: Any, plan: Plan, front: WebSocketFront, manner: Manner, *, factory: bool = False
) -> uvicorn.Config:
    """Return what uvicorn is told; all of it can be sent to a worker."""
    leaving = front.leave_within + CLOSE_WITHIN + 1
    return uvicorn.Config(
        app,
        factory=factory,
        http=f"{_OWN}.doorway:Arrival",
        ws=f"{_OWN}.served:connection",
        lifespan="on",
        workers=manner.workers,
        log_config=log_config(manner.level, as_json=manner.as_json),
        access_log=False,
        proxy_headers=bool(front.proxies),
        forwarded_allow_ips=list(map(str, front.proxies)),
        server_header=False,
        backlog=BACKLOG,
        timeout_worker_healthcheck=HUNG_AFTER,
        timeout_graceful_shutdown=math.ceil(min(leaving, plan.stop_within)),
        ssl_certfile=manner.certificate,
        ssl_keyfile=manner.private_key,
    )


def _run_one(settled: uvicorn.Config, served: Served, at: socket) -> bool:
    take_no_more_signals()
    try:
        uvicorn.Server(settled).run(sockets=[at])
    except SystemExit:  # it could not start
        return False
    return not served.failed
