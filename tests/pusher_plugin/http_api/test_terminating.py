"""A backend sends a user away: every connection on which they signed in ends."""

from __future__ import annotations

import pytest

from pusher_plugin.http_api.own_server import BLOG, OwnServer


async def test_pushers_library_ends_a_users_connections(server: OwnServer) -> None:
    async with server.listener() as ann, server.listener() as again, server.listener() as bob:
        await ann.sign_in("ann")
        await again.sign_in("ann")
        await bob.sign_in("bob")
        assert await server.server_sdk("terminate_user_connections", "ann") == {}
        assert (await ann.ended(), await again.ended()) == (4009, 4009)
        await bob.nothing_more()


async def test_the_documented_path_does_the_same(server: OwnServer) -> None:
    async with server.listener() as ann:
        await ann.sign_in("ann")
        answer = await server.post("/apps/3/users/ann/terminate_connections", {})
        assert (answer.status_code, answer.json()) == (200, {})
        assert await ann.ended() == 4009


async def test_who_did_not_sign_in_stays(server: OwnServer) -> None:
    async with server.listener("news") as ann:
        await ann.hear("presence-x", "ann")
        await server.server_sdk("terminate_user_connections", "ann")
        await ann.nothing_more()


async def test_a_user_of_another_app_stays(server: OwnServer) -> None:
    async with server.listener() as ann, server.listener(app=BLOG) as other:
        await ann.sign_in("ann")
        await other.sign_in("ann")
        await server.server_sdk("terminate_user_connections", "ann", app=BLOG)
        assert await other.ended() == 4009
        await ann.nothing_more()


@pytest.mark.parametrize("user", ["blog;ann", "%00", "x" * 151])
async def test_who_can_be_no_user_of_the_app_is_refused(server: OwnServer, user: str) -> None:
    assert (await server.post(f"/apps/3/users/{user}/terminate_connections")).status_code == 400


async def test_the_short_path_needs_a_key_that_is_known(server: OwnServer) -> None:
    stranger = BLOG.model_copy(update={"key": "nobody"})
    answer = await server.post("/users/ann/terminate_connections", {}, app=stranger)
    assert answer.status_code == 401
