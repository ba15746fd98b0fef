"""Everything within one process: what `Tidings()` uses by itself, and what tests run on.

`MemoryBroker` brings events to all who listen in the process and knows who is present;
`MemoryStore` keeps logs, inboxes and schedules. Neither starts a task, and a store given to a
second `Tidings` object goes on where the first left off. Nothing survives the process.
"""

from tidings_memory.broker import MemoryBroker
from tidings_memory.store import MemoryStore

__all__ = ["MemoryBroker", "MemoryStore"]
