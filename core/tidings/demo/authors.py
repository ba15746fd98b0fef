"""Who is told of a commit: the latest authors of the files it touched."""

from __future__ import annotations

from collections.abc import Sequence

from tidings.demo.commits import Commit
from tidings.errors import InvalidName
from tidings.names import user_channel


def author(commit: Commit) -> str | None:
    """Return the user id of a commit's author: the address, or else the name.

    None where neither can be an id (empty, too long, control characters): whoever this was
    cannot be told anything.
    """
    for text in (commit.email, commit.name):
        user = text.strip()
        try:
            user_channel(user)
        except InvalidName:
            continue
        return user
    return None


class LatestAuthors:
    """The latest author of each file there is, kept up by going through the commits in order."""

    def __init__(self) -> None:
        self._of: dict[bytes, str | None] = {}

    def told(self, commit: Commit) -> Sequence[str]:
        """Return who had last touched the files that this commit touched, but for its author.

        A renamed file keeps its history; a deleted one has its author told, and is forgotten.
        """
        by = author(commit)
        before = dict.fromkeys(self._of.pop(touch.before, None) for touch in commit.touches)
        self._of.update((touch.now, by) for touch in commit.touches if touch.now is not None)
        return [user for user in before if user is not None and user != by]
