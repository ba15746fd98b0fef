"""Pages that may ask in their user's name are told from those that may not."""

from __future__ import annotations

import pytest

from tidings import SettingsError
from tidings.origins import Origins

APP = "https://app.example.com"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},  # typed into the address bar
        {"origin": "https://example.com", "host": "example.com"},
        {"origin": "https://example.com:443", "host": "EXAMPLE.com"},
        {"origin": APP, "host": "example.com", "sec-fetch-site": "same-site"},
        {"origin": "HTTPS://APP.example.com:443"},
    ],
)
def test_a_page_of_ones_own_and_one_told_of_are_trusted(headers: dict[str, str]) -> None:
    assert Origins([APP]).trusts(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site", "host": "example.com"},
        {"sec-fetch-site": "same-site", "origin": "https://other.example.com"},
        {"origin": "null"},
        {"origin": "http://app.example.com"},
        {"origin": "https://example.com.evil.example", "host": "example.com"},
        {"origin": "https://example.com:8443", "host": "example.com"},
    ],
)
def test_any_other_page_is_not(headers: dict[str, str]) -> None:
    assert not Origins([APP]).trusts(headers)


@pytest.mark.parametrize("wrong", ["*", "app.example.com", "https://app.example.com/", "null"])
def test_what_is_no_origin_is_refused(wrong: str) -> None:
    with pytest.raises(SettingsError, match="is no origin"):
        Origins([wrong])


def test_a_text_in_place_of_a_list_is_refused() -> None:
    with pytest.raises(SettingsError, match="give a list"):
        Origins(APP)
