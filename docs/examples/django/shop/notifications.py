"""Tidings for the views, in Django's own database."""

from functools import cache

from django.db import connection
from django.utils.crypto import salted_hmac
from sqlalchemy import URL

from tidings import Tokens
from tidings.blocking import Tidings
from tidings_sql import SqlStore


def database_url() -> str:
    """Return where Django keeps its tables; in its test runner that is the test database."""
    django = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{django['NAME']}"
    server = {"host": django["HOST"], "port": str(django["PORT"])}
    server |= {name: of for name, of in django["OPTIONS"].items() if name.startswith("ssl")}
    url = URL.create(
        "postgresql",
        username=django["USER"] or None,
        password=django["PASSWORD"] or None,
        database=django["NAME"],
        query={name: value for name, value in server.items() if value},
    )
    return url.render_as_string(hide_password=False)


def token_key() -> str:
    """Return the key that signs Tidings' tokens and tickets, made from Django's own."""
    return salted_hmac("tidings", "tokens", algorithm="sha256").hexdigest()


def store() -> SqlStore:
    """Return a store in Django's database; each `Tidings` object has one of its own."""
    return SqlStore(database_url())


@cache
def tidings() -> Tidings:
    """Return this process's one, made when it is first asked for: in a worker, or in a test."""
    return Tidings(store(), tokens=Tokens(token_key()))
