"""A git repository's own log, by the git program, as a stream."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple

from tidings.demo.commits import FORMAT, Commit, LogReader
from tidings.demo.words import one_line
from tidings.errors import TidingsError

_CHUNK = 64 * 1024
_SAID = 1000  # as much of git's own words as stands in an error
_ELSEWHERE = frozenset(  # a git hook sets these, and --repo means another place
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX"}
)
_GIT = (  # settings that a user may have otherwise
    "git",
    *("-c", "log.showRoot=true"),
    *("-c", "log.showSignature=false"),
    *("-c", "diff.relative=false"),
)
_LOG = (
    *("log", "--reverse", "--date-order", "-z", "--name-status", "-c", "-M"),
    *("--encoding=UTF-8", f"--format={FORMAT}"),
)


class NoHistory(TidingsError):
    """There is no git history to read here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Repository:
    """The history behind one commit, or the newest part of it; see `open_repository`."""

    path: Path
    head: str
    commits: int

    @asynccontextmanager
    async def log(self) -> AsyncIterator[AsyncIterator[Commit]]:
        """Read the commits, oldest first, a parent before its children; leave it to stop.

        Raises:
            NoHistory: (while reading) git gave up midway.
        """
        newest = f"--max-count={self.commits}"
        async with _git(self.path, *_LOG, newest, self.head, "--") as git:
            yield _commits(git)


async def open_repository(path: Path, limit: int | None = None) -> Repository:
    """Find the repository that a folder is in, as it is now.

    Args:
        path: the folder; a bare repository too.
        limit: read so many of the newest commits; None for all.

    Raises:
        NoHistory: there is no git, no repository, or no commit in it.
    """
    code, _, said = await _ask(path, "rev-parse", "--git-dir")
    if code:
        raise NoHistory(
            f"no git repository at {_where(path)}: go into one, or name one by --repo PATH "
            f"(git: {said})"
        )
    code, head, _ = await _ask(path, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if code:
        raise NoHistory(
            f"the git repository at {_where(path)} has no commit yet: make one, or name another "
            "repository by --repo PATH"
        )
    newest = () if limit is None else (f"--max-count={limit}",)
    code, count, said = await _ask(path, "rev-list", "--count", *newest, head, "--")
    if code:
        raise NoHistory(f"git cannot read the history at {_where(path)}: {said}")
    return Repository(path, head, int(count))


class _Git(NamedTuple):
    """A running git: what it answers comes from its stdout, what it complains of is in a file."""

    process: Process
    complaints: BinaryIO

    async def read(self) -> bytes:
        if self.process.stdout is None:
            raise RuntimeError("git was started without a pipe")
        return await self.process.stdout.read(_CHUNK)

    def said(self) -> str:
        """Return the beginning of its complaints, in one line."""
        self.complaints.seek(0)
        text = self.complaints.read(_SAID).decode(errors="replace")
        return one_line(text).removeprefix("fatal: ")


async def _commits(git: _Git) -> AsyncIterator[Commit]:
    reader = LogReader()
    while chunk := await git.read():
        for commit in reader.feed(chunk):
            yield commit
    if await git.process.wait():
        raise NoHistory(f"git could not read the whole history: {git.said()}")
    for commit in reader.finish():
        yield commit


async def _ask(path: Path, *arguments: str) -> tuple[int, str, str]:
    """Return git's exit code, its answer, and what it complained of."""
    async with _git(path, *arguments) as git:
        answer, _ = await git.process.communicate()
        return git.process.returncode or 0, answer.decode(errors="replace").strip(), git.said()


@asynccontextmanager
async def _git(path: Path, *arguments: str) -> AsyncIterator[_Git]:
    environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    command = (*_GIT, "-C", str(path), *arguments)
    with TemporaryFile() as complaints:
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=DEVNULL, stdout=PIPE, stderr=complaints, env=environment
            )
        except OSError as error:
            raise NoHistory(
                f"the git program cannot be run ({error.strerror}): install git, by which the "
                "demo reads a repository's history"
            ) from error
        try:
            yield _Git(process, complaints)
        finally:
            await _stop(process)


async def _stop(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.communicate()  # reads what is left in the pipe, so that it closes


def _where(path: Path) -> Path:
    """Return the folder as an error should name it, without asking the file system."""
    return path.absolute()
