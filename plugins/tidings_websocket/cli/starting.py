"""From a call of the command to a server: what is made, checked and said before it runs."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import click

from tidings.cli.invocation import Invocation
from tidings.settings import Settings
from tidings_websocket.cli.assembling import Assembled, check_workers, new_key, takes_pushes
from tidings_websocket.cli.descriptors import SPARE, raise_limit
from tidings_websocket.cli.greeting import USER, Greeting
from tidings_websocket.cli.metrics_page import MetricsPage, check_installed
from tidings_websocket.cli.served import Plan
from tidings_websocket.cli.server import Manner, run
from tidings_websocket.cli.sockets import bound, check_certificate, url
from tidings_websocket.cli.welcoming import has_operators, has_page, operators_token
from tidings_websocket.front import WebSocketFront
from tidings_websocket.plain import PlainDialect

FIRST = timedelta(days=1)
"""How long the token for a first try is valid."""


class Address(NamedTuple):
    """Where clients connect, and where people look."""

    sockets: str
    page: str


def start(
    called: Invocation,
    address: tuple[str, int],
    stop_within: float,
    metrics: MetricsPage | None,
    manner: Manner,
) -> int:
    """Serve until a signal comes; return the exit code.

    Raises whatever is wrong, before anything has begun.
    """
    if metrics is not None:
        check_installed()
    check_certificate(manner.certificate, manner.private_key)
    settings = Settings.load(called.config)
    key = None if settings.tokens() else new_key()
    plan = Plan(called.config, key, stop_within, metrics)
    what = plan.assembled()
    check_workers(what.tidings, manner.workers)
    _check_time(stop_within, what.front.leave_within)
    room = _room(called, what.front)
    with bound(*address, workers=manner.workers) as at:
        where = url(at, "ws" if manner.certificate is None else "wss", _path(what.front))
        page = url(at, "http" if manner.certificate is None else "https", "/")
        greeting = _greeting(settings, plan, what, Address(where, page), room)
        return 0 if run(plan, what, manner, at, lambda: _greet(called, greeting)) else 1


def _check_time(stop_within: float, leave_within: float) -> None:
    if stop_within <= leave_within:
        raise click.UsageError(
            f"--stop-within {stop_within:g}: clients are sent away over {leave_within:g} s, as the "
            "setting `leave_within` says. Give more time, or lower the setting."
        )


def _room(called: Invocation, front: WebSocketFront) -> int:
    """Return how many connections a process can hold; warn if that is less than it should."""
    limit, wanted = raise_limit(), front.limits.connections
    room = wanted if limit is None else min(wanted, max(0, limit - SPARE))
    if limit is not None and room < wanted:
        called.warn(
            "FileLimit",
            f"a process may open {limit:,} files here, so it can hold about {room:,} connections, "
            f"and not the {wanted:,} of the setting `connections`. Raise the hard limit "
            "(LimitNOFILE= in systemd), or lower the setting.",
        )
    return room


def _greeting(settings: Settings, plan: Plan, what: Assembled, at: Address, room: int) -> Greeting:
    tokens = what.tidings.tokens if plan.made_key else None
    has_console = tokens and has_page(what.tidings, "/console") and has_operators(what.tidings)
    return Greeting(
        url=at.sockets,
        room=room,
        token=tokens.issue(USER, ttl=FIRST) if tokens else None,
        issues=settings.token_key is not None,
        new_file=what.new_file,
        pushes=takes_pushes(what.tidings),
        config=plan.config,
        page=at.page if has_page(what.tidings, "/") else None,
        operator=operators_token(tokens, FIRST) if tokens and has_console else None,
    )


def _greet(called: Invocation, greeting: Greeting) -> None:
    if called.as_json:
        called.emit(greeting.as_json())
    else:
        click.echo(greeting.as_text())


def _path(front: WebSocketFront) -> str:
    plain = (dialect.path for dialect in front.dialects if isinstance(dialect, PlainDialect))
    return next(plain, "/")
