"""The hosted service's settings: which app, with which secret, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pydantic import SecretStr

from tidings import SettingsError

_KEY = re.compile(r"[A-Za-z0-9_\-]{1,64}")
_NUMBER = re.compile(r"[0-9]{1,20}")
_PLACE = re.compile(r"[A-Za-z0-9_.\-:]{1,253}")
_PORTS = range(1, 65_536)


@dataclass(frozen=True, slots=True)
class Account:
    """An app of the service, checked; its secret is not shown.

    Raises:
        SettingsError: a setting is missing or wrong; it says which, never its value.
    """

    app_id: str
    key: str
    secret: SecretStr | None = field(repr=False)
    cluster: str | None
    host: str | None
    port: int | None
    ssl: bool

    def __post_init__(self) -> None:
        _check(_NUMBER, "app_id", self.app_id, "the number that Pusher's dashboard shows")
        _check(_KEY, "key", self.key, "the key that Pusher's dashboard shows")
        if (self.cluster is None) == (self.host is None):
            raise SettingsError(
                "pusher: give either cluster, as 'eu', or host (and port) of a server of your own"
            )
        name = "host" if self.cluster is None else "cluster"
        _check(_PLACE, name, self.host or self.cluster, "a name alone, without https://")
        if self.port is not None and self.port not in _PORTS:
            raise SettingsError("pusher: port must be 1 to 65535")

    @property
    def api_host(self) -> str:
        """Where events are pushed to."""
        return self.host or f"api-{self.cluster}.pusher.com"

    @property
    def socket_host(self) -> str:
        """Where events are heard from."""
        return self.host or f"ws-{self.cluster}.pusher.com"

    @property
    def at_port(self) -> int:
        """The port of both."""
        return self.port or (443 if self.ssl else 80)

    @property
    def api(self) -> str:
        """What errors call the side that takes events."""
        return f"Pusher at {self.api_host}:{self.at_port}"

    @property
    def socket(self) -> str:
        """What errors call the side that sends them."""
        return f"Pusher at {self.socket_host}:{self.at_port}"


def hidden(secret: SecretStr | str | None) -> SecretStr | None:
    """Return a secret so that it is shown nowhere; an empty one is none."""
    if isinstance(secret, SecretStr):
        return secret if secret.get_secret_value() else None
    if secret is None or isinstance(secret, str):
        return SecretStr(secret) if secret else None
    raise SettingsError("pusher: secret must be text")


def _check(pattern: re.Pattern[str], name: str, value: object, what: str) -> None:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise SettingsError(f"pusher: {name} must be text: {what}")
