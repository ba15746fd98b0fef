import base64
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import SecretStr

from tidings.errors import InvalidData, InvalidName, InvalidToken, SettingsError, Unsupported
from tidings.signing_keys import Algorithm
from tidings.tokens import TOKEN_LIMIT, Tokens

KEY = "correct horse battery staple, twice over"
NOON = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
CLAIMS: dict[str, Any] = {
    "iss": "tidings",
    "sub": "ann",
    "iat": NOON.timestamp(),
    "exp": NOON.timestamp() + 60,
    "purpose": "access",
}


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> Tokens:
    return Tokens(KEY, clock=clock)


def private_text(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def public_text(private: str) -> str:
    key = serialization.load_pem_private_key(private.encode(), None).public_key()
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


@cache
def rsa_key(bits: int = 2048) -> str:
    return private_text(rsa.generate_private_key(65537, bits))


@cache
def ec_key() -> str:
    return private_text(ec.generate_private_key(ec.SECP256R1()))


def key_for(algorithm: Algorithm) -> str:
    match algorithm:
        case "HS256":
            return KEY
        case "RS256":
            return rsa_key()
        case "ES256":
            return ec_key()


def refusal(tokens: Tokens, token: str) -> str:
    with pytest.raises(InvalidToken) as caught:
        tokens.verify(token)
    assert KEY not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256"])
def test_a_token_says_who_it_was_issued_for(algorithm: Algorithm, clock: Clock) -> None:
    tokens = Tokens(key_for(algorithm), algorithm=algorithm, clock=clock)

    identity = tokens.verify(tokens.issue("ann", role="editor", teams=[7]))

    assert identity.user == "ann"
    assert identity.claims == {"role": "editor", "teams": [7]}


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_time_of_issue_is_kept_to_the_microsecond(moment: datetime) -> None:
    tokens = Tokens(KEY, clock=lambda: moment)

    identity = tokens.verify(tokens.issue("ann", ttl=timedelta(hours=2)))

    assert identity.issued_at == moment
    assert identity.expires_at == moment + timedelta(hours=2)


@given(st.text(min_size=1, max_size=60))
def test_whoever_can_be_a_user_can_have_a_token(user: str) -> None:
    tokens = Tokens(KEY)
    try:
        token = tokens.issue(user)
    except InvalidName:
        return

    assert tokens.verify(token).user == user


def test_a_token_ends_with_its_time(tokens: Tokens, clock: Clock) -> None:
    token = tokens.issue("ann", ttl=timedelta(minutes=5))

    clock.now = NOON + timedelta(minutes=5, seconds=4)
    assert tokens.verify(token).user == "ann"
    clock.now = NOON + timedelta(minutes=5, seconds=5)
    assert refusal(tokens, token) == "the token has expired: get a new one"


def test_clocks_may_differ_a_little_and_not_more(tokens: Tokens, clock: Clock) -> None:
    token = tokens.issue("ann")

    clock.now = NOON - timedelta(seconds=5)
    assert tokens.verify(token).user == "ann"
    clock.now = NOON - timedelta(seconds=6)
    assert "from the future" in refusal(tokens, token)


def test_a_token_of_another_key_is_refused(tokens: Tokens) -> None:
    assert refusal(tokens, Tokens(KEY[::-1]).issue("ann")) == (
        "the token is not signed with this key"
    )


@given(st.floats(0, 1, exclude_max=True), st.characters(max_codepoint=0x2FF), st.booleans())
def test_a_token_changed_in_any_character_is_refused(where: float, other: str, more: bool) -> None:
    tokens = Tokens(KEY)
    token = tokens.issue("ann")
    at = int(where * len(token))
    assume(more or other != token[at])

    with pytest.raises(InvalidToken):
        tokens.verify(token[:at] + other + token[at + (not more) :])


@given(st.text() | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*", fullmatch=True))
def test_any_other_text_is_no_token(text: str) -> None:
    with pytest.raises(InvalidToken):
        Tokens(KEY).verify(text)


@pytest.mark.parametrize(
    "text", [None, 3, b"a.b.c", "", "a.b", "a.b.c", "é.é.é", "\ud800", "x" * 9000]
)
def test_what_is_no_token_is_told_so(tokens: Tokens, text: Any) -> None:
    assert refusal(tokens, text) == "malformed: this is no token"


def test_a_token_too_long_for_a_header_is_not_even_read(tokens: Tokens) -> None:
    long = jwt.encode({**CLAIMS, "claim": "x" * TOKEN_LIMIT}, KEY)

    assert refusal(tokens, long) == "malformed: this is no token"


def test_an_unsigned_token_is_refused(tokens: Tokens) -> None:
    unsigned = jwt.encode(CLAIMS, "", algorithm="none")

    assert refusal(tokens, unsigned) == "the token is not signed with HS256"


def test_a_public_key_is_never_taken_for_a_secret(clock: Clock) -> None:
    tokens = Tokens(rsa_key(), algorithm="RS256", clock=clock)
    header, claims = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "HS256", "typ": "JWT"}, CLAIMS)
    )
    hmac = jwt.get_algorithm_by_name("HS256")
    signature = hmac.sign(f"{header}.{claims}".encode(), public_text(rsa_key()).encode())
    forged = f"{header}.{claims}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    assert refusal(tokens, forged) == "the token is not signed with RS256"


@pytest.mark.parametrize("claim", ["iss", "sub", "iat", "exp", "purpose"])
def test_a_token_made_elsewhere_must_have_all_claims(tokens: Tokens, claim: str) -> None:
    claims = {name: value for name, value in CLAIMS.items() if name != claim}

    assert tokens.verify(jwt.encode(CLAIMS, KEY)).user == "ann"
    assert refusal(tokens, jwt.encode(claims, KEY)) == f"the token lacks the claim {claim!r}"


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"iss": "someone-else"}, "for another purpose"),
        ({"aud": "another service"}, "for another purpose"),
        ({"purpose": "ticket"}, "for another purpose"),
        ({"purpose": ["access"]}, "for another purpose"),
        ({"nbf": NOON.timestamp() + 10_000_000_000}, "not valid yet"),
        ({"exp": "soon"}, "no number of seconds"),
        ({"exp": float("nan")}, "no number of seconds"),
        ({"exp": 1e300}, "no number of seconds"),
        ({"iat": 10**400}, "no number of seconds"),
        ({"iat": []}, "no number of seconds"),
        ({"sub": 7}, "malformed"),
        ({"sub": ""}, "cannot be a user id"),
        ({"sub": "a\nb"}, "cannot be a user id"),
    ],
)
def test_a_token_made_elsewhere_must_make_sense(
    tokens: Tokens, claims: dict[str, Any], words: str
) -> None:
    # PyJWT would not write a `sub` that is no text.
    text = jwt.api_jws.encode(json.dumps({**CLAIMS, **claims}).encode(), KEY, "HS256")

    assert words in refusal(tokens, text)


@pytest.mark.parametrize("user", ["", "a\n", "x" * 200])
def test_who_cannot_be_a_user_gets_no_token(tokens: Tokens, user: str) -> None:
    with pytest.raises(InvalidName, match="user id"):
        tokens.issue(user)


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "purpose"])
def test_claims_with_a_meaning_of_their_own_cannot_be_set(tokens: Tokens, claim: str) -> None:
    with pytest.raises(InvalidName, match=f"claim '{claim}' is reserved"):
        tokens.issue("ann", ttl=timedelta(hours=1), **{claim: "x"})


@pytest.mark.parametrize("ttl", [timedelta(0), timedelta(seconds=-1), timedelta.max])
def test_a_token_lives_for_a_time_that_makes_sense(tokens: Tokens, ttl: timedelta) -> None:
    with pytest.raises(InvalidData, match="more than 0 and at most ten years"):
        tokens.issue("ann", ttl=ttl)


@pytest.mark.parametrize("claim", [object(), float("nan"), NOON, "\ud800", "x" * TOKEN_LIMIT])
def test_claims_must_be_json_and_fit_into_a_header(tokens: Tokens, claim: object) -> None:
    with pytest.raises(InvalidData):
        tokens.issue("ann", claim=claim)


def test_the_key_is_shown_nowhere() -> None:
    tokens = Tokens(SecretStr(KEY))

    assert repr(tokens) == "Tokens(algorithm='HS256', issuer='tidings')"


@pytest.mark.parametrize("key", ["", "short", "x" * 31, SecretStr("short"), None])
def test_a_weak_secret_is_refused_with_how_to_make_a_good_one(key: SecretStr | str | None) -> None:
    with pytest.raises(SettingsError, match=r"32 bytes or more.*secrets\.token_urlsafe\(32\)"):
        Tokens(key)


def wrong_keys() -> dict[str, Callable[[], Tokens]]:
    p384 = private_text(ec.generate_private_key(ec.SECP384R1()))
    return {
        "is one for RS256 or ES256": lambda: Tokens(rsa_key()),
        "goes with RS256 or ES256": lambda: Tokens(KEY, public_key=public_text(rsa_key())),
        "RS256: give an RSA key": lambda: Tokens(ec_key(), algorithm="RS256"),
        "ES256: give an EC key": lambda: Tokens(rsa_key(), algorithm="ES256"),
        "the text of a PEM file": lambda: Tokens(KEY, algorithm="RS256"),
        "1024 bits, and RS256 needs 2048": lambda: Tokens(rsa_key(1024), algorithm="RS256"),
        "is a public one": lambda: Tokens(public_text(rsa_key()), algorithm="RS256"),
        "RS256 needs a key": lambda: Tokens(None, algorithm="RS256"),
        "choose HS256, RS256 or ES256": lambda: Tokens(KEY, algorithm="none"),  # type: ignore[arg-type]
        "on the curve P-256": lambda: Tokens(p384, algorithm="ES256"),
    }


@pytest.mark.parametrize("words", wrong_keys())
def test_a_key_that_does_not_fit_is_refused_at_the_start(words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        wrong_keys()[words]()

    assert words in str(caught.value)
    assert "PRIVATE KEY" not in str(caught.value)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_with_the_public_key_alone_tokens_are_verified_and_not_issued(
    algorithm: Algorithm, clock: Clock
) -> None:
    private = key_for(algorithm)
    reader = Tokens(None, algorithm=algorithm, public_key=public_text(private), clock=clock)
    token = Tokens(private, algorithm=algorithm, clock=clock).issue("ann")

    assert reader.verify(token).user == "ann"
    with pytest.raises(Unsupported, match="only a public key"):
        reader.issue("ann")


def test_a_public_key_given_beside_the_private_one_is_what_verifies(clock: Clock) -> None:
    other = public_text(rsa_key(2056))
    tokens = Tokens(rsa_key(), algorithm="RS256", public_key=other, clock=clock)

    assert refusal(tokens, tokens.issue("ann")) == "the token is not signed with this key"


WITHOUT_CRYPTOGRAPHY = """
import sys
sys.modules["cryptography"] = None
from tidings.tokens import Tokens
print(Tokens("x" * 32).verify(Tokens("x" * 32).issue("ann")).user)
try:
    Tokens("x" * 32, algorithm="ES256")
except ValueError as error:
    print(error)
"""


def test_without_cryptography_the_extra_is_named() -> None:
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", WITHOUT_CRYPTOGRAPHY], capture_output=True, text=True, check=True
    )

    assert ran.stdout.splitlines() == [
        "ann",
        "token algorithm ES256 needs cryptography: pip install 'tidings[crypto]'",
    ]


def test_importing_tidings_does_not_import_jwt() -> None:
    code = "import sys, tidings, tidings.tokens; print('jwt' in sys.modules)"

    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert ran.stdout.strip() == "False"
