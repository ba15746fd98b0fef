"""What a deployment sets: keywords, environment, `.env` and `tidings.toml`, in this order.

queue = 20_000
token_key = "..."                 # better in the environment, as TIDINGS_TOKEN_KEY

[plugins.sql]                     # a table for each plugin: its constructor's keywords
url = "sqlite:///tidings.db"      # TIDINGS_PLUGINS__SQL__URL says the same
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from tidings.errors import SettingsError
from tidings.layers import PREFIX, Layer, layers, merged
from tidings.options import Options
from tidings.redaction import mistakes
from tidings.signing_keys import Algorithm

if TYPE_CHECKING:
    from tidings.tokens import Tokens


class Settings(Options, BaseSettings):
    """All that a deployment can set: `Settings.load()` reads it from where it stands.

    Beside the options of the core: the key that signs tokens, and a table for each plugin.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    token_key: SecretStr | None = None
    """Signs tokens and tickets: a secret of at least 32 bytes, or the PEM text of a private key.
    Better in the environment, as `TIDINGS_TOKEN_KEY`."""

    token_public_key: str | None = None
    """Verifies tokens that were signed elsewhere by RS256 or ES256: a public key's PEM text."""

    token_algorithm: Algorithm = "HS256"  # noqa: S105 (no password)
    """How tokens are signed; RS256 and ES256 need the extra `crypto`."""

    plugins: Annotated[dict[str, dict[str, Any]], NoDecode] = Field(default={}, repr=False)
    """A table for each plugin: its constructor's keywords, and `enabled` or `class`."""

    @classmethod
    def load(cls, path: str | PathLike[str] | None = None, **overrides: Any) -> Self:
        """Read the settings from all their sources; the first that has a key wins.

        Keywords come before the environment (`TIDINGS_QUEUE`, `TIDINGS_PLUGINS__SQL__URL`; an
        empty variable counts as not set), then `.env`, then the file. Tables of plugins are
        merged key by key, and in their names `_` and `-` are the same.

        Args:
            path: the file; by default the one that TIDINGS_CONFIG names, or ./tidings.toml
                where there is one.
            overrides: settings by name, as in the file.

        Raises:
            SettingsError: keys are unknown or values wrong, or the file is not there or broken.
                It names every such key, and no value.
        """
        found = layers(cls, path, overrides)
        try:
            return cls(**merged(found))
        except ValidationError as error:
            raise SettingsError("\n".join(_told(error, found))) from None

    def options(self) -> Options:
        """Return the core's part of the settings."""
        return Options(**{name: getattr(self, name) for name in Options.model_fields})

    def tokens(self) -> Tokens | None:
        """Return what issues and verifies tokens, or None where no key is set.

        Raises:
            SettingsError: the key is weak, or of another kind than the algorithm.
        """
        from tidings.tokens import Tokens

        if self.token_key is None and self.token_public_key is None:
            return None
        return Tokens(
            self.token_key, algorithm=self.token_algorithm, public_key=self.token_public_key
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 (these are the library's arguments)
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take keywords only: `load` asks the other sources, to tell what came from where."""
        return (init_settings,)


def _told(error: ValidationError, found: Sequence[Layer]) -> Iterator[str]:
    for key, _, words in mistakes(error):
        setting = key.partition(".")[0]
        origin = next((layer.origin for layer in found if setting in layer.values), "the defaults")
        yield f"{key}, from {origin}: {words}"
