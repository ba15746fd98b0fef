import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.cli.runs import Run

PLUGINS = """
import asyncio
from contextlib import asynccontextmanager

from tidings import Abilities, Grant, hookimpl
from tidings.testing.pytest import TransportTests
from tidings_memory import MemoryBroker


class Loudspeaker:
    abilities = Abilities(role="carrier")

    @hookimpl
    async def push(self, events):
        pass


class OpenHouse(MemoryBroker):
    @hookimpl
    async def authorize(self, request):
        return Grant()


class LosesOrigins(MemoryBroker):
    @hookimpl
    async def push(self, events):
        await super().push(events=[event._replace(origin=None) for event in events])


class Greets:
    @hookimpl
    @asynccontextmanager
    async def connect(self):
        yield


class Jams(MemoryBroker):
    @hookimpl
    async def push(self, events):
        raise OSError("message too long")


class TestMemory(TransportTests):
    def make(self):
        return town()


class TestLoser(TransportTests):
    within = 0.05

    def make(self):
        return lossy()


class TestHasty(TestLoser):
    within = 0


class TestNothing(TransportTests):
    pass


class Town:
    def __init__(self, broker):
        self.broker = broker


@asynccontextmanager
async def town():
    broker = MemoryBroker()
    yield lambda: broker


@asynccontextmanager
async def lossy():
    broker = LosesOrigins()
    yield lambda: broker


@asynccontextmanager
async def ghost_town():
    yield None


@asynccontextmanager
async def wasteland():
    raise ConnectionError("redis://ann:hunter2@db")
    yield


opened = []


@asynccontextmanager
async def falls_asleep():
    opened.append(True)
    if len(opened) > 1:
        raise ConnectionError("asleep: redis://ann:hunter2@db, redis://ann:h@nter2@db")
    yield Loudspeaker


async def coroutine():
    return Loudspeaker()


async def generator():
    yield Loudspeaker


def broken():
    raise KeyError("hunter2")


def broker():
    return MemoryBroker()


def number():
    return 5


speaker = Loudspeaker()
name = "a string"
"""


@pytest.fixture(autouse=True)
def _plugins(run: Run, tmp_path: Path) -> Iterator[None]:
    (tmp_path / "made_here.py").write_text(PLUGINS)
    (tmp_path / "makes_mistakes.py").write_text("1 / 0")
    (tmp_path / "lacks_something.py").write_text("import nowhere")
    yield
    sys.modules.pop("made_here", None)


def test_each_rule_is_passed_or_skipped_with_a_reason(run: Run) -> None:
    ran = run("conformance", "made_here:Loudspeaker")

    assert ran.code == 0
    assert ran.out.startswith(
        "made_here:Loudspeaker as a transport\n  passed   transport.push.unheard\n"
    )
    assert "  skipped  transport.order.batch: does not implement subscribe\n" in ran.out
    counts = {result: ran.out.count(f"\n  {result:7}  ") for result in ("passed", "skipped")}
    assert ran.out.endswith(
        f"\n{counts['passed']} passed, 0 failed, {counts['skipped']} skipped.\n"
    )


def test_a_broken_rule_says_what_was_expected_and_seen_and_the_others_are_run(run: Run) -> None:
    ran = run("conformance", "made_here:LosesOrigins", "--rule", "*.event.*", "--within", "0.1")

    assert ran.code == 1
    assert "  failed   transport.event.whole\n           All of an event comes through" in ran.out
    assert "expected: heard within 0.1 s: [Event(" in ran.words
    assert "... (--json has it all) seen: [Event(" in ran.words
    assert "  passed   transport.event.control\n" in ran.out
    assert "passed, 1 failed, " in ran.out


def test_each_rule_is_a_line_of_json(run: Run) -> None:
    rules = ("--rule", "transport.event.*e", "--rule", "transport.presence.apart")
    ran = run("conformance", "made_here:LosesOrigins", *rules, "--within", "0.1", "--json")

    assert ran.code == 1
    failed, passed, summary = ran.lines
    assert (failed["rule"], failed["result"]) == ("transport.event.whole", "failed")
    assert len(failed["seen"]) > 600
    assert passed == {
        "kind": "transport",
        "rule": "transport.presence.apart",
        "says": "Who is on one channel is on no other.",
        "result": "passed",
    }
    assert summary["summary"] == {
        "factory": "made_here:LosesOrigins",
        "passed": 1,
        "failed": 1,
        "skipped": 0,
    }


def test_a_rule_that_a_plugin_breaks_by_an_error_is_told_once(run: Run) -> None:
    ran = run("conformance", "made_here:Jams", "--rule", "transport.push.unheard")

    assert ran.code == 1
    assert ran.words.count("Events that nobody listens for") == 1
    assert "are taken all the same. seen: OSError('message too long')" in ran.words


@pytest.mark.parametrize("factory", ["broker", "town", "MemoryBroker", "TestMemory"])
def test_a_class_a_function_and_a_far_side_are_all_taken(run: Run, factory: str) -> None:
    ran = run("conformance", f"made_here:{factory}", "--rule", "transport.subscribe.left")

    assert ran.code == 0
    assert ran.out.endswith("passed   transport.subscribe.left\n1 passed, 0 failed, 0 skipped.\n")


def test_what_is_of_two_kinds_is_asked_as_both(run: Run) -> None:
    rules = ("--rule", "transport.connect.again", "--rule", "policy.users.*")
    ran = run("conformance", "made_here:OpenHouse", *rules)

    assert ran.code == 1
    assert "made_here:OpenHouse as a transport\n  passed   transport.connect.again\n" in ran.out
    assert "made_here:OpenHouse as a policy\n  failed   policy.users.own_channel_only\n" in ran.out


@pytest.mark.parametrize(
    ("factory", "words"),
    [
        ("made_here", "write MODULE:FACTORY"),
        ("made_hree:town", "No module named 'made_hree'; it is looked for here"),
        ("lacks_something:x", "No module named 'nowhere'"),
        ("makes_mistakes:x", "importing makes_mistakes raised ZeroDivisionError"),
        ("made_here:twon", "made_here has no twon; did you mean 'town'?"),
        ("made_here:name", "is a str: name a plugin's class"),
        ("made_here:number", "makes a int, which is no plugin"),
        ("made_here:speaker", "is one plugin object, and every rule wants a fresh one"),
        ("made_here:TestNothing", "made_here:TestNothing.make() raised NotImplementedError"),
        ("made_here:Town", "missing a required argument: 'broker'"),
        ("made_here:coroutine", "is a coroutine function"),
        ("made_here:generator", "put @asynccontextmanager above it"),
        ("made_here:broken", "made_here:broken() raised KeyError at made_here.py"),
    ],
)
def test_what_cannot_be_held_to_rules_is_told_with_the_cure(
    run: Run, factory: str, words: str
) -> None:
    ran = run("conformance", factory)

    assert ran.code == 2
    assert "Invalid value for 'MODULE:FACTORY'" in ran.words
    assert words in ran.words
    assert "hunter2" not in ran.words


@pytest.mark.parametrize(
    ("factory", "words"),
    [
        ("ghost_town", "yields a NoneType: yield a function that makes plugin objects"),
        ("wasteland", "ConnectionError at made_here.py"),
        ("Greets", "is no store, transport or policy: there are no rules for it"),
    ],
)
def test_what_turns_out_to_be_no_plugin_on_a_far_side_is_told(
    run: Run, factory: str, words: str
) -> None:
    ran = run("conformance", f"made_here:{factory}")

    assert ran.code == 1
    assert words in ran.words
    assert "hunter2" not in ran.words


def test_a_far_side_that_fails_later_breaks_the_rule_it_was_opened_for(run: Run) -> None:
    ran = run("conformance", "made_here:falls_asleep", "--rule", "transport.push.unheard")

    assert ran.code == 1
    assert "seen: ConnectionError('asleep: redis://***@db, redis://***@db')" in ran.out


def test_a_class_of_tests_says_how_long_things_may_take_unless_the_command_does(run: Run) -> None:
    rule = ("--rule", "transport.event.whole")

    assert "within 0.05 s" in run("conformance", "made_here:TestLoser", *rule).words
    assert (
        "within 0.01 s"
        in run("conformance", "made_here:TestLoser", *rule, "--within", "0.01").words
    )
    ran = run("conformance", "made_here:TestHasty", *rule)
    assert ran.code == 2
    assert "made_here:TestHasty.within: 0 is no time to wait" in ran.words


@pytest.mark.parametrize("within", ["nan", "inf", "0", "-1", "soon"])
def test_a_time_that_is_none_is_refused(run: Run, within: str) -> None:
    ran = run("conformance", "made_here:town", "--within", within)

    assert ran.code == 2
    assert f"'{within}' is no time to wait: write seconds, more than 0" in ran.words


def test_a_pattern_that_no_rule_is_like_is_told(run: Run) -> None:
    ran = run("conformance", "made_here:town", "--rule", "transport.evnt.whole")

    assert ran.code == 2
    assert "did you mean 'transport.event.whole'?" in ran.words


def test_the_working_directory_is_importable_only_meanwhile(run: Run, tmp_path: Path) -> None:
    run("conformance", "made_here:Loudspeaker")

    assert str(tmp_path) not in sys.path
