"""What authors are told: one notification a commit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from tidings.demo.authors import LatestAuthors, author
from tidings.demo.commits import Commit
from tidings.demo.words import one_line, shortened
from tidings.notification import Notification, Payload

_HEADING = 200
_CATEGORY = 64
_NAME = 80
_BODY = 1000
_CONTENT = 1000
_PATH = 120
_NAMED_FILES = 2
_LAST_SECOND = 253_402_300_799  # of the year 9999


class News(NamedTuple):
    """A notification and whom it is for."""

    notification: Notification
    users: Sequence[str]


async def news(commits: AsyncIterator[Commit], *, own: bool) -> AsyncIterator[News]:
    """Go through commits, oldest first, and give what is to be told of them.

    Args:
        commits: the history.
        own: tell each author of their own commits: for a history in which nobody touched
            another's files, so that there would be nothing to tell.
    """
    latest = LatestAuthors()
    async for commit in commits:
        users = _themselves(commit) if own else latest.told(commit)
        if users:
            yield News(notification(commit), users)


def notification(commit: Commit) -> Notification:
    """Return what is said of a commit: always the same of the same commit."""
    files = [_path(touch.now or touch.before) for touch in commit.touches]
    return Notification(
        id=commit.hash,
        heading=shortened(one_line(commit.subject), _HEADING) or "(no message)",
        content=_content(commit, files),
        payload=Payload(path=f"/commit/{commit.hash}"),
        category=_category(files),
        created_at=datetime.fromtimestamp(min(max(commit.time, 0), _LAST_SECOND), UTC),
    )


def _themselves(commit: Commit) -> Sequence[str]:
    by = author(commit)
    return () if by is None else (by,)


def _path(raw: bytes) -> str:
    return one_line(raw.decode(errors="replace"))


def _category(files: Sequence[str]) -> str | None:
    """Return the top directory of the first file that is in one."""
    tops = (top for top, slash, _ in (path.partition("/") for path in files) if slash and top)
    return shortened(next(tops, ""), _CATEGORY) or None


def _content(commit: Commit, files: Sequence[str]) -> str:
    name = shortened(one_line(commit.name or commit.email), _NAME) or "Somebody"
    lines = [f"{name} {_did(commit, files)}", *map(one_line, commit.body[:_BODY].splitlines())]
    return shortened("\n".join(filter(None, lines)), _CONTENT)


def _did(commit: Commit, files: Sequence[str]) -> str:
    if not files:
        return "merged" if commit.merge else "changed no file"
    named = ", ".join(shortened(path, _PATH) for path in files[:_NAMED_FILES])
    more = len(files) - _NAMED_FILES
    return f"changed {named}" + (f" and {more:,} more" if more > 0 else "")
