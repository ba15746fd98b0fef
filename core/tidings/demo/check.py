"""What is shown against what must be: every difference, in a line for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tidings.demo.devices import Device
from tidings.demo.expected import History, digest
from tidings.event import Counts
from tidings.page import Entry, Page


def inbox_differences(history: History, user: str, inbox: Page) -> Iterator[str]:
    """Hold a user's whole inbox, as the store has it, against the history."""
    wanted = dict.fromkeys(history.inboxes[user])
    found = {entry.id: entry for entry in inbox.entries}
    there = [found[each] for each in wanted if each in found]
    kinds = {
        "missing": [each for each in wanted if each not in found],
        "never pushed": [each for each in found if each not in wanted],
        "there twice": [entry.id for entry in inbox.entries if found[entry.id] is not entry],
        "other than pushed": [e.id for e in there if digest(e.data) != history.digests[e.id]],
        "in another state": [e.id for e in there if not _as_wanted(e, e.id in history.opened)],
    }
    for kind, ids in kinds.items():
        if ids:
            yield f"inbox of {user}: {len(ids):,} {kind}, such as {ids[0]}"
    pending = sum(each not in history.opened for each in wanted)
    if inbox.counts != Counts(pending, pending):
        yield f"inbox of {user}: {_told(inbox.counts)}, in place of {pending:,} and {pending:,}"


def device_differences(device: Device, user: str, inbox: Page) -> Iterator[str]:
    """Hold what a device shows against the user's whole inbox."""
    whose = f"{device.name} of {user}"
    if device.position != inbox.position:
        yield f"{whose}: came to {_place(device)}, and the log to offset {inbox.position.offset:,}"
    shown, there = list(device.entries), list(inbox.entries[: device.limit])
    if shown != there:
        yield f"{whose}: {_first_difference(shown, there)}"
    if device.counts != inbox.counts:
        yield f"{whose}: {_told(device.counts)}, and the inbox {_told(inbox.counts)}"


def _as_wanted(entry: Entry, opened: bool) -> bool:
    return (entry.opened, entry.seen, entry.archived) == (opened, opened, False)


def _first_difference(shown: Sequence[Entry], there: Sequence[Entry]) -> str:
    for index, (mine, other) in enumerate(zip(shown, there, strict=False)):
        if mine != other:
            how = "but not as it is there" if mine.id == other.id else f"and there {other.id}"
            return f"entry {index + 1:,} from the top is {mine.id}, {how}"
    return f"shows {len(shown):,} entries of {len(there):,}"


def _place(device: Device) -> str:
    return "nothing" if device.position is None else f"offset {device.position.offset:,}"


def _told(counts: Counts) -> str:
    return f"counts {counts.pending:,} pending and {counts.unseen:,} unseen"
