"""The shop's pages. They are ordinary Django views: no `async`, no channels."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from orders.models import Order
from shop.notifications import tidings
from tidings import Notification, Payload


@require_safe
@login_required
def orders(request: HttpRequest) -> HttpResponse:
    """Show one's orders, to staff all of them; the page has the bell."""
    shown = Order.objects.order_by("-pk")
    if not request.user.is_staff:
        shown = shown.filter(buyer=request.user)
    return render(
        request, "orders/orders.html", {"orders": shown, "tidings_url": settings.TIDINGS_URL}
    )


@require_POST
@login_required
def place(request: HttpRequest) -> HttpResponse:
    """Order something."""
    what, address = request.POST["what"][:100], request.POST["address"][:200]
    order = Order(buyer=request.user, what=what, address=address)
    try:
        on_its_way(order)
    except ValueError:  # it has a control character, say: nobody could be told
        return HttpResponse("write in one line what to send", status=400)
    order.save()
    return redirect("orders")


class NoCourier(Exception):
    """There is none who would take it."""


def book_courier(order: Order) -> None:
    """Have an order fetched."""
    if not order.address:
        raise NoCourier


# --8<-- [start:ship]
def on_its_way(order: Order) -> Notification:
    """Return what the buyer will be told."""
    return Notification(heading=f"{order} is on its way", payload=Payload(path="/"))


@require_POST
@permission_required("orders.change_order", raise_exception=True)
def ship(_: HttpRequest, number: int) -> HttpResponse:
    """Send an order, and tell its buyer: both happen, or neither."""
    try:
        with transaction.atomic():
            order = get_object_or_404(Order.objects.select_for_update(), pk=number, shipped=False)
            order.shipped = True
            order.save()
            tidings().push(str(order.buyer_id), on_its_way(order), connection=connection)
            book_courier(order)
    except NoCourier:
        return HttpResponse("no courier would take it", status=409)
    return redirect("orders")


# --8<-- [end:ship]


# --8<-- [start:token]
@csrf_exempt  # it changes nothing, and pages of other sites cannot read what it answers
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Give the bell a token, where notifications come from a server that knows no session."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    made = tidings().tokens.issue(str(request.user.pk), ttl=timedelta(minutes=15))
    return HttpResponse(made, content_type="text/plain", headers={"Cache-Control": "no-store"})


# --8<-- [end:token]
