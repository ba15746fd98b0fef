"""The blocking facade when its process forks, is interrupted, or ends: real processes."""

from __future__ import annotations

import subprocess
import sys

import pytest

needs_fork = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork here")

PRELUDE = """
import asyncio, atexit, gc, multiprocessing, os, signal, sys, threading, time, warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from tidings import Abilities, AccessRequest, Closed, Notification, Options, hookimpl
from tidings.blocking import Forked, Tidings
from tidings_memory import MemoryStore

# From Python 3.12 on, forking a process that has threads warns; here it is the point.
warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)

def note(number=0):
    return Notification(heading=f"Build {number} passed")

def in_child(work):
    # Fork, have the child do its work and end as a program does, and pass its end on.
    pid = os.fork()
    if pid == 0:
        work()
        sys.exit()
    assert os.waitpid(pid, 0)[1] == 0

class LateCarrier:
    # Carries one event at a time, by the event loop's executor, and begins at the program's end.
    abilities = Abilities(role="carrier")

    def __init__(self):
        self.ending = threading.Event()

    @hookimpl
    async def push(self, events):
        await asyncio.to_thread(self.carry)

    def carry(self):
        self.ending.wait()
        os.write(1, b".")

def interrupt_once_waiting(where):
    # Press Ctrl-C when the main thread waits within a method of this name.
    main = threading.main_thread().ident

    def calls(frame):
        while frame is not None:
            yield frame.f_code.co_name
            frame = frame.f_back

    def press():
        while not {"wait", where} <= {*calls(sys._current_frames()[main])}:
            time.sleep(0.01)  # the other threads need the interpreter too
        signal.pthread_kill(main, signal.SIGINT)

    threading.Thread(target=press).start()
"""


def run(script: str, *, exit_code: int = 0) -> list[str]:
    """Run a script to its end; return the lines it printed."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", PRELUDE + script],
        check=False,
        capture_output=True,
        text=True,
        timeout=40,
    )
    assert (done.stderr, done.returncode) == ("", exit_code)
    return done.stdout.splitlines()


def test_a_program_that_ends_without_closing_has_everything_carried() -> None:
    assert run(
        """
carrier = LateCarrier()
tidings = Tidings(carrier, MemoryStore(), options=Options(push_batch=1))
for number in range(20):
    tidings.push("ann", note(number))
threading._register_atexit(carrier.ending.set)  # before any executor refuses work
"""
    ) == ["." * 20]


def test_a_program_that_ends_closes_what_is_open() -> None:
    assert run(
        """
class Tidy:
    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings):
        yield
        await asyncio.to_thread(print, "closed")  # as long as executors take work

tidings = Tidings(Tidy())
tidings.open()
"""
    ) == ["closed"]


def test_what_was_accepted_before_the_main_thread_ended_is_carried_then() -> None:
    assert run(
        """
carrier = LateCarrier()
tidings = Tidings(carrier, MemoryStore(), options=Options(push_batch=1))
for number in range(20):
    tidings.push("ann", note(number))
threading._register_atexit(carrier.ending.set)
threading.Thread(target=threading.main_thread().join).start()
"""
    ) == ["." * 20]


def test_threads_that_go_on_after_the_main_thread_go_on_pushing() -> None:
    assert run(
        """
tidings = Tidings()
tidings.push("ann", note())

def work():
    threading.main_thread().join()
    tidings.push("ann", note(1))
    print(tidings.inbox("ann").counts().pending)

threading.Thread(target=work).start()
"""
    ) == ["2"]


def test_what_an_executor_still_has_to_do_is_done() -> None:
    assert run(
        """
tidings = Tidings()
atexit.register(lambda: print(tidings.inbox("ann").counts().pending))
pool = ThreadPoolExecutor(4)
for number in range(50):
    pool.submit(tidings.push, "ann", note(number))
"""
    ) == ["50"]


def test_a_daemon_thread_that_waits_for_events_keeps_no_program_from_ending() -> None:
    assert (
        run(
            """
tidings = Tidings()
reading = threading.Event()

def read():
    with tidings.subscribe("news") as news:
        reading.set()
        for event in news:
            pass

threading.Thread(target=read, daemon=True).start()
reading.wait()
"""
        )
        == []
    )


def test_an_interrupted_reader_can_read_on_and_has_lost_nothing() -> None:
    assert run(
        """
with Tidings() as tidings, tidings.subscribe("news") as news:
    interrupt_once_waiting("next")
    try:
        next(news)
    except KeyboardInterrupt:
        print("interrupted")
    tidings.publish("news", "tick", 1)
    tidings.publish("news", "tick", 2)
    print(next(news).data, next(news).data)
"""
    ) == ["interrupted", "b'1' b'2'"]


def test_an_interrupted_call_is_cancelled() -> None:
    assert run(
        """
cancelled = threading.Event()

class Silent:
    @hookimpl
    async def authorize(self, request):
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

tidings = Tidings(Silent(), options=Options(authorize_timeout=60))
tidings.open()
interrupt_once_waiting("authorize")
try:
    tidings.authorize(AccessRequest(None, "news"))
except KeyboardInterrupt:
    print("interrupted", cancelled.wait(10))
tidings.close()
"""
    ) == ["interrupted True"]


@needs_fork
@pytest.mark.parametrize("end", ["sys.exit()", "tidings.close(); os._exit(0)"])
def test_an_object_made_before_the_fork_opens_in_each_worker(end: str) -> None:
    # as in a web server that loads the application first, or a pool of task workers
    lines = run(
        f"""
tidings = Tidings.from_settings()
inbox = tidings.inbox("ann")

def serve():
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: tidings.push("ann", note(number)), range(40)))
    print(inbox.counts().pending, flush=True)
    {end}

for worker in range(3):
    in_child(serve)
tidings.push("ann", note())
print(inbox.counts().pending)
"""
    )
    assert lines == ["40", "40", "40", "1"]


@needs_fork
def test_what_was_open_at_the_fork_stays_with_the_parent() -> None:
    assert run(
        """
def refused(call):
    try:
        call()
    except Forked as error:
        return "stays with the parent" in str(error)

with Tidings() as tidings, tidings.subscribe("news") as news:
    receipt = tidings.push("ann", note())
    inbox = tidings.inbox("ann")

    def work():
        uses = (
            lambda: tidings.push("ann", note()), lambda: tidings.inbox("ann"), inbox.page,
            receipt.outcomes, lambda: next(news), lambda: tidings.presence,
        )
        print([refused(use) for use in uses], flush=True)
        news.close()
        tidings.close()

    in_child(work)
    tidings.publish("news", "tick")
    print(next(news).name, inbox.counts().pending)
"""
    ) == ["[True, True, True, True, True, True]", "tick 1"]


@needs_fork
def test_a_child_that_ends_within_its_parents_block_ends_in_silence() -> None:
    assert run(
        """
with Tidings() as tidings:
    tidings.push("ann", note())
    if (pid := os.fork()) == 0:
        sys.exit()
    print(os.waitpid(pid, 0)[1])
    print(tidings.inbox("ann").counts().pending)
"""
    ) == ["0", "1"]


@needs_fork
def test_what_a_child_forgets_of_its_parent_is_collected_in_peace() -> None:
    assert run(
        """
tidings = Tidings()
tidings.push("ann", note())

def work():
    global tidings
    del tidings
    gc.collect()
    print(Tidings().push("ann", note()).results.keys(), flush=True)

in_child(work)
"""
    ) == ["dict_keys(['ann'])"]


@needs_fork
def test_an_object_made_from_settings_can_be_opened_anew_in_the_child() -> None:
    assert run(
        """
tidings = Tidings.from_settings()
tidings.push("ann", note())

def work():
    tidings.open()
    tidings.push("ann", note())
    with tidings.inbox("ann").watch_pending() as pending:
        print(next(pending), flush=True)

in_child(work)
tidings.push("ann", note(1))
print(tidings.inbox("ann").counts().pending)
"""
    ) == ["1", "2"]


@needs_fork
def test_an_object_made_of_plugins_cannot_for_they_are_the_parents() -> None:
    (error,) = run(
        """
tidings = Tidings(MemoryStore())
tidings.push("ann", note())

def work():
    try:
        tidings.open()
    except Forked as error:
        print(error, flush=True)

in_child(work)
"""
    )
    assert "its plugins are the parent's: make a new one here" in error


@needs_fork
def test_an_object_closed_before_the_fork_can_be_opened_on_both_sides() -> None:
    assert run(
        """
with Tidings() as tidings:
    tidings.push("ann", note())

def work():
    with tidings:
        tidings.push("ann", note(1))
        print(tidings.inbox("ann").counts().pending, flush=True)

in_child(work)
tidings.open()
print(tidings.inbox("ann").counts().pending)
"""
    ) == ["2", "1"]


@needs_fork
def test_a_fork_while_another_thread_opens_it_leaves_no_lock_behind() -> None:
    assert run(
        """
opening, go_on = threading.Event(), threading.Event()

class Slow:
    @hookimpl
    @asynccontextmanager
    async def connect(self, tidings):
        opening.set()
        await asyncio.to_thread(go_on.wait)
        yield

tidings = Tidings(Slow())
thread = threading.Thread(target=tidings.open)
thread.start()
opening.wait()

def work():
    try:
        tidings.push("ann", note())
    except Forked:
        print("forked", flush=True)

in_child(work)
go_on.set()
thread.join()
print(tidings.push("ann", note()).results.keys())
"""
    ) == ["forked", "dict_keys(['ann'])"]


@needs_fork
def test_a_fork_while_another_thread_closes_it_leaves_nothing_to_wait_for() -> None:
    assert run(
        """
carrier = LateCarrier()
tidings = Tidings(carrier, MemoryStore())
tidings.push("ann", note())
closing = threading.Thread(target=tidings.close)
closing.start()

def work():
    try:
        tidings.open()
    except Forked:
        print("forked", flush=True)

while True:
    try:
        tidings.inbox("ann").counts()
    except Closed:
        break
in_child(work)
carrier.ending.set()
closing.join()
"""
    ) == ["forked", "."]


@needs_fork
def test_a_child_of_multiprocessing_has_everything_carried_although_it_ends_abruptly() -> None:
    assert run(
        """
carrier = LateCarrier()
tidings = Tidings(carrier, MemoryStore(), options=Options(push_batch=1))

def work():
    for number in range(20):
        tidings.push("ann", note(number))
    threading._register_atexit(carrier.ending.set)

process = multiprocessing.get_context("fork").Process(target=work)
process.start()
process.join()
"""
    ) == ["." * 20]
