"""`tidings token`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from tidings.cli.invocation import Invocation
from tidings.cli.values import SPAN, USER
from tidings.errors import SettingsError

_NO_KEY = (
    "no key is configured to sign tokens with. Set `token_key` to a secret of at least 32 bytes, "
    "as TIDINGS_TOKEN_KEY in the environment or .env, or in tidings.toml. Make one by:\n"
    'python -c "import secrets; print(secrets.token_urlsafe(32))"'
)


@click.command(
    epilog="""\b
Examples:
  tidings token ann
  tidings token ops --admin --ttl 10m
  curl -H "Authorization: Bearer $(tidings token ann --ttl 5m)" ...
"""
)
@click.argument("user", type=USER)
@click.option("--ttl", type=SPAN, default="1h", show_default=True, help="How long it is valid.")
@click.option(
    "--admin", is_flag=True, help="May do everything, where the plugin admin-tokens is configured."
)
@click.pass_obj
def token(called: Invocation, /, user: str, ttl: timedelta, *, admin: bool) -> None:
    """Issue a token by which a client proves to be USER, and write it to stdout.

    It is signed with the configured `token_key`; whoever holds it is USER until it expires.
    """
    from tidings.policy import ADMIN, ADMIN_CLAIM
    from tidings.settings import Settings

    tokens = Settings.load(called.config).tokens()
    if tokens is None:
        raise SettingsError(_NO_KEY)
    expires = datetime.now(UTC) + ttl
    issued = tokens.issue(user, ttl=ttl, **{ADMIN_CLAIM: ADMIN} if admin else {})
    if called.as_json:
        called.emit({"token": issued, "user": user, "expires_at": expires.isoformat()})
    else:
        click.echo(issued)
