"""Keys to sign and verify tokens with: the weak and the mistaken are refused at the start."""

from __future__ import annotations

from typing import Any, Literal

from tidings.errors import SettingsError

Algorithm = Literal["HS256", "RS256", "ES256"]

SECRET_BYTES = 32
RSA_BITS = 2048

_MAKE = 'python -c "import secrets; print(secrets.token_urlsafe(32))"'


def signing_keys(key: str | None, algorithm: Algorithm, public_key: str | None) -> tuple[Any, Any]:
    """Return what signs (None: nothing does) and what verifies.

    Raises:
        SettingsError: a key is missing, weak or of another kind, or the algorithm is unknown or
            needs what is not installed.
    """
    if algorithm == "HS256":
        secret = _secret(key, public_key)
        return secret, secret
    if algorithm not in ("RS256", "ES256"):
        raise SettingsError(f"token algorithm {algorithm!r}: choose HS256, RS256 or ES256")
    private = _loaded(key, algorithm) if key is not None else None
    if private is not None and not hasattr(private, "public_key"):
        raise SettingsError(f"the token key is a public one: {algorithm} signs with the private")
    if public_key is not None:
        return private, _public(_loaded(public_key, algorithm))
    if private is None:
        raise SettingsError(f"{algorithm} needs a key: a private one to sign, a public to verify")
    return private, _public(private)


def _secret(key: str | None, public_key: str | None) -> str:
    import jwt

    if public_key is not None:
        raise SettingsError("a public token key goes with RS256 or ES256, not with HS256")
    if key is None or len(key.encode()) < SECRET_BYTES:
        raise SettingsError(
            f"the token key needs {SECRET_BYTES} bytes or more: make one by {_MAKE}"
        )
    try:
        jwt.get_algorithm_by_name("HS256").prepare_key(key)
    except jwt.InvalidKeyError:
        raise SettingsError(
            "the token key is one for RS256 or ES256: set the algorithm, or for HS256 make a "
            f"secret by {_MAKE}"
        ) from None
    return key


def _loaded(text: str, algorithm: Algorithm) -> Any:
    import jwt

    kind = "an RSA key" if algorithm == "RS256" else "an EC key on the curve P-256"
    refused = f"the token key is none for {algorithm}: give {kind}, the text of a PEM file"
    try:
        key = jwt.get_algorithm_by_name(algorithm).prepare_key(text)
    except NotImplementedError:
        raise SettingsError(
            f"token algorithm {algorithm} needs cryptography: pip install 'tidings[crypto]'"
        ) from None
    except (jwt.PyJWTError, ValueError, TypeError):
        raise SettingsError(refused) from None
    if algorithm == "RS256" and key.key_size < RSA_BITS:
        raise SettingsError(f"the token key has {key.key_size} bits, and RS256 needs {RSA_BITS}")
    if algorithm == "ES256" and key.curve.name != "secp256r1":
        raise SettingsError(refused)
    return key


def _public(key: Any) -> Any:
    return key.public_key() if hasattr(key, "public_key") else key
