"""The console is for whoever may `admin`: all others see a page without data, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from http_site import Open, Site, site
from tidings import AccessRequest, Denial, Grant, Identity, hookimpl

STATE, DISCONNECT = "/console/state", "/console/disconnect"


class OnDuty:
    """Lets whoever is on duty do everything."""

    @hookimpl
    async def authorize(self, request: AccessRequest) -> Grant | Denial | None:
        on_duty = request.identity is not None and request.identity.user == "cyd"
        return Grant() if on_duty and request.action == "admin" else None


def by_cookie(request: Any) -> Identity | None:
    user = request.cookies.get("user")
    return Identity(user) if user else None


async def test_the_page_is_for_everybody_and_holds_no_data(here: Site) -> None:
    await here.push(1)
    page = await here.get("/console")

    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "private-user-ann" not in page.text


@pytest.mark.parametrize("name", ["", "/console.js", "/console.css", "/board.js", "/icon.svg"])
async def test_what_the_page_may_do_is_bounded(here: Site, name: str) -> None:
    headers = (await here.get(f"/console{name}")).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_a_file_that_has_not_changed_is_not_sent_again(here: Site) -> None:
    first = await here.get("/console/console.js")
    again = await here.get("/console/console.js", headers={"if-none-match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name", ["nothing.js", "..%2Froutes.py", "%2e%2e%2froutes.py", "routes.py"]
)
async def test_other_files_are_not_to_be_had(here: Site, name: str) -> None:
    assert (await here.get(f"/console/{name}")).status_code == 404


async def test_the_state_is_nobody_elses_business(here: Site) -> None:
    await here.push(1)
    answers = [await here.get(STATE), await here.get(STATE, "ann")]

    assert [answer.status_code for answer in answers] == [401, 403]
    assert not any("private-user" in answer.text for answer in answers)


async def test_nobody_else_cuts_anybody_off(here: Site) -> None:
    async with here.stream("bob") as bob:
        answers = [
            await here.post(DISCONNECT, json={"user": "bob"}),
            await here.post(DISCONNECT, "ann", json={"user": "bob"}),
            await here.post(DISCONNECT, "bob", json={"user": "bob"}),
        ]
        assert [answer.status_code for answer in answers] == [401, 403, 403]
        await here.nothing_more(bob, channel="private-user-bob")


async def test_a_token_in_the_url_is_no_token(here: Site) -> None:
    token = here.bearer("ops")["authorization"].split()[1]

    assert (await here.get(STATE, params={"token": token})).status_code in (401, 422)
    assert (await here.get(STATE, params={"ticket": here.ticket("ops")})).status_code in (401, 422)


async def test_a_policy_of_ones_own_lets_operators_in(opened: Open) -> None:
    async with opened(OnDuty()) as here:
        assert (await here.get(STATE, "cyd")).status_code == 200
        assert (await here.get(STATE, "ann")).status_code == 403


async def test_who_has_signed_in_to_the_application_needs_no_token(opened: Open) -> None:
    async with opened(OnDuty(), identify=by_cookie) as here:
        cookie = {"cookie": "user=cyd"}
        assert (await here.get(STATE, headers=cookie)).status_code == 200
        assert (await here.get(STATE, headers={"cookie": "user=ann"})).status_code == 403


async def test_a_page_of_strangers_cuts_nobody_off(opened: Open) -> None:
    async with opened(OnDuty(), identify=by_cookie) as here:
        headers = {"cookie": "user=cyd", "sec-fetch-site": "cross-site"}
        answer = await here.post(DISCONNECT, json={"user": "ann"}, headers=headers)
        assert answer.status_code == 403


async def test_it_is_the_same_in_an_application_that_has_it_mounted() -> None:
    async with site("mounted") as here:
        assert (await here.get("/console")).status_code == 200
        assert (await here.get("/console/console.js")).status_code == 200
        assert (await here.get(STATE)).status_code == 401
        assert (await here.get(STATE, "ops")).status_code == 200


async def test_whose_tokens_were_revoked_sees_nothing_any_more(here: Site) -> None:
    headers = here.bearer("ops")
    await here.tidings.disconnect("ops", revoke=True)

    assert (await here.get(STATE, headers=headers)).status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body.user"),
        ({"user": ""}, "body.user"),
        ({"user": "ann", "for_ever": True}, "body.for_ever"),
        ({"user": "ann", "revoke": "perhaps"}, "body.revoke"),
    ],
)
async def test_what_cannot_be_meant_is_refused_by_name(
    here: Site, body: dict[str, Any], field: str
) -> None:
    answer = await here.post(DISCONNECT, "ops", json=body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
