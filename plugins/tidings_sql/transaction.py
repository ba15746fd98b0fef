"""A transaction whose end is known, or known to be unknown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, RootTransaction


class CommitFailed(Exception):
    """The commit itself raised its cause: what was written may be there or not."""


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Run a transaction: committed at the end, rolled back by an error.

    Raises:
        CommitFailed: at the end. Whatever else is raised, nothing was written.
    """
    begun = connection.begin()
    try:
        yield
    except BaseException:
        _roll_back(begun)
        raise
    try:
        begun.commit()
    except Exception as error:
        _roll_back(begun)
        raise CommitFailed from error


def _roll_back(begun: RootTransaction) -> None:
    with suppress(Exception):  # a lost connection has done so; what went wrong first is told
        begun.rollback()
