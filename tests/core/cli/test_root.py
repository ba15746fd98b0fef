from pathlib import Path

import pytest

from core.cli.runs import Run, configure

UNREACHABLE = """
[plugins.far]
class = "core.cli.local_plugins:Unreachable"
error = "{error}"
"""


def test_help_lists_the_commands(run: Run) -> None:
    ran = run("--help")

    assert ran.code == 0
    for name in ("demo", "push", "inbox", "token", "plugins", "check", "conformance", "new"):
        assert f"\n  {name} " in ran.out


@pytest.mark.parametrize(
    "command",
    [
        *("push", "inbox", "inbox list", "inbox open", "inbox archive", "inbox watch", "token"),
        *("conformance", "new", "new plugin"),
    ],
)
def test_each_command_explains_itself_with_an_example(run: Run, command: str) -> None:
    ran = run(*command.split(), "--help")

    assert ran.code == 0
    assert f"tidings {command}" in ran.out
    assert "Example" in ran.out
    assert "--json" in ran.out


def test_a_slip_of_the_keyboard_gets_a_suggestion(run: Run) -> None:
    ran = run("psuh")

    assert ran.code == 2
    assert ran.err.startswith("Error: There is no command 'psuh'; did you mean 'push'?")


def test_without_arguments_it_shows_its_help(run: Run) -> None:
    ran = run()

    assert ran.code == 2
    assert ran.err.startswith("Usage: ")


def test_wrong_arguments_say_where_help_is(run: Run) -> None:
    ran = run("inbox", "list")

    assert ran.code == 2
    assert "Missing argument 'USER'" in ran.err
    assert ran.err.rstrip().endswith("inbox list --help")


def test_wrong_arguments_are_json_even_before_the_option_was_read(run: Run) -> None:
    ran = run("push", "--hedding", "x", "--json")

    assert ran.code == 2
    assert ran.out == ""
    (told,) = ran.told
    assert told["error"]["type"] == "UsageError"
    assert "--hedding" in told["error"]["message"]


@pytest.mark.parametrize(
    "arguments",
    ["--json inbox list ann", "inbox --json list ann", "inbox list --json ann"],
)
def test_json_can_be_asked_for_at_any_place(run: Run, arguments: str) -> None:
    assert run(*arguments.split()).only["user"] == "ann"


def test_a_wrong_setting_is_told_in_plain_words(run: Run, tmp_path: Path) -> None:
    configure(tmp_path, "queu = 5")

    ran = run("inbox", "list", "ann")

    assert ran.code == 1
    assert ran.err == "Error: queu, from tidings.toml: no such setting; did you mean 'queue'?\n"


def test_an_error_is_json_when_asked_for(run: Run, tmp_path: Path) -> None:
    ran = run("inbox", "list", "ann", "--config", str(tmp_path / "gone.toml"), "--json")

    assert ran.code == 1
    (told,) = ran.told
    assert told["error"]["type"] == "SettingsError"
    assert "gone.toml cannot be read" in told["error"]["message"]


def test_debug_shows_the_traceback(run: Run, tmp_path: Path) -> None:
    configure(tmp_path, "queu = 5")

    assert "Traceback" in run("inbox", "list", "ann", "--debug").err


def test_an_error_from_elsewhere_keeps_its_words_for_debug(run: Run, tmp_path: Path) -> None:
    configure(tmp_path, UNREACHABLE.format(error="OSError"))

    ran = run("inbox", "list", "ann")

    assert ran.code == 1
    assert "OSError at local_plugins.py" in ran.err
    assert "hunter2" not in ran.err
    assert "hunter2" in run("--debug", "inbox", "list", "ann").err


def test_a_connection_that_ends_is_no_interruption(run: Run, tmp_path: Path) -> None:
    configure(tmp_path, UNREACHABLE.format(error="EOFError"))

    ran = run("inbox", "list", "ann", "--json")

    assert ran.code == 1
    assert '"type":"EOFError"' in ran.err


def test_what_the_core_logs_is_a_warning_among_the_others(run: Run, tmp_path: Path) -> None:
    configure(tmp_path, '[plugins.old]\nclass = "core.cli.local_plugins:Grumbling"')

    assert run("inbox", "list", "ann").err == "Warning: the far side is old\n"
    assert run("inbox", "list", "ann", "--json").told == [
        {"warning": {"type": "Log", "message": "the far side is old"}}
    ]


def test_an_error_about_what_is_no_text_is_json_all_the_same(run: Run) -> None:
    ran = run("inbox", "open", "ann", "\udcff", "--json")

    (told,) = ran.told
    assert told["error"]["id"] == "\udcff"


def test_control_characters_in_an_error_do_not_reach_the_terminal(run: Run) -> None:
    ran = run("inbox", "archive", "ann", "\x1b[2Jgone")

    assert "inbox has no notification \N{REPLACEMENT CHARACTER}[2Jgone" in ran.err
