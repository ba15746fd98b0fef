"""The OpenAPI document: FastAPI's, with problems for every error, and names as they are spelt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from tidings import Notification
from tidings_http import answers
from tidings_http.problems import MEDIA_TYPE

PUBLIC: dict[str, Any] = {"security": []}
"""Of a route that asks nobody who they are."""

ANYONE: dict[str, Any] = {"security": [{"bearer": []}, {}]}
"""Of a route that answers those too who do not say who they are, where a policy grants it."""

BY_TICKET: dict[str, Any] = {"security": [{"bearer": []}, {"ticket": []}]}
"""Of a route that takes tickets."""

ANYONE_BY_TICKET: dict[str, Any] = {"security": [{"bearer": []}, {"ticket": []}, {}]}
"""Of a route that does both."""

_REF = "#/components/schemas/{model}"
_PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}}
_ERRORS: Mapping[str, str] = {
    "400": "It cannot be read.",
    "401": "It says not who asks, or not validly.",
    "403": "The policies do not grant it.",
    "413": "It is too large.",
    "422": "A field or parameter is not as it must be.",
    "default": "It was not done.",
}


def described(app: FastAPI) -> None:
    """Let an application describe itself so."""

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def document(app: FastAPI) -> dict[str, Any]:
    """Return the document."""
    from importlib.metadata import version

    found = get_openapi(
        title=app.title,
        version=version("tidings"),
        summary=app.summary,
        routes=app.routes,
        servers=app.servers,
        separate_input_output_schemas=False,
    )
    components = found.setdefault("components", {})
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "ticket": {"type": "apiKey", "in": "query", "name": "ticket"},
    }
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas |= _schemas()
    found["security"] = [{"bearer": []}]
    for operation in _operations(found):
        for status, words in _ERRORS.items():
            operation["responses"][status] = {"description": words, **_PROBLEM}
    return found


def _schemas() -> dict[str, Any]:
    """Return what FastAPI would spell otherwise: notifications have names in snake case."""
    notification = Notification.model_json_schema(by_alias=False, ref_template=_REF)
    notification["description"] = notification["description"].partition("\n\nRaises:")[0]
    told = answers.Problem.model_json_schema(ref_template=_REF)
    inner = {**notification.pop("$defs", {}), **told.pop("$defs", {})}
    return {**inner, "Notification": notification, "Problem": told}


def _operations(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in found["paths"].values():
        yield from path.values()
