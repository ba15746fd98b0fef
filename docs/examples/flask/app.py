"""A shop in a Flask application: buyers hear when their order is on its way.

Run it by `flask run`, with PASSWORD, SESSION_KEY, TIDINGS_TOKEN_KEY and TIDINGS_PLUGINS__SQL__URL
in the environment; beside it, with the same, `tidings serve --config serve.toml --port 8001`.
"""

from datetime import timedelta
from hmac import compare_digest
from os import environ

from flask import Flask, Response, abort, redirect, render_template, request, session, url_for
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    insert,
    select,
    update,
)
from werkzeug.wrappers import Response as Answer

from tidings import Notification, Payload, Tokens
from tidings.blocking import Tidings

CLERK = "ann"
USERS = {CLERK, "bob", "cem"}  # in yours a table, with a password for each

engine = create_engine(environ["TIDINGS_PLUGINS__SQL__URL"])
metadata = MetaData()
orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("buyer", String(100), nullable=False),
    Column("goods", String(200), nullable=False),
    Column("state", String(10), nullable=False, default="placed"),
)
metadata.create_all(engine)
engine.dispose()  # nothing is open when a server forks

# --8<-- [start:tidings]
tidings = Tidings.from_settings()  # opens when it is first used, in each process its own
tokens = Tokens(environ["TIDINGS_TOKEN_KEY"])

app = Flask(__name__)
app.config.update(
    SECRET_KEY=environ["SESSION_KEY"],
    SESSION_COOKIE_SAMESITE="Lax",  # no other site's form is sent with it
    NOTIFICATIONS=environ.get("NOTIFICATIONS", "http://127.0.0.1:8001"),  # where tidings serve is
)


@app.post("/notifications/token")
def give_token() -> Response:
    """Say to the bell, and through it to `tidings serve`, who is signed in."""
    token = tokens.issue(signed_in(), ttl=timedelta(minutes=15))
    return Response(token, mimetype="text/plain", headers={"Cache-Control": "no-store"})


# --8<-- [end:tidings]


def signed_in() -> str:
    """Return who asks."""
    if "user" not in session:
        abort(401)
    return str(session["user"])


@app.get("/")
def page() -> str:
    """Show one's orders, to the clerk everybody's, or the way in."""
    user = session.get("user")
    if user is None:
        return render_template("sign-in.html")
    mine = select(orders) if user == CLERK else select(orders).filter_by(buyer=user)
    with engine.connect() as connection:
        rows = connection.execute(mine.order_by(orders.c.id)).mappings().all()
    return render_template("orders.html", user=user, ships=user == CLERK, orders=rows)


@app.post("/sign-in")
def sign_in() -> Answer:
    """Begin a session."""
    user, password = request.form["user"], request.form["password"]
    right = compare_digest(environ["PASSWORD"].encode(), password.encode())
    if not right or user not in USERS:
        abort(403)
    session["user"] = user
    return redirect(url_for("page"))


# --8<-- [start:push]
@app.post("/orders")
def order() -> Answer:
    """Place an order, and tell the clerk: both, or neither."""
    buyer, goods = signed_in(), request.form["goods"][:150]
    with engine.begin() as connection:
        row = insert(orders).values(buyer=buyer, goods=goods).returning(orders.c.id)
        number = connection.execute(row).scalar_one()
        try:
            told = about(number, "placed", f"{buyer} ordered {goods}")
        except ValueError:  # it has a control character, say: then nothing is stored
            abort(400)
        tidings.push(CLERK, told, connection=connection)
    return redirect(url_for("page"))


@app.post("/orders/<int:number>/ship")
def ship(number: int) -> Answer:
    """Ship an order, and tell its buyer. Shipped twice, they are told once."""
    if signed_in() != CLERK:
        abort(403)
    with engine.begin() as connection:
        row = update(orders).filter_by(id=number).values(state="shipped").returning(orders.c.buyer)
        buyer = connection.execute(row).scalar()
        if buyer is None:
            abort(404)
        told = about(number, "shipped", f"Order {number} is on its way")
        tidings.push(buyer, told, connection=connection)
    return redirect(url_for("page"))


def about(number: int, state: str, heading: str) -> Notification:
    """Return what is said of an order; its id makes it be said once."""
    return Notification(
        id=f"order-{number}-{state}",
        heading=heading,
        category="orders",
        payload=Payload(path=url_for("page", _anchor=f"order-{number}")),
    )


# --8<-- [end:push]
