"""The files of a page: each as it is, with headers that let it do little."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from tidings_http.problems import Problem

_TYPES = {
    ".svg": "image/svg+xml",
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
}

_HEADERS = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class PageFiles:
    """Answers with the files of a folder.

    Args:
        folder: where they are.
        policy: what the page may do (Content Security Policy, W3C).
    """

    def __init__(self, folder: Path, policy: str) -> None:
        self._files = {path.name: path for path in folder.iterdir() if path.suffix in _TYPES}
        self._headers = {**_HEADERS, "Content-Security-Policy": policy}

    def answer(self, request: Request, name: str) -> Response:
        """Return the answer to a request for one of them.

        Raises:
            Problem: there is none of this name.
        """
        path = self._files.get(name)
        if path is None:
            raise Problem(404, "not_found", "nothing is here: see /openapi.json")
        body, tag = _read(path)
        headers = {**self._headers, "ETag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type=_TYPES[path.suffix])


@cache
def _read(path: Path) -> tuple[bytes, str]:
    body = path.read_bytes()
    return body, f'"{blake2b(body, digest_size=12).hexdigest()}"'
