"""`tidings serve`."""

from __future__ import annotations

import click

from tidings.cli.invocation import Invocation
from tidings.cli.values import Value, seconds
from tidings.errors import PluginError

_FILE = click.Path(exists=True, dir_okay=False)
_PORT = click.IntRange(0, 65535)
_SECONDS = Value("seconds", seconds)


@click.command(
    epilog="""\b
Examples:
  tidings serve
  tidings serve --host 0.0.0.0 --port 443 --ssl-certfile cert.pem --ssl-keyfile key.pem
  tidings serve --workers 4 --metrics-port 9400

\b
What is served stands in tidings.toml: the front's limits in [plugins.websocket],
the store and the broker in tables of their own. Without any, things are kept in
./tidings.db. SIGTERM and Ctrl-C stop it kindly; once more, at once.
"""
)
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0: every address.")
@click.option("--port", type=_PORT, default=8000, show_default=True, help="0: any that is free.")
@click.option(
    "--workers", type=click.IntRange(1), default=1, show_default=True, help="So many processes."
)
@click.option("--ssl-certfile", type=_FILE, help="A certificate, for wss://.")
@click.option("--ssl-keyfile", type=_FILE, help="Its private key, if that is not in it.")
@click.option(
    "--stop-within",
    type=_SECONDS,
    default=25.0,
    show_default=True,
    metavar="SECONDS",
    help="How long stopping may take.",
)
@click.option("--metrics-port", type=_PORT, help="Show metrics to Prometheus here.")
@click.option("--metrics-host", default="127.0.0.1", show_default=True, help="Where that port is.")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
)
@click.pass_obj
def serve(
    called: Invocation,
    /,
    *,
    host: str,
    port: int,
    workers: int,
    ssl_certfile: str | None,
    ssl_keyfile: str | None,
    stop_within: float,
    metrics_port: int | None,
    metrics_host: str,
    log_level: str,
) -> int:
    """Let WebSocket clients in.

    Without settings it is ready for a first try: it says what to type next.
    """
    try:
        from tidings_websocket.cli.metrics_page import MetricsPage
        from tidings_websocket.cli.server import Manner
        from tidings_websocket.cli.starting import start
    except ImportError as error:
        raise PluginError("websocket", f"{error}: pip install 'tidings[serve]'") from error

    if ssl_keyfile is not None and ssl_certfile is None:
        raise click.UsageError("--ssl-keyfile is of a certificate: give --ssl-certfile too.")
    metrics = None if metrics_port is None else MetricsPage(metrics_host, metrics_port, workers)
    manner = Manner(workers, log_level, called.as_json, ssl_certfile, ssl_keyfile)
    return start(called, (host, port), stop_within, metrics, manner)
