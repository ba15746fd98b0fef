"""A progress bar on stderr, for work that takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tidings.cli.invocation import Invocation


@contextmanager
def progress(
    called: Invocation, label: str, total: int | None
) -> Iterator[Callable[[int, str], None]]:
    """Show how far the work is, where a person looks on; gone when it ends.

    Yields:
        Call it with how much of `total` is done, and a few words. Without a total, the words and
        the time alone tell.
    """
    if called.as_json or not called.err.is_terminal:
        yield lambda _done, _words: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = ("{task.description}", BarColumn(), TextColumn("{task.fields[words]}"))
    with Progress(*columns, TimeElapsedColumn(), console=called.err, transient=True) as bar:
        task = bar.add_task(label, total=total, words="")
        yield lambda done, words: bar.update(task, completed=done, words=words)
