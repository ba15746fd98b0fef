"""Which call a path names, wherever the API is mounted."""

from __future__ import annotations

import time

import pytest

from tidings_pusher.server.http_api.routes import Route, is_api, route

CALLS = {
    "/apps/3/events": Route("events", "3"),
    "/apps/3/batch_events": Route("batch_events", "3"),
    "/apps/3/channels": Route("channels", "3"),
    "/apps/3/channels/private-x": Route("channel", "3", "private-x"),
    "/apps/3/channels/users": Route("channel", "3", "users"),
    "/apps/3/channels/x/users": Route("users", "3", "x"),
    "/apps/3/users/ann/terminate_connections": Route("terminate", "3", "ann"),
    "/apps/3/users/a/b/terminate_connections": Route("terminate", "3", "a/b"),
    "/users/ann/terminate_connections": Route("terminate", None, "ann"),
}


@pytest.mark.parametrize("mount", ["", "/pusher", "/a/b", "/apps"])
@pytest.mark.parametrize("path", CALLS)
def test_a_path_names_a_call(mount: str, path: str) -> None:
    assert route(mount + path) == CALLS[path]
    assert is_api(mount + path)


@pytest.mark.parametrize(
    "path",
    [
        "/apps/3",
        "/apps/3/",
        "/apps//events",
        "/apps/3/events/x",
        "/apps/3/channels/x/y",
        "/apps/3/users/ann",
        "/apps/3/users//terminate_connections",
        "/xapps/3/events",
        "apps/3/events",
        "",
    ],
)
def test_other_paths_name_none(path: str) -> None:
    assert route(path) is None


@pytest.mark.parametrize("path", ["/", "/ws", "/app/key", "/apps", "/users/ann"])
def test_paths_of_others_are_left_alone(path: str) -> None:
    assert not is_api(path)


@pytest.mark.parametrize(
    "path",
    [
        "/apps/x/users/" * 5_000,
        "/apps/x/users/" * 5_000 + "terminate_connections",
        "/users/" * 9_000 + "x/terminate_connections",
        "/apps/3/channels" * 4_000,
        "/a" * 30_000,
    ],
    ids=range(5),
)
def test_no_path_takes_long_to_read(path: str) -> None:
    before = time.process_time()
    route(path)
    assert time.process_time() - before < 0.5
