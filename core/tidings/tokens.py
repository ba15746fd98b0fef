"""Signed, expiring proofs of who a client is: JSON Web Tokens (RFC 7519)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import SecretStr

from tidings.access import Identity
from tidings.encoding import encode
from tidings.errors import InvalidData, InvalidName, InvalidToken, Unsupported
from tidings.names import user_channel
from tidings.signing_keys import Algorithm, signing_keys

TOKEN_LIMIT = 8 * 1024
"""The most characters of a token: what servers take as one header."""

RESERVED = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "purpose"})
"""Claims that have a meaning of their own, so that an application cannot set them."""

Purpose = Literal["access", "ticket"]

_MALFORMED = "malformed: this is no token"
_LONGEST = timedelta(days=3650)


class Tokens:
    """Makes and checks the tokens by which clients say who they are.

    A token made elsewhere is as good, if it is signed with this key and has the claims `iss`
    (this issuer), `sub` (the user's id), `iat` and `exp` (seconds since 1970; fractions of them
    in `iat` tell it from a revocation in the same second) and `purpose`: "access".

    Args:
        key: what signs: for HS256 a secret of at least 32 bytes, else a private key as PEM text.
            None for RS256 or ES256 makes an object that only verifies.
        algorithm: HS256, or RS256 or ES256 with the `crypto` extra. No other is ever accepted.
        public_key: what verifies RS256 and ES256, as PEM text; by default the private key's.
        issuer: who makes these tokens; those of others are refused.
        leeway: how far the clocks of two machines may differ.
        clock: gives the time, with a zone.

    Raises:
        SettingsError: the key is too short, of another kind, or cryptography is not installed.

    Example:
        >>> tokens = Tokens("a secret of at least thirty-two bytes")
        >>> tokens.verify(tokens.issue("ann", role="editor")).claims
        {'role': 'editor'}
    """

    def __init__(
        self,
        key: SecretStr | str | None,
        *,
        algorithm: Algorithm = "HS256",
        public_key: str | None = None,
        issuer: str = "tidings",
        leeway: timedelta = timedelta(seconds=5),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        secret = key.get_secret_value() if isinstance(key, SecretStr) else key
        self._signing, self._verifying = signing_keys(secret, algorithm, public_key)
        self.algorithm = algorithm
        self.issuer = issuer
        self.leeway = leeway
        self.clock = clock

    def __repr__(self) -> str:
        return f"Tokens(algorithm={self.algorithm!r}, issuer={self.issuer!r})"

    def issue(self, user: str, *, ttl: timedelta = timedelta(hours=1), **claims: Any) -> str:
        """Return a token for this user, valid from now on for `ttl`.

        Args:
            user: the user's id.
            ttl: how long it is valid, at most ten years.
            claims: what else it shall say, for policies to read in `Identity.claims`.

        Raises:
            InvalidName: the user id cannot be one, or a claim's name is reserved.
            InvalidData: `ttl` is not positive, the claims are no JSON or too large.
            Unsupported: there is no key to sign with.
        """
        if reserved := sorted(RESERVED & claims.keys()):
            raise InvalidName(f"claim {reserved[0]!r} is reserved: choose another name")
        if not timedelta(0) < ttl <= _LONGEST:
            raise InvalidData("ttl must be more than 0 and at most ten years")
        now = self.clock()
        return self.sign("access", claims | {"sub": user}, issued=now, expires=now + ttl)

    def verify(self, token: str) -> Identity:
        """Return who a token speaks of.

        Raises:
            InvalidToken: it is malformed, expired, of another key, or for another purpose.
        """
        claims = self.open("access", token, now=self.clock())
        return Identity(
            claims["sub"],
            issued_at=moment(claims["iat"]),
            expires_at=moment(claims["exp"]),
            claims={name: value for name, value in claims.items() if name not in RESERVED},
        )

    def sign(
        self, purpose: Purpose, claims: Mapping[str, Any], *, issued: datetime, expires: datetime
    ) -> str:
        """Sign claims about a user (`sub`) for one purpose: how tokens and tickets are made.

        Raises:
            InvalidName: `sub` cannot be a user id.
            InvalidData: the claims are no JSON, or too large.
            Unsupported: there is no key to sign with.
        """
        import jwt

        user_channel(claims["sub"])
        if self._signing is None:
            raise Unsupported("this process has only a public key: issue tokens where the key is")
        encode(dict(claims))
        text = jwt.encode(
            {
                **claims,
                "iss": self.issuer,
                "purpose": purpose,
                "iat": issued.timestamp(),
                "exp": expires.timestamp(),
            },
            self._signing,
            algorithm=self.algorithm,
        )
        if len(text) > TOKEN_LIMIT:
            raise InvalidData(f"the claims are too large: a token has {TOKEN_LIMIT:,} characters")
        return text

    def open(self, purpose: Purpose, text: str, *, now: datetime) -> Mapping[str, Any]:
        """Return the claims of what was signed for this purpose and is valid now.

        `sub` is a user id, `iat` and `exp` are moments.

        Raises:
            InvalidToken: it is not valid.
        """
        claims = self._decoded(text)
        if claims.get("purpose") != purpose:
            raise InvalidToken("the token is for another purpose")
        issued, expires = moment(claims["iat"]), moment(claims["exp"])
        if now - expires >= self.leeway:
            raise InvalidToken("the token has expired: get a new one")
        if issued - now > self.leeway:
            raise InvalidToken("the token is from the future: set the clocks of both machines")
        try:
            user_channel(claims["sub"])
        except InvalidName:
            raise InvalidToken("the token's `sub` cannot be a user id") from None
        return claims

    def _decoded(self, text: str) -> Mapping[str, Any]:
        import jwt

        if not _plausible(text):
            raise InvalidToken(_MALFORMED)
        try:
            claims: dict[str, Any] = jwt.decode(
                text,
                self._verifying,
                algorithms=[self.algorithm],
                issuer=self.issuer,
                options={
                    "require": ["sub", "iat", "exp", "purpose"],
                    "verify_exp": False,  # `open` verifies both, to fractions of a second
                    "verify_iat": False,
                },
            )
        except jwt.PyJWTError as error:
            raise InvalidToken(_words(error, self.algorithm)) from None
        return claims


def moment(seconds: Any) -> datetime:
    """Read a time in a token.

    Raises:
        InvalidToken: it is no number, or beyond the calendar.
    """
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (TypeError, OverflowError, ValueError, OSError):
        raise InvalidToken("malformed: a time in the token is no number of seconds") from None


def _plausible(text: object) -> bool:
    return isinstance(text, str) and text.isascii() and len(text) <= TOKEN_LIMIT


def _words(error: Exception, algorithm: str) -> str:
    import jwt

    match error:
        case jwt.InvalidSignatureError():
            return "the token is not signed with this key"
        case jwt.InvalidAlgorithmError():
            return f"the token is not signed with {algorithm}"
        case jwt.InvalidIssuerError() | jwt.InvalidAudienceError():
            return "the token is for another purpose: of another issuer, or for another audience"
        case jwt.MissingRequiredClaimError():
            return f"the token lacks the claim {error.claim!r}"
        case jwt.ImmatureSignatureError():
            return "the token is not valid yet"
    return _MALFORMED
