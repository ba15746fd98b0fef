"""The command as a process of its own: signals, pipes, the installed script."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from core.cli.runs import Run

_TESTS = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _own_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(_TESTS))


def _start(
    *arguments: str | bytes, stdin: int | None = None, stdout: int | IO[bytes] = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    command = [sys.executable, *arguments]
    return subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)  # noqa: S603


def _tidings(
    *arguments: str | bytes, stdin: int | None = None, stdout: int | IO[bytes] = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    return _start("-m", "tidings", *arguments, stdin=stdin, stdout=stdout)


def test_help_is_shown_without_importing_what_it_speaks_of() -> None:
    code = (
        "import sys, atexit; from tidings.cli.root import cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: print([m for m in ('rich', 'tidings.cli.push') if m in sys.modules])"
    )
    with _start("-c", code) as command:
        out, _ = command.communicate(timeout=20)

    assert out.splitlines()[-1] == b"[]"


def test_the_installed_script_tells_its_version() -> None:
    script = Path(sys.executable).with_name("tidings")

    with _start(str(script), "--version") as command:
        out, _ = command.communicate(timeout=20)

    assert out.startswith(b"tidings ")


@pytest.mark.parametrize("store", ["one of the settings", "the command's own"])
def test_ctrl_c_ends_watching_cleanly(tmp_path: Path, store: str) -> None:
    if store == "the command's own":
        (tmp_path / "tidings.toml").unlink()
        (tmp_path / "tidings.db").touch()  # so that there is nothing to be told of it
    with _tidings("inbox", "watch", "ann", "--json") as watch:
        assert watch.stdout is not None
        assert watch.stderr is not None
        assert watch.stdout.readline()
        watch.send_signal(signal.SIGINT)

        assert watch.wait(20) == 130
        assert watch.stderr.read().strip() == b""


def test_ctrl_c_ends_reading_stdin_and_says_how_far_it_came() -> None:
    with _tidings("push", "--file", "-", "--json", stdin=subprocess.PIPE) as push:
        assert push.stdin is not None
        assert push.stdout is not None
        assert push.stderr is not None
        push.stdin.write(b'{"to":"ann","heading":"One"}\n{"to":')
        push.stdin.flush()
        assert push.stdout.readline().startswith(b'{"line":1,')
        push.send_signal(signal.SIGINT)

        assert push.wait(20) == 130
        told = push.stderr.read()
        assert b"stopped after line 1. 1 line pushed" in told
        assert b"Traceback" not in told


@pytest.mark.parametrize("arguments", ["--help", "plugins", "push --file m --json"])
def test_a_reader_who_has_gone_is_no_error(tmp_path: Path, arguments: str) -> None:
    (tmp_path / "m").write_text('{"to":"ann","heading":"One"}\n' * 10)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as stdout, _tidings(*arguments.split(), stdout=stdout) as command:
        assert command.stderr is not None

        assert command.wait(20) == 1
        assert command.stderr.read() == b""


def test_text_that_the_terminal_cannot_show_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    with _tidings("push", "--to", "ann", "--heading", "Grüße 🎉", "--id", "1") as push:
        out, err = push.communicate(timeout=20)

    assert push.returncode == 0, err
    assert out.startswith(b"Gr\\xfc\\xdfe \\U0001f389  1")


def test_an_argument_that_is_no_text_is_told_as_one() -> None:
    with _tidings("push", "--heading", "x", "--to", b"\xff", "--json") as push:
        _, err = push.communicate(timeout=20)

    assert push.returncode == 2
    assert b"Traceback" not in err
    assert b"halves of surrogate pairs" in err
