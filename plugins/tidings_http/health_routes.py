"""What operators ask: whether the server is there, and whether it can work."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic_core import to_json
from starlette.responses import Response

from tidings_http import answers
from tidings_http.caller import By
from tidings_http.openapi import PUBLIC
from tidings_http.problems import RETRY_AFTER, Problem, not_found
from tidings_http.readiness import readiness
from tidings_http.terms import NoQuery
from tidings_http.writing import answer

_PAGE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}}
}

router = APIRouter(tags=["operation"])


@router.get("/healthz", response_model=answers.Health, openapi_extra=PUBLIC)
async def health(_: Annotated[NoQuery, Query()]) -> Response:
    """Tell that the server answers; it asks nothing of anything else."""
    return answer(b'{"status":"ok"}')


@router.get("/readyz", response_model=answers.Ready, openapi_extra=PUBLIC)
async def ready(request: Request, _: Annotated[NoQuery, Query()]) -> Response:
    """Tell whether requests can be served, and which plugin is not ready if they cannot."""
    found = await readiness(request.app.state.front)
    unready = [name for name, state in found.items() if state != "ready"]
    if unready:
        words = f"not ready: {', '.join(unready)}"
        more = {"ready": False, "plugins": found}
        raise Problem(503, "not_ready", words, headers=RETRY_AFTER, more=more)
    return answer(to_json({"ready": True, "plugins": found}))


@router.get("/metrics", response_class=Response, responses=_PAGE)
async def metrics(by: By, _: Annotated[NoQuery, Query()]) -> Response:
    """Show Prometheus what is counted, to who may `admin`."""
    await by.need(by.channel, "admin")
    try:
        from tidings_http.metrics import MEDIA_TYPE, shown
    except ImportError as error:
        raise not_found(str(error)) from None
    return Response(shown(by.front), 200, {"Cache-Control": "no-store"}, MEDIA_TYPE)
