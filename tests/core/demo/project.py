"""A real git repository to tell of: commits by whom a test says, with what it says."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tidings.demo.commits import Commit
from tidings.demo.expected import History, read_history
from tidings.demo.repository import open_repository

_FIRST = 1_700_000_000  # when the first commit is made; each other, a minute later


class Project:
    """A git repository in a folder of its own, untouched by the settings of whoever runs this."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._commits = 0
        path.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    def commit(
        self,
        email: str,
        message: str = "Work",
        *,
        name: str = "Somebody",
        write: Mapping[str, str] | None = None,
        remove: str | None = None,
        rename: tuple[str, str] | None = None,
    ) -> str:
        """Make a commit; return its hash."""
        for path, text in (write or {}).items():
            (self.path / path).parent.mkdir(parents=True, exist_ok=True)
            (self.path / path).write_text(text)
        if remove:
            (self.path / remove).unlink()
        if rename:
            self.git("mv", *rename)
        self.git("add", "--all")
        self._record(email, name, "commit", "--message", message)
        return self.head

    def merge(self, branch: str, email: str, message: str = "Merge") -> str:
        """Merge a branch that has no conflict; return the merge's hash."""
        self._record(email, "Somebody", "merge", "--no-ff", branch, "--message", message)
        return self.head

    def amend(self, email: str) -> str:
        """Put what the files are now into the newest commit; return its new hash."""
        self.git("add", "--all")
        self._record(email, "Somebody", "commit", "--amend", "--no-edit")
        return self.head

    def fast_import(self, stream: bytes) -> None:
        """Take commits that the git program itself would not make."""
        self.git("fast-import", "--quiet", "--force", stdin=stream)

    @property
    def head(self) -> str:
        """The hash of the newest commit."""
        return self.git("rev-parse", "HEAD")

    def git(self, *arguments: str, stdin: bytes = b"", who: Mapping[str, str] | None = None) -> str:
        """Run git here; return what it answers."""
        done = subprocess.run(  # noqa: S603
            ["git", *arguments],  # noqa: S607
            cwd=self.path,
            env=alone() | dict(who or {}),
            input=stdin,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    def _record(self, email: str, name: str, *arguments: str) -> None:
        when = f"{_FIRST + 60 * self._commits} +0000"
        self._commits += 1
        people = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", name), ("EMAIL", email), ("DATE", when))
        }
        options = ("--quiet", "--allow-empty", "--allow-empty-message", "--no-verify")
        self.git(*arguments, *(options if arguments[0] == "commit" else ()), who=people)


def alone() -> dict[str, str]:
    """Return an environment in which git reads nobody's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


async def commits_of(project: Project, limit: int | None = None) -> list[Commit]:
    """Read a project's history, oldest first."""
    repository = await open_repository(project.path, limit)
    async with repository.log() as commits:
        return [commit async for commit in commits]


async def history_of(project: Project) -> History:
    """Read what a project's history comes to."""
    return await read_history(await open_repository(project.path), lambda _: None)
