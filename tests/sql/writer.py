"""A process that pushes, and prints what it was answered; what it is told stands on stdin.

    URL
    NAME FIRST COUNT

The second line and each after it is done by a process forked for it: it pushes COUNT notifications,
called NAME-FIRST and so on, each to two users, several at a time. For each answer it prints a line
of JSON: channel, id, offset. The first line it prints is its process id, and when it has ended, as
it should or not, `end` is printed in its place.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from tidings import Notification, Stored, Tidings
from tidings_sql import SqlStore

CALLERS = 4
USERS = ("ann", "bob")


async def push(url: str, name: str, numbers: range) -> None:
    waiting = iter(numbers)
    async with Tidings(SqlStore(url)) as tidings:

        async def call() -> None:
            for number in waiting:
                id = f"{name}-{number}"  # noqa: A001
                receipt = await tidings.push(USERS, Notification(id=id, heading="Build passed"))
                for user, answer in receipt.results.items():
                    assert isinstance(answer, Stored)
                    say(json.dumps([f"private-user-{user}", id, answer.position.offset]))

        await asyncio.gather(*(call() for _ in range(CALLERS)))


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())  # in one piece, even if it is the last thing done


def main() -> None:
    url = sys.stdin.readline().strip()
    for line in iter(sys.stdin.readline, ""):
        name, first, count = line.split()
        child = os.fork()
        if not child:
            say(str(os.getpid()))
            asyncio.run(push(url, name, range(int(first), int(first) + int(count))))
            os._exit(0)
        os.waitpid(child, 0)
        say("end")


if __name__ == "__main__":
    main()
