"""The shop in Django, run as docs/integrations/django.md says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect
from sqlalchemy import make_url

from docs.example_server import running
from docs.shop import FOREIGN_PAGE, IDS, Visitor, manage, on_postgresql, set_up, variables, visitor
from http_plugin.browser.chromium import chromium
from tidings import Tidings
from tidings_sql import SqlStore

SIGN_OUT = """
import logging
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

logging.disable()
connection.cursor().execute("UPDATE tidings_revision SET version_num = '9999'")
ann = Client(raise_request_exception=False, SERVER_NAME="localhost")
ann.force_login(User.objects.get(username="ann"))
print(ann.post("/logout").status_code, "_auth_user_id" in ann.session)
"""
"""Signs somebody out where the tables are newer than the program, so that Tidings does not open."""


@pytest.fixture(scope="module")
async def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the environment of a shop that is set up."""
    environment = variables(tmp_path_factory.mktemp("shop"))
    await set_up(environment)
    return environment


@pytest.fixture(scope="module")
async def shop(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """Give the address of a shop that an ASGI server serves."""
    folder = tmp_path_factory.mktemp("by ASGI")
    serve = (
        "uvicorn",
        "--port",
        "0",
        "shop.asgi:application",
        "--ws",
        "shop.asgi:sockets.protocol",
    )
    async with running("django", folder, *serve, **environment) as url:
        yield url


@pytest.fixture(scope="module")
async def bob(shop: str) -> AsyncIterator[Visitor]:
    """Give the one who ships orders."""
    async with visitor(shop, "bob") as bob:
        yield bob


@pytest.fixture
async def ann(shop: str) -> AsyncIterator[Visitor]:
    """Give a buyer."""
    async with visitor(shop, "ann") as ann:
        yield ann


async def test_who_ordered_is_told_once_and_nobody_else(
    shop: str, ann: Visitor, bob: Visitor
) -> None:
    async with visitor(shop, "cyd") as cyd, ann.listens() as hers, cyd.listens() as other:
        await hers.named("tidings:welcome")
        await other.named("tidings:welcome")
        for buyer, what in ((ann, "Tea"), (cyd, "Coffee")):
            assert (await bob.send(await buyer.order(what))).status_code == 302

        for heard, what in ((hers, "Tea"), (other, "Coffee")):
            told = await heard.next()
            assert told.data["data"]["heading"] == f"{what} is on its way"
        assert (await ann.headings()).count("Tea is on its way") == 1
        assert await cyd.headings() == ["Coffee is on its way"]
        assert await bob.headings() == []


async def test_what_is_rolled_back_tells_nobody(ann: Visitor, bob: Visitor) -> None:
    async with ann.listens() as hers:
        await hers.named("tidings:welcome")
        refused = await bob.send(await ann.order("Piano", address=""))
        assert refused.status_code == 409
        assert "Piano, shipped" not in (await ann.http.get("/")).text
        await bob.send(await ann.order("Stool"))

        assert (await hers.next()).data["data"]["heading"] == "Stool is on its way"
        assert "Piano is on its way" not in await ann.headings()


async def test_what_would_be_too_long_to_be_told_is_cut_when_it_is_ordered(
    ann: Visitor, bob: Visitor
) -> None:
    async with ann.listens() as hers:
        await hers.named("tidings:welcome")
        assert (await bob.send(await ann.order("Marmalade, " * 20))).status_code == 302
        assert (await hers.next()).data["data"]["heading"].startswith("Marmalade, Marm")


async def test_what_cannot_be_told_is_not_ordered(ann: Visitor) -> None:
    refused = await ann.send("/place", what="Marmalade\x07", address="Elm Street 1")
    assert refused.status_code == 400
    assert "\x07" not in (await ann.http.get("/")).text


async def test_the_bell_follows_on_the_page(shop: str, ann: Visitor, bob: Visitor) -> None:
    async with chromium() as browser:
        page = await browser.new_page()
        await page.goto(f"{shop}/login")
        await page.get_by_label("Username").fill("ann")
        await page.get_by_label("Password").fill("ann")
        await page.get_by_role("button", name="Sign in").click()
        await ann.http.post("/tidings/inbox/open", json={"all": True})

        await bob.send(await ann.order("Scones"))
        await expect(page.locator("tidings-bell [part=badge]")).to_have_text("1")
        await page.locator("tidings-bell [part=button]").click()
        entries = page.locator("tidings-bell [part~=open]")
        async with page.expect_response("**/tidings/inbox/open"):  # others hear of it as well
            await entries.filter(has_text="Scones is on its way").click()
        await expect(page.locator("tidings-bell [part=badge]")).to_be_hidden()


async def test_an_inbox_is_its_owners(shop: str, bob: Visitor) -> None:
    assert (await bob.http.get(f"/tidings/users/{IDS['ann']}/inbox")).status_code == 403
    async with visitor(shop) as stranger:
        stranger.http.cookies.set("sessionid", "a guess")
        assert (await stranger.http.get("/tidings/inbox")).status_code == 401
        assert (await stranger.http.post("/notifications/token")).status_code == 401


async def test_pages_of_other_sites_change_nothing(ann: Visitor) -> None:
    foreign = FOREIGN_PAGE | {"origin": "https://elsewhere.example"}
    for path in ("/tidings/inbox/open", "/tidings/ticket"):
        answer = await ann.http.post(path, json={"all": True}, headers=foreign)
        assert answer.status_code == 403
    assert (await ann.http.post("/ship/1", headers=foreign)).status_code == 403


async def test_who_signs_out_hears_no_more(ann: Visitor) -> None:
    async with ann.listens() as hers:
        await hers.named("tidings:welcome")
        await ann.send("/logout")
        assert await hers.ended() == "disconnected"
        assert (await ann.http.get("/tidings/inbox")).status_code == 401


async def test_a_session_that_was_shut_out_stays_so_when_its_user_signs_in_anew(
    shop: str, environment: dict[str, str], ann: Visitor
) -> None:
    store = SqlStore(f"sqlite:///{environment['SHOP_DATABASE']}")
    async with ann.listens() as hers:
        await hers.named("tidings:welcome")
        async with Tidings(store) as tidings:
            await (await tidings.disconnect(IDS["ann"], revoke=True)).outcomes()
        assert await hers.ended() == "revoked"
    assert (await ann.http.get("/tidings/inbox")).status_code == 403

    async with visitor(shop, "ann") as anew:
        assert (await anew.http.get("/tidings/inbox")).status_code == 200
        assert (await ann.http.get("/tidings/inbox")).status_code == 403


async def test_who_signs_out_is_out_even_if_tidings_cannot_work(tmp_path: Path) -> None:
    environment = variables(tmp_path)
    await set_up(environment)
    assert await manage(environment, "shell", "-v", "0", "-c", SIGN_OUT) == "302 False\n"


async def test_a_server_by_wsgi_has_another_beside_it_for_the_bell(
    environment: dict[str, str], tmp_path: Path
) -> None:
    beside, shop = tmp_path / "beside", tmp_path / "shop"
    beside.mkdir()
    shop.mkdir()
    serve = ("manage", "tidings", "serve", "--port", "0")
    async with running("django", beside, *serve, **environment) as live:
        environment = environment | {"TIDINGS_URL": live}
        async with (
            running("django", shop, "by_wsgi", **environment) as url,
            visitor(url, "ann") as ann,
            visitor(url, "bob") as bob,
        ):
            assert f'src="{live}/bell.js"' in (await ann.http.get("/")).text
            async with ann.listens_elsewhere(live) as hers:
                await hers.named("tidings:welcome")
                await bob.send(await ann.order("Lamp"))
                assert (await hers.next()).data["data"]["heading"] == "Lamp is on its way"


async def test_the_projects_own_tests_pass_on_postgresql(
    postgresql_url: str, tmp_path: Path
) -> None:
    environment = variables(tmp_path, on_postgresql(postgresql_url))
    assert "\nOK\n" in await manage(environment, "test", "--no-color")


async def test_what_makes_django_sure_of_its_server_makes_tidings_sure_of_it(
    tmp_path: Path,
) -> None:
    options = {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem", "pool": True}
    settings = on_postgresql("postgresql://ann@db.example.com/shop")
    environment = variables(tmp_path, f"{settings}\nDATABASES['default']['OPTIONS'] = {options!r}")
    show = "from shop.notifications import database_url; print(database_url())"
    url = make_url((await manage(environment, "shell", "-v", "0", "-c", show)).strip())
    assert {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"}.items() <= url.query.items()
    assert "pool" not in url.query
