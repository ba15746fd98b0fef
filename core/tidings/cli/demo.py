"""`tidings demo`: the main job, on a git history of your own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tidings.cli.invocation import Invocation
from tidings.cli.progress import progress

if TYPE_CHECKING:
    from tidings.demo.expected import Advance, History
    from tidings.demo.run import Result
    from tidings.demo.serving import Shown

_DIFFERENCES = 20  # told of each transport

_SHOWN = """\
Pushed the history's notifications: {pushed:,}. See them in a browser, on this machine:
  {page}

Look after the server at {page}console, with this token:
  {operator}

Ctrl-C ends it, and nothing is kept."""


@click.command()
@click.option(
    "--repo",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    show_default="the one it stands in",
    help="The git repository to read.",
)
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="Take only the newest N commits."
)
@click.option("--serve", is_flag=True, help="Show it in a browser, until Ctrl-C.")
@click.option("--port", type=click.IntRange(0, 65535), help="Where to; 8000, if not given.")
@click.pass_obj
def demo(
    called: Invocation, repo: Path, limit: int | None, *, serve: bool, port: int | None
) -> int:
    """Notify the authors of a git repository, on each transport, and check every inbox.

    Each author of a file hears of the next commit that touches it. Several devices follow, one of
    them goes away and comes back, some notifications are opened; where the store outlives it, the
    application is closed half way and opened anew. Then every inbox and every device is held
    against what the history says they must show, and each transport's inboxes against the first
    one's. Exits with 1 if any is not equal.

    With --serve it pushes the history in memory, checks nothing, and serves a page with two bells
    of one of these authors.
    """
    if serve:
        return _serve(called, repo, limit, 8000 if port is None else port)
    if port is not None:
        raise click.UsageError("--port is where --serve shows it: give --serve too.")
    from tidings.demo.report import report, summary

    history, results = asyncio.run(_run_all(called, repo, limit))
    if called.as_json:
        _tell_differences(called, results)
        called.emit(summary(history, results))
    else:
        called.show(*report(history, results, datetime.now(UTC)))
        _tell_differences(called, results)
    return 0 if all(result.equal for result in results) else 1


async def _run_all(
    called: Invocation, repo: Path, limit: int | None
) -> tuple[History, Sequence[Result]]:
    from tidings.demo.run import compare, run
    from tidings.demo.worlds import worlds

    history = await _read(called, repo, limit)
    results = []
    for world in worlds():
        count = len(history.digests)
        with _progress(called, f"Pushing: {world.transport}", count, "notifications") as advance:
            results.append(await run(world, history, advance))
    compare(results)
    return history, results


async def _read(called: Invocation, repo: Path, limit: int | None) -> History:
    from tidings.demo.expected import read_history
    from tidings.demo.repository import open_repository

    repository = await open_repository(repo, limit)
    with _progress(called, "Reading", repository.commits, "commits") as advance:
        return await read_history(repository, advance)


def _serve(called: Invocation, repo: Path, limit: int | None, port: int) -> int:
    try:
        listening = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        words = f"port {port} cannot be listened on: {error.strerror}. Choose another by --port."
        raise click.ClickException(words) from None
    with listening:
        asyncio.run(_served(called, repo, limit, listening))
    return 0


async def _served(
    called: Invocation, repo: Path, limit: int | None, listening: socket.socket
) -> None:
    from tidings.demo.serving import DemoServer

    history = await _read(called, repo, limit)
    server = DemoServer(history, listening)
    page = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    count = len(history.digests)
    with ExitStack() as stack:
        advance = stack.enter_context(_progress(called, "Pushing", count, "notifications"))

        def began(shown: Shown) -> None:
            stack.close()
            _tell_shown(called, page, shown)

        await server.run(advance, began)


def _tell_shown(called: Invocation, page: str, shown: Shown) -> None:
    if called.as_json:
        called.emit({"page": page, **shown._asdict()})
    else:
        words = {"page": page, **shown._asdict()}
        click.echo(_SHOWN.format(**words))


@contextmanager
def _progress(called: Invocation, label: str, total: int, things: str) -> Iterator[Advance]:
    with progress(called, label, total) as show:
        yield lambda done: show(done, f"{done:,} of {total:,} {things}")


def _tell_differences(called: Invocation, results: Sequence[Result]) -> None:
    for result in results:
        for difference in result.differences[:_DIFFERENCES]:
            called.complain("Unequal", f"{result.transport}: {difference}")
        more = len(result.differences) - _DIFFERENCES
        if more > 0:
            called.complain("Unequal", f"{result.transport}: and {more:,} more")
