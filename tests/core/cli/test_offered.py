"""A plugin brings a command of its own, by an entry point."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.cli.runs import Run

LOUD = """
import click

@click.command()
@click.pass_obj
def loud(called):
    \"\"\"Say it loud.\"\"\"
    called.show("LOUD")
    called.emit({"json": called.as_json})
"""

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs a package that offers commands, as pip would."""

    def package(name: str, code: str = LOUD, **offers: str) -> None:
        folder = tmp_path / "packages" / name
        info = folder / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n")
        lines = [f"{key} = {value}\n" for key, value in offers.items()]
        (info / "entry_points.txt").write_text("[tidings.commands]\n" + "".join(lines))
        (folder / f"{name}.py").write_text(code)
        monkeypatch.syspath_prepend(folder)
        monkeypatch.delitem(sys.modules, name, raising=False)

    return package


def test_a_command_of_a_plugin_is_called_as_any_other(run: Run, install: Install) -> None:
    install("loudkit", loud="loudkit:loud")

    assert run("loud").out == 'LOUD\n{"json":false}\n'
    assert '{"json":true}' in run("loud", "--json").out


def test_help_lists_it_with_its_own_words(run: Run, install: Install) -> None:
    install("loudkit", loud="loudkit:loud")

    assert "Commands of plugins:" in run("--help").out
    assert "loud Say it loud." in run("--help").words
    assert "--json" in run("loud", "--help").out


def test_a_slip_in_its_name_gets_a_suggestion(run: Run, install: Install) -> None:
    install("loudkit", loud="loudkit:loud")

    assert "did you mean 'loud'?" in run("luod").err


def test_it_is_imported_only_when_it_is_called(run: Run, install: Install) -> None:
    install("loudkit", code="raise RuntimeError('imported')", loud="loudkit:loud")

    assert run("plugins").code == 0
    ran = run("loud")
    assert ran.code == 1
    assert "plugin 'loud': loudkit:loud cannot be imported: RuntimeError: imported" in ran.words


def test_one_that_is_broken_spoils_no_help(run: Run, install: Install) -> None:
    install("loudkit", code="import nowhere", loud="loudkit:loud")

    ran = run("--help")

    assert ran.code == 0
    assert "No module named 'nowhere': install what loudkit needs" in ran.words


def test_one_that_is_no_command_is_told_so(run: Run, install: Install) -> None:
    install("loudkit", code="loud = print", loud="loudkit:loud")

    assert "plugin 'loud': this is no click command" in run("loud").err


def test_the_programs_own_commands_are_its_own(run: Run, install: Install) -> None:
    install("loudkit", token="loudkit:loud")

    assert "Say it loud" not in run("--help").out
    assert "LOUD" not in run("token", "ann").out


def test_of_two_packages_that_offer_the_same_one_has_to_go(run: Run, install: Install) -> None:
    install("loudkit", loud="loudkit:loud")
    install("louder", loud="louder:loud")

    assert "both offer it: uninstall one" in run("loud").err
