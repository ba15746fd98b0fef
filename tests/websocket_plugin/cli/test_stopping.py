"""A process that is asked to stop does, whatever keeps it: in processes, for they end."""

from __future__ import annotations

import subprocess
import sys
from signal import SIGINT, SIGTERM

import pytest

HANGS = """
import signal, sys, threading
from tidings_websocket.cli.stopping import bounded_stop

for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: print("asked", flush=True))
with bounded_stop(float(sys.argv[1]), hurries=len(sys.argv) == 2):
    print("begun", flush=True)
    while True:
        threading.Event().wait(0.1)
"""


def begin(within: float, *more: str) -> subprocess.Popen[str]:
    """Run what will not stop by itself, and wait until it runs."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", HANGS, str(within), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def test_a_signal_is_passed_on_and_ends_what_hangs_in_time() -> None:
    with begin(0.1) as process:
        process.send_signal(SIGTERM)

        out, err = process.communicate(timeout=30)
        assert out == "asked\n"
        assert err == "not stopped within 0.1 s: connections are cut\n"
        assert process.returncode == 1


@pytest.mark.parametrize("second", [SIGINT, SIGTERM])
def test_a_second_signal_ends_it_at_once(second: int) -> None:
    with begin(60) as process:
        assert process.stdout is not None
        process.send_signal(SIGTERM)
        assert process.stdout.readline() == "asked\n"
        process.send_signal(second)

        assert process.wait(30) == 1


def test_a_worker_is_not_hurried_for_its_supervisor_repeats_what_it_heard() -> None:
    with begin(60, "worker") as process:
        assert process.stdout is not None
        for _ in range(2):
            process.send_signal(SIGTERM)
            assert process.stdout.readline() == "asked\n"

        assert process.poll() is None
        process.kill()
