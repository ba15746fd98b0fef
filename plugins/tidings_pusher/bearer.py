"""Whom a token of Tidings' speaks of, as an app of Pusher's calls them."""

from __future__ import annotations

from dataclasses import replace

from tidings import Identity
from tidings_pusher.access import AccessDenied
from tidings_pusher.app import App


def own_identity(app: App, identity: Identity) -> Identity:
    """Return who this is among an app's users; `app_user` is its inverse.

    An app with a namespace knows only users whose ids begin with it. One without knows all as they
    are: where it stands beside apps with namespaces, whose users are not to be its own, let an
    `identify` of your own refuse them.

    Raises:
        AccessDenied: a user of none of this app's.
    """
    if not app.namespace:
        return identity
    namespace, _, user = identity.user.partition(";")
    if namespace != app.namespace or not user:
        raise AccessDenied("this token is for users of another app")
    return replace(identity, user=user)
