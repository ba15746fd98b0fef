import random
import subprocess
import sys
import time
from uuid import RFC_4122, UUID

import pytest

from tidings.ids import made_at, new_id


def test_an_id_is_a_uuid_of_version_7() -> None:
    made = UUID(new_id())

    assert (made.version, made.variant) == (7, RFC_4122)


async def test_ids_never_repeat() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000


def test_an_application_that_seeds_random_does_not_repeat_ids() -> None:
    random.seed(1)
    first = new_id()
    random.seed(1)

    assert new_id() != first


@pytest.mark.parametrize("id_", ["", "x", "7" * 36, "zzzzzzzz-zzzz-7zzz-zzzz-zzzzzzzzzzzz"])
def test_an_id_that_is_no_uuid_7_tells_no_time(id_: str) -> None:
    assert made_at(id_) is None


def test_a_uuid_7_tells_when_it_was_made() -> None:
    made = made_at(new_id())
    assert made is not None
    assert abs(time.time() - made) < 60


FORKS = """
import os
from tidings.ids import new_id
new_id()
if os.fork() == 0:
    print(new_id(), flush=True)
    os._exit(0)
os.wait()
print(new_id())
"""


def test_a_forked_process_goes_its_own_way() -> None:
    found = subprocess.run(  # noqa: S603
        [sys.executable, "-c", FORKS], capture_output=True, text=True, check=True, timeout=30
    )
    child, parent = found.stdout.split()

    assert child[15:] != parent[15:]
