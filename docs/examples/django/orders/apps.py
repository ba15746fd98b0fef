"""What the application does beside its views: Tidings' tables, a session's beginning and end."""

from time import time
from typing import Any

from asgiref.sync import async_to_sync
from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models.signals import post_migrate
from django.http import HttpRequest

from shop.notifications import store, tidings


def make_tables(using: str, **_: Any) -> None:
    """Bring Tidings' tables up to date along with Django's."""
    if using == DEFAULT_DB_ALIAS:
        async_to_sync(store().upgrade)()


def note_beginning(request: HttpRequest, **_: Any) -> None:
    """Let each session say since when it is: a revocation ends those of before."""
    request.session["since"] = time()


def cut_off(user: Any, **_: Any) -> None:
    """End the connections of whoever signs out; what still has a session comes back."""
    if user is not None:  # signing out is not for Tidings to prevent: hence `robust`
        transaction.on_commit(lambda: tidings().disconnect(str(user.pk)), robust=True)


class OrdersConfig(AppConfig):
    """The application."""

    name = "orders"

    def ready(self) -> None:
        """Listen to Django."""
        post_migrate.connect(make_tables, sender=self)
        user_logged_in.connect(note_beginning)
        user_logged_out.connect(cut_off)
