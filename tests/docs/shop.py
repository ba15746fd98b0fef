"""The shop of docs/integrations/django.md: its command, its pages and whoever uses them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import make_url

from docs.example_server import EXAMPLES
from event_source import EventSource, event_source

STAFF, BUYERS = "bob", ("ann", "cyd")
IDS = {"bob": "1", "ann": "2", "cyd": "3"}
OWN_PAGE, FOREIGN_PAGE = {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "cross-site"}

_SETTINGS = """
from shop.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # which takes no time
"""
_READY = f"""
from django.contrib.auth.models import User
from django.core.management import call_command

call_command("makemigrations", check_changes=True, dry_run=True)
call_command("migrate", verbosity=0)
User.objects.create_superuser({STAFF!r}, password={STAFF!r})
for name in {BUYERS!r}:
    User.objects.create_user(name, password=name)
"""
_BY_WSGI = """
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer, make_server

from shop.wsgi import application


class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


with make_server("127.0.0.1", 0, application, Threads) as server:
    print(f"Running on http://127.0.0.1:{server.server_port}")
    server.serve_forever()
"""


def variables(folder: Path, settings: str = "") -> dict[str, str]:
    """Return the environment of a shop whose database is in this folder.

    Args:
        folder: an empty one.
        settings: what else is in its settings.
    """
    (folder / "tried.py").write_text(_SETTINGS + settings)
    (folder / "by_wsgi.py").write_text(_BY_WSGI)
    return {
        "DJANGO_SETTINGS_MODULE": "tried",
        "PYTHONPATH": str(folder),
        "SECRET_KEY": "a secret of at least thirty-two bytes",
        "SHOP_DATABASE": str(folder / "shop.db"),
    }


def on_postgresql(url: str) -> str:
    """Return settings by which the shop is in this database."""
    found = make_url(url)
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": found.database,
        "USER": found.username,
        "PASSWORD": found.password or "",
        "HOST": found.query.get("host", found.host or ""),
        "PORT": found.port or "",
    }
    return f"DATABASES = {{'default': {database!r}}}"


async def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run `python manage.py` with these arguments; return what it says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "manage.py",
        *arguments,
        cwd=EXAMPLES / "django",
        env=os.environ | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def set_up(environment: dict[str, str]) -> None:
    """Make the tables, as models and migrations agree on them, and the users."""
    await manage(environment, "shell", "-v", "0", "-c", _READY)


class Visitor:
    """A user in a browser.

    Attributes:
        http: what asks for pages, with the user's cookies.
    """

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of a page, with the token that the page has against forgery."""
        forgery = {"csrfmiddlewaretoken": self.http.cookies["csrftoken"]}
        return await self.http.post(path, data=fields | forgery)

    async def sign_in(self, name: str) -> None:
        """Sign in by Django's own page."""
        await self.http.get("/login")
        answer = await self.send("/login", username=name, password=name)
        assert answer.status_code == 302, answer.text

    async def order(self, what: str, address: str = "Elm Street 1") -> str:
        """Order something; return the path that ships it."""
        assert (await self.send("/place", what=what, address=address)).status_code == 302
        page = (await self.http.get("/")).text
        return page.partition('action="/ship/')[2].partition('"')[0].join(("/ship/", ""))

    async def headings(self) -> list[str]:
        """Return what stands in the user's inbox."""
        answer = await self.http.get("/tidings/inbox")
        entries = answer.raise_for_status().json()["entries"]
        return [entry["notification"]["heading"] for entry in entries]

    def listens(self) -> AbstractAsyncContextManager[EventSource]:
        """Hear what happens, as the user's browser would."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        port = self.http.base_url.port
        assert port is not None
        return event_source(port, "/tidings/inbox/events", {"cookie": cookies})

    @asynccontextmanager
    async def listens_elsewhere(self, server: str) -> AsyncIterator[EventSource]:
        """Hear it from a server that knows no session, as the bell does: by a token."""
        token = (await self.http.post("/notifications/token")).raise_for_status().text
        headers = {"authorization": f"Bearer {token}"}
        port = httpx.URL(server).port
        assert port is not None
        async with event_source(port, "/inbox/events", headers) as source:
            yield source


@asynccontextmanager
async def visitor(url: str, name: str | None = None, **headers: Any) -> AsyncIterator[Visitor]:
    """Visit the shop; as somebody who signs in, or as a stranger."""
    headers = {**OWN_PAGE, "origin": url, **headers}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as http:
        visiting = Visitor(http)
        if name is not None:
            await visiting.sign_in(name)
        yield visiting
