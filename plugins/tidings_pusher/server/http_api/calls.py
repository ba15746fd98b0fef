"""Carrying out each call of the API, for an app whose signature was checked."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, NamedTuple

from tidings import Tidings
from tidings_pusher.server.cached import is_cache
from tidings_pusher.server.http_api import attributes, fields, publications
from tidings_pusher.server.http_api.attributes import ALL, OF_MANY, is_presence
from tidings_pusher.server.http_api.channel_names import own_channel, own_user
from tidings_pusher.server.http_api.publications import Naming, Publication
from tidings_pusher.server.http_api.refusals import malformed
from tidings_pusher.server.http_api.routes import Call
from tidings_pusher.server.live_app import LiveApp


class Request(NamedTuple):
    """A call, and who makes it.

    Attributes:
        tidings: the application.
        own: gives what a channel of the app is called in Tidings.
        live: the app that signed the request.
        name: of the channel or user that the path names.
        query: the request's parameters.
        body: its body.
    """

    tidings: Tidings
    own: Naming
    live: LiveApp
    name: str
    query: Mapping[str, str]
    body: bytes


Answer = Mapping[str, Any]


async def publish(request: Request) -> Answer:
    """Publish an event on its channels; tell about each of them if that is asked."""
    body = fields.json_object(request.body)
    all_ = publications.published(request.live, body, request.own)
    await _submit(request, all_)
    if body.get("info") is None:
        return {}
    return {"channels": {one.channel: await _told(request, one) for one in all_}}


async def publish_batch(request: Request) -> Answer:
    """Publish the events of a batch, in order; tell about the channel of each if that is asked."""
    body = fields.json_object(request.body)
    all_ = publications.batch(request.live, body, request.own)
    await _submit(request, all_)
    if not any(one.info for one in all_):
        return {}
    return {"batch": [await _told(request, one) for one in all_]}


async def channels(request: Request) -> Answer:
    """Tell which channels anyone hears."""
    prefix = request.query.get("filter_by_prefix", "")
    info = attributes.wanted(request.query.get("info"), OF_MANY)
    if info and not is_presence(prefix):
        raise malformed("only presence channels count users: let filter_by_prefix begin so")
    names = [
        name
        for name in request.live.census.channels
        if name.startswith(prefix) and not name.startswith("#")  # a user's own is nobody's channel
    ]
    about = {
        name: await attributes.told(request.tidings, request.live, name, info) for name in names
    }
    return {"channels": about}


async def channel(request: Request) -> Answer:
    """Tell about one channel."""
    name, live = request.name, request.live
    own_channel(live, name)
    info = attributes.wanted(request.query.get("info"), ALL)
    for attribute in info:
        if not attributes.has(live.app, name, attribute):
            raise malformed(f"this channel, or this app, has no {attribute}")
    occupied = bool(live.census.hearers(name)) or (
        is_presence(name) and bool(await attributes.members(request.tidings, live, name))
    )
    return {"occupied": occupied, **await attributes.told(request.tidings, live, name, info)}


async def users(request: Request) -> Answer:
    """Tell who is on a presence channel."""
    own_channel(request.live, request.name)
    if not is_presence(request.name):
        raise malformed("only presence channels know their users")
    ids = await attributes.members(request.tidings, request.live, request.name)
    return {"users": [{"id": user} for user in ids]}


async def terminate(request: Request) -> Answer:
    """End all connections of a user, on every node."""
    await request.tidings.disconnect(own_user(request.live, request.name))
    return {}


CALLS: Mapping[Call, Callable[[Request], Coroutine[Any, Any, Answer]]] = {
    "events": publish,
    "batch_events": publish_batch,
    "channels": channels,
    "channel": channel,
    "users": users,
    "terminate": terminate,
}


async def _submit(request: Request, all_: Sequence[Publication]) -> None:
    """Publish all of them, in order.

    Raises:
        TidingsError: one of them was not taken; others may have been. A request that is repeated
            publishes these again, unless their data says their ids.
    """
    for one in all_:  # before anyone can come who would hear neither this nor what is kept
        if is_cache(one.channel):
            request.live.cached.put(one.channel, one.event.name, one.text)
    results = await request.tidings.submit([one.event for one in all_])
    for result in results:
        if isinstance(result, Exception):
            raise result


async def _told(request: Request, one: Publication) -> Answer:
    return await attributes.told(request.tidings, request.live, one.channel, one.info)
