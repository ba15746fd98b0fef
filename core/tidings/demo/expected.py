"""What each inbox must hold in the end, worked out from the history alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import blake2b

from tidings.demo.authors import author
from tidings.demo.commits import Commit
from tidings.demo.news import News, news
from tidings.demo.repository import NoHistory, Repository

_OPEN_ONE_IN = 3

Advance = Callable[[int], None]
"""Called now and then with how many commits or notifications are done: for a progress bar."""


@dataclass(frozen=True, slots=True)
class History:
    """A repository's history, as notifications, and what must come of them.

    own: authors are told of their own commits, because nobody touched another's files.
    authors: how many different ones the history has.
    nameless: how many commits have an author without a usable address, who hears nothing.
    digests: for each notification by its id, a digest of its content as JSON.
    opened: the ids of those that are opened by whoever has them: every third.
    inboxes: for each user, the ids of their notifications.
    """

    repository: Repository
    own: bool
    authors: int
    nameless: int
    digests: Mapping[str, bytes]
    opened: AbstractSet[str]
    inboxes: Mapping[str, Sequence[str]]

    @asynccontextmanager
    async def news(self) -> AsyncIterator[AsyncIterator[News]]:
        """Read the history once more, as the notifications to push, in order."""
        async with self.repository.log() as commits:
            yield news(commits, own=self.own)

    @property
    def entries(self) -> int:
        """How many notifications all inboxes together must hold."""
        return sum(map(len, self.inboxes.values()))

    @property
    def users(self) -> Sequence[str]:
        """All who are told something, those with the fullest inboxes first."""
        return sorted(self.inboxes, key=lambda user: (-len(self.inboxes[user]), user))


def digest(data: bytes) -> bytes:
    """Return what stands for a notification's content, as JSON."""
    return blake2b(data, digest_size=16).digest()


async def read_history(repository: Repository, advance: Advance) -> History:
    """Go through a history and work out what every inbox must hold.

    Raises:
        NoHistory: there is nothing to tell anybody, or git gave up midway.
    """
    history = await _read(repository, advance, own=False)
    if not history.inboxes:
        history = await _read(repository, advance, own=True)
    if not history.inboxes:
        raise NoHistory(
            f"no author in the history at {repository.path.absolute()} has an address or a name "
            "that can be a user id: name another repository by --repo PATH"
        )
    return history


async def _read(repository: Repository, advance: Advance, *, own: bool) -> History:
    authors: Counter[str | None] = Counter()
    digests: dict[str, bytes] = {}
    opened: set[str] = set()
    inboxes: defaultdict[str, list[str]] = defaultdict(list)
    async with repository.log() as commits:
        async for notification, users in news(_counted(commits, authors, advance), own=own):
            if len(digests) % _OPEN_ONE_IN == 1:
                opened.add(notification.id)
            digests[notification.id] = digest(notification.to_json())
            for user in users:
                inboxes[user].append(notification.id)
    nameless = authors.pop(None, 0)
    return History(repository, own, len(authors), nameless, digests, opened, inboxes)


async def _counted(
    commits: AsyncIterator[Commit], authors: Counter[str | None], advance: Advance
) -> AsyncIterator[Commit]:
    done = 0
    async for commit in commits:
        authors[author(commit)] += 1
        done += 1
        advance(done)
        yield commit
