"""What a client's opening request says of it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings import InvalidToken, Position, SettingsError
from tidings_websocket.dialect import Malformed
from tidings_websocket.handshake import Proof, client_address, networks, read_proof
from tidings_websocket.opening import Opening

NETWORKS = networks(["10.0.0.0/8", "fd00::/8", "192.0.2.1"])


@pytest.mark.parametrize(
    ("opening", "proof"),
    [
        (Opening("", None, []), None),
        (Opening("other=1", "Basic YTpi", ["tidings.v1"]), None),
        (Opening("ticket=t", None, []), Proof(ticket="t")),
        (Opening("ticket=t&after=e:7", None, []), Proof(ticket="t", after=Position("e", 7))),
        (Opening("after=a:b:0", "Bearer t", []), Proof(token="t", after=Position("a:b", 0))),
        (Opening("", "bearer  t ", []), Proof(token="t")),
        (Opening("", None, ["tidings.v1", "tidings.token.t"]), Proof(token="t")),
        (Opening("", "Bearer h", ["tidings.token.s"]), Proof(token="h")),
        (Opening("ticket=", None, []), None),
        (Opening("", "Bearer ", []), None),
        (Opening("after=e:7", None, []), None),
        (Opening("ticket=a&ticket=b", None, []), Proof(ticket="a")),
    ],
)
def test_a_proof_is_found_where_it_may_stand(opening: Opening, proof: Proof | None) -> None:
    assert read_proof(opening) == proof


def test_a_token_may_not_stand_in_the_url() -> None:
    with pytest.raises(InvalidToken, match="use a ticket"):
        read_proof(Opening("token=t", None, []))


@pytest.mark.parametrize("after", ["7", ":7", "e:", "e:-1", "e:1.5", "e:\u0663", f"e:{10**18}"])
def test_a_position_is_an_epoch_and_an_offset(after: str) -> None:
    with pytest.raises(Malformed, match="epoch:offset"):
        read_proof(Opening(f"ticket=t&after={after}", None, []))


@given(st.text(), st.none() | st.text(), st.lists(st.text(), max_size=3))
def test_whatever_is_asked_is_understood_or_refused(
    query: str, authorization: str | None, subprotocols: list[str]
) -> None:
    with suppress(Malformed, InvalidToken):
        read_proof(Opening(query, authorization, subprotocols))


def test_secrets_are_not_shown() -> None:
    opening = Opening("ticket=secret", "Bearer secret", ["tidings.token.secret"])
    assert "secret" not in repr(opening)
    assert "secret" not in repr(read_proof(opening))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.9"], "203.0.113.7"),
        ("10.1.2.3", [], "10.1.2.3"),
        ("10.1.2.3", ["198.51.100.9"], "198.51.100.9"),
        ("10.1.2.3", ["evil, 198.51.100.9"], "198.51.100.9"),
        ("10.1.2.3", ["1.1.1.1", "198.51.100.9, 10.9.9.9"], "198.51.100.9"),
        ("10.1.2.3", ["198.51.100.9,,192.0.2.1 , 10.9.9.9"], "198.51.100.9"),
        ("10.1.2.3", ["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
        ("10.1.2.3", ["unknown"], "unknown"),
        ("10.1.2.3", ["", " , "], "10.1.2.3"),
        ("::ffff:10.1.2.3", ["198.51.100.9"], "198.51.100.9"),
        ("fd00::1", ["2001:db8::7"], "2001:db8::7"),
        (None, ["198.51.100.9"], "198.51.100.9"),
        (None, [], None),
        ("no address", ["198.51.100.9"], "no address"),
    ],
)
def test_a_client_is_counted_by_the_last_address_that_no_proxy_of_ours_has(
    peer: str | None, forwarded: list[str], address: str | None
) -> None:
    assert client_address(peer, forwarded, NETWORKS) == address


def test_without_proxies_nobody_is_believed() -> None:
    assert client_address("10.1.2.3", ["198.51.100.9"], ()) == "10.1.2.3"
    assert client_address(None, ["198.51.100.9"], ()) is None


@pytest.mark.parametrize("proxy", ["", "nginx", "10.0.0.0/33", "300.1.1.1"])
def test_a_proxy_is_named_by_its_address(proxy: str) -> None:
    with pytest.raises(SettingsError, match="proxies"):
        networks([proxy])
