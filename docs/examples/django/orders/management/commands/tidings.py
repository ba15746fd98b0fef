"""`python manage.py tidings ...`: Tidings' own command, on Django's database."""

import sys
from os import environ

from django.core.management.base import BaseCommand

from shop.notifications import database_url, token_key


class Command(BaseCommand):
    """The command."""

    help = "Tidings' command, with the database and key of this project: serve, inbox, db, ..."

    def run_from_argv(self, argv: list[str]) -> None:
        """Hand all that follows on, with what Tidings would not know of Django's settings."""
        from tidings.cli import main

        environ["TIDINGS_PLUGINS__SQL__URL"] = database_url()
        environ["TIDINGS_TOKEN_KEY"] = token_key()
        sys.argv[:] = ["tidings", *argv[2:]]
        main()
