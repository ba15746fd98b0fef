"""The bell's own module and types, for everybody."""

from __future__ import annotations

import gzip
from functools import cache
from hashlib import blake2b

from fastapi import APIRouter, Request
from starlette.responses import Response

from tidings_http.bell import STATIC, bell

router = APIRouter(include_in_schema=False)

_HEADERS = {
    "Cache-Control": "public, max-age=300",
    "Vary": "Accept-Encoding",
    "Access-Control-Allow-Origin": "*",  # pages elsewhere may import it: it is no secret
    "X-Content-Type-Options": "nosniff",
}


@router.get("/bell.js")
async def bell_module(request: Request) -> Response:
    """Return the element and the client, as one ES module."""
    return _told(request, bell(), "text/javascript")


@router.get("/bell.d.ts")
async def bell_types(request: Request) -> Response:
    """Return what the module offers, for TypeScript."""
    return _told(request, (STATIC / "bell.d.ts").read_text(), "text/plain")


def _told(request: Request, text: str, media_type: str) -> Response:
    packed = "gzip" in request.headers.get("accept-encoding", "")
    body, tag = _packed(text) if packed else _plain(text)
    headers = {**_HEADERS, "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type=media_type)


@cache
def _plain(text: str) -> tuple[bytes, str]:
    body = text.encode()
    return body, f'"{blake2b(body, digest_size=12).hexdigest()}"'


@cache
def _packed(text: str) -> tuple[bytes, str]:
    body = gzip.compress(text.encode(), 9, mtime=0)
    return body, f'"{blake2b(body, digest_size=12).hexdigest()}"'
