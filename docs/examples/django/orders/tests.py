"""How a view that notifies is tested: by Django's own runner, `python manage.py test`."""

from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.test import TestCase, TransactionTestCase

from orders.models import Order
from shop.notifications import tidings


class Shipping:
    """A buyer, her order and whoever sends it; Tidings is open in the test database."""

    client: Any

    @classmethod
    def setUpClass(cls) -> None:
        """Open Tidings, and close it before the test database is taken away."""
        super().setUpClass()
        tidings().open()
        cls.addClassCleanup(tidings().close)

    def setUp(self) -> None:
        """Sign in."""
        self.ann = User.objects.create(username="ann")
        self.order = Order.objects.create(buyer=self.ann, what="Tea", address="Elm Street 1")
        self.client.force_login(User.objects.create(username="bob", is_superuser=True))

    def ship(self) -> int:
        """Send the order; return the answer's status."""
        return self.client.post(f"/ship/{self.order.pk}").status_code


class WithinATest(Shipping, TestCase):
    """Fast, as nothing is committed: what would be told is found where it was staged."""

    def test_a_buyer_will_be_told(self) -> None:
        self.assertEqual(self.ship(), 302)
        with connection.cursor() as cursor:
            cursor.execute("SELECT channel FROM tidings_staged")
            self.assertEqual(cursor.fetchall(), [(f"private-user-{self.ann.pk}",)])


class ToTheEnd(Shipping, TransactionTestCase):
    """Slower, with commits as in production."""

    def test_a_buyer_is_told_once_the_order_is_really_sent(self) -> None:
        with tidings().inbox(str(self.ann.pk)).watch_pending() as pending:
            before = next(pending)
            Order.objects.update(address="")
            self.assertEqual(self.ship(), 409)
            Order.objects.update(address="Elm Street 1")
            self.assertEqual(self.ship(), 302)
            self.assertEqual(pending.next(timeout=10), before + 1)
