"""Puts what users were told before into their inboxes. Run it by `python past.py`."""

from datetime import UTC, datetime

from inboxes import store

from tidings import Notification
from tidings.blocking import Tidings

rows = [  # of your model: (pk, user, heading, created, read)
    (1, "ann", "Bob mentioned you", datetime(2030, 1, 31, 8, 0, tzinfo=UTC), True),
    (2, "ann", "Cyd mentioned you", datetime(2030, 1, 31, 9, 0, tzinfo=UTC), False),
]

with Tidings(store()) as tidings:
    for pk, user, heading, created, read in rows:
        told = Notification(id=f"old-{pk}", heading=heading, created_at=created)
        tidings.push(user, told)
        if read:
            tidings.inbox(user).open(told.id)
    print(tidings.inbox("ann").counts())
