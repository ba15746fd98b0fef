"""Pusher's clients in a Flask application. Its session cookie says who they are.

Run it by `flask --app flask_app run`, with the variables that it reads in the environment.
"""

from hmac import compare_digest
from os import environ

from flask import Flask, Response, abort, request, session

from tidings import Identity
from tidings.blocking import Tidings
from tidings_pusher import BlockingPusherEndpoints, HttpRequest, PusherAccess

PASSWORDS = {"ann": environ["PASSWORD_OF_ANN"]}


def who_asks(_: HttpRequest) -> Identity | None:
    """Trust the session, which Flask has signed."""
    return Identity(session["user"]) if "user" in session else None


app = Flask(__name__)
app.secret_key = environ["SESSION_KEY"]
tidings = Tidings()
access = PusherAccess(environ["PUSHER_KEY"], environ["PUSHER_SECRET"])
endpoints = BlockingPusherEndpoints(access, tidings, who_asks)


@app.route("/pusher/auth", methods=["POST", "OPTIONS"])
@app.route("/pusher/user-auth", methods=["POST", "OPTIONS"])
def pusher() -> Response:
    """Answer for channels, and for the user."""
    body = request.stream.read(endpoints.body_limit + 1)
    answer = endpoints(request.method, request.path, request.headers, body)
    return Response(answer.body, answer.status, answer.headers)


@app.post("/sign-in")
def sign_in() -> str:
    """Begin a session."""
    user, password = request.form["user"], request.form["password"]
    if user not in PASSWORDS or not compare_digest(PASSWORDS[user].encode(), password.encode()):
        abort(403)
    session["user"] = user
    return "welcome"
