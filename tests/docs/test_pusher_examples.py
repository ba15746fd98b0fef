"""The examples that let Pusher's clients in, each on its server: FastAPI, Flask and Django."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from docs.example_server import EXAMPLES, running
from tidings_pusher.signing import channel_text, is_signed, user_text

KEY, SECRET, PASSWORD = "278d425bdf160c739803", "7ad3773142a6692b25b8", "ann's own"
VARIABLES = {
    "PASSWORD_OF_ANN": PASSWORD,
    "PUSHER_KEY": KEY,
    "PUSHER_SECRET": SECRET,
    "SESSION_KEY": "a secret of at least thirty-two bytes",
    "TOKENS_KEY": "a secret of at least thirty-two bytes",
}
UVICORN, FLASK = ("uvicorn", "--port", "0"), ("flask", "--app", "flask_app", "run", "--port", "0")
COMMANDS = {
    "fastapi": (*UVICORN, "fastapi_app:app"),
    "flask": FLASK,
    "django": (*UVICORN, "django_app:application"),
}
OWN_PAGE, FOREIGN_PAGE = {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "cross-site"}
SOCKET = "1234.1234"
ASKED = {"socket_id": SOCKET, "channel_name": "private-user-ann"}


@pytest.fixture(scope="module", params=COMMANDS)
async def example(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[str, str]]:
    """Give the name and the address of an example that runs."""
    folder = tmp_path_factory.mktemp("example")
    async with running("pusher", folder, *COMMANDS[request.param], **VARIABLES) as url:
        yield request.param, url


@pytest.fixture
async def stranger(example: tuple[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client whose pages are the example's own."""
    _, url = example
    async with httpx.AsyncClient(base_url=url, headers=OWN_PAGE, trust_env=False) as client:
        yield client


@pytest.fixture
async def ann(example: tuple[str, str], stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    """Give such a client that has signed in."""
    answer = await sign_in(example, stranger, PASSWORD)
    if example[0] == "fastapi":
        stranger.headers["authorization"] = f"Bearer {answer.raise_for_status().json()}"
    return stranger


async def sign_in(
    example: tuple[str, str], client: httpx.AsyncClient, password: str
) -> httpx.Response:
    """Say to be Ann, in the example's own way."""
    who = {"user": "ann", "password": password}
    as_json = example[0] == "fastapi"
    return await client.post(
        "/sign-in", json=who if as_json else None, data=None if as_json else who
    )


async def test_a_client_is_let_into_its_users_channel(ann: httpx.AsyncClient) -> None:
    answer = await ann.post("/pusher/auth", data=ASKED)
    key, _, signature = answer.json()["auth"].partition(":")
    assert (answer.status_code, key) == (200, KEY)
    assert is_signed(SECRET, channel_text(SOCKET, "private-user-ann"), signature)
    assert answer.headers["cache-control"] == "no-store"


async def test_a_channel_that_is_not_granted_is_denied(ann: httpx.AsyncClient) -> None:
    answer = await ann.post("/pusher/auth", data=ASKED | {"channel_name": "private-user-bob"})
    assert (answer.status_code, answer.json()) == (403, {"error": "not granted"})


async def test_several_channels_are_answered_at_once(ann: httpx.AsyncClient) -> None:
    both = ["private-user-ann", "private-user-bob"]
    alone = await ann.post("/pusher/auth", json=ASKED)
    answer = await ann.post("/pusher/auth", json=ASKED | {"channel_name": both})
    assert answer.json() == {
        both[0]: {"status": 200, "data": alone.json()},
        both[1]: {"status": 403, "error": "not granted"},
    }


async def test_a_user_signs_in(ann: httpx.AsyncClient) -> None:
    answer = (await ann.post("/pusher/user-auth", data={"socket_id": SOCKET})).json()
    signature = answer["auth"].partition(":")[2]
    assert answer["user_data"] == '{"id": "ann"}'
    assert is_signed(SECRET, user_text(SOCKET, answer["user_data"]), signature)


async def test_what_is_too_much_or_no_question_is_refused(ann: httpx.AsyncClient) -> None:
    too_much = await ann.post("/pusher/auth", data=ASKED | {"x": "x" * 70_000})
    assert too_much.status_code == 413
    assert (await ann.get("/pusher/auth")).status_code == 405


async def test_a_strangers_guess_is_refused(
    example: tuple[str, str], stranger: httpx.AsyncClient
) -> None:
    assert (await sign_in(example, stranger, "a guess")).status_code == 403
    answer = await stranger.post("/pusher/auth", data=ASKED)
    assert (answer.status_code, answer.json()) == (403, {"error": "say first who you are"})


async def test_a_page_of_another_site_may_not_ask(ann: httpx.AsyncClient) -> None:
    ann.headers.pop("authorization", None)  # which it could not send
    answer = await ann.post("/pusher/auth", data=ASKED, headers=FOREIGN_PAGE)
    assert answer.status_code == 403
    assert "another site" in answer.json()["error"]


def test_every_example_is_run() -> None:
    files = {file.stem for file in (EXAMPLES / "pusher").glob("*.py")}
    assert files == {f"{name}_app" for name in COMMANDS}
