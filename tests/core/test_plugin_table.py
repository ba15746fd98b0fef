from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pytest
from pydantic import BaseModel, PositiveInt, SecretStr

from tidings.errors import PluginError, SettingsError
from tidings.plugin_table import keywords

if TYPE_CHECKING:
    from decimal import Decimal

SECRET = "hunter2"


class Client:
    """What only code can give."""


class Store:
    def __init__(
        self,
        url: str,
        *,
        password: SecretStr | None = None,
        pool: PositiveInt = 5,
        keep: timedelta = timedelta(days=1),
        folder: Path | None = None,
        regions: tuple[str, ...] = (),
        limits: dict[str, int] | None = None,
        mode: Literal["fast", "safe"] = "safe",
        client: Client | None = None,
    ) -> None: ...


class Untyped:
    def __init__(self, anything=None): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN204


def refusal(made_by: type, table: Mapping[str, Any]) -> str:
    with pytest.raises(SettingsError) as caught:
        keywords("shop", made_by, table)
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_text_becomes_what_the_constructor_wants() -> None:
    table = {
        "url": "sqlite:///x.db",
        "password": SECRET,
        "pool": "7",
        "keep": "PT90S",
        "folder": "/tmp",  # noqa: S108
        "regions": '["eu", "us"]',
        "limits": '{"a": 1}',
    }

    assert keywords("shop", Store, table) == {
        "url": "sqlite:///x.db",
        "password": SecretStr(SECRET),
        "pool": 7,
        "keep": timedelta(seconds=90),
        "folder": Path("/tmp"),  # noqa: S108
        "regions": ("eu", "us"),
        "limits": {"a": 1},
    }


def test_values_of_toml_and_of_code_are_taken_as_they_are() -> None:
    client = Client()
    table = {"url": "x", "regions": ["eu"], "limits": {"a": 1}, "keep": 60, "client": client}

    values = keywords("shop", Store, table)

    assert values["client"] is client
    assert values["keep"] == timedelta(minutes=1)
    assert values["regions"] == ("eu",)


def test_what_has_no_annotation_is_taken_as_it_is() -> None:
    assert keywords("shop", Untyped, {"anything": "7"}) == {"anything": "7"}


def test_what_is_not_given_is_left_to_the_constructor() -> None:
    assert keywords("shop", Store, {"url": "x"}) == {"url": "x"}


def test_text_that_looks_like_a_number_stays_text_where_text_is_wanted() -> None:
    assert keywords("shop", Store, {"url": "12345"}) == {"url": "12345"}


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("pool", "many", "[plugins.shop] pool: should be a valid integer"),
        ("pool", 0, "[plugins.shop] pool: should be greater than 0"),
        ("password", 12345, "[plugins.shop] password: should be a valid string"),
        ("regions", "eu, us", "[plugins.shop] regions: should be a valid tuple"),
        ("limits", {"a": SECRET}, "[plugins.shop] limits.a: should be a valid integer"),
        ("limits", '{"a": "hunter2"}', "[plugins.shop] limits.a: should be a valid integer"),
        ("mode", SECRET, "[plugins.shop] mode: should be 'fast' or 'safe'"),
        ("client", SECRET, "[plugins.shop] client: should be an instance of Client"),
        (
            "poool",
            SECRET,
            "[plugins.shop] poool: no such key; did you mean 'pool'? (there are: url,",
        ),
    ],
)
def test_a_wrong_value_is_told_by_its_key_alone(key: str, value: object, words: str) -> None:
    assert refusal(Store, {"url": "x", key: value}).startswith(words)


def test_all_mistakes_are_told_at_once() -> None:
    said = refusal(Store, {"urll": SECRET, "pool": SECRET})

    assert [line.split(": ")[0] for line in said.splitlines()] == [
        "[plugins.shop] url",
        "[plugins.shop] pool",
        "[plugins.shop] urll",
    ]


class Bare:
    pass


@dataclass
class Data:
    size: int
    names: tuple[str, ...] = ()


class Model(BaseModel):
    schema_: int = 1
    size: int


class Open:
    def __init__(self, size: int, **others: str) -> None: ...


def test_a_class_without_a_constructor_takes_nothing() -> None:
    assert keywords("bare", Bare, {}) == {}
    assert refusal(Bare, {"url": "x"}) == "[plugins.shop] url: no such key (there are: none)"


@pytest.mark.parametrize("made_by", [Data, Model, Open])
def test_any_class_that_takes_keywords_will_do(made_by: type) -> None:
    assert keywords("shop", made_by, {"size": "7"}) == {"size": 7}
    assert refusal(made_by, {}) == "[plugins.shop] size: field required"


def test_a_constructor_that_takes_all_is_given_all() -> None:
    table = {"size": 7, "colour": "blue"}

    assert keywords("shop", Open, table) == table


class Unreadable:
    def __init__(self, price: Decimal) -> None: ...


def test_annotations_that_only_a_type_checker_sees_are_the_plugins_mistake() -> None:
    with pytest.raises(PluginError, match=r"keywords of Unreadable cannot be read.*'Decimal'"):
        keywords("shop", Unreadable, {"price": "1"})


class Language(Protocol):
    name: str


class Speaker:
    def __init__(self, language: Language | None = None) -> None: ...


def test_a_protocol_that_cannot_be_checked_is_the_plugins_mistake() -> None:
    with pytest.raises(PluginError, match="keywords of Speaker cannot be read"):
        keywords("shop", Speaker, {})
