"""Every page does what it says: its blocks run in order, as a reader would run them.

- `python` runs, with `await` at the top level; the names of a page's blocks are shared.
  What it prints stands right below it in a `text` block (`...` stands for anything; of what
  `VARIES`, such as ids and times, any stands for another).
- `console` holds commands after `$ ` and what they print; each must succeed.
- `toml` is a settings file that makes a `Tidings` object; so is one called tidings.toml. What a
  `bash` block right below it exports, by `export TIDINGS_...=...`, is in the environment then.
- A block with a title is written to that file, beside the others of its page.
- A block that includes a file of docs/examples shows a program that has a test of its own: here
  it is only compiled, where it is Python.
- `bash` is for what installs; `javascript`, `html` and `css` are for a browser: none runs here.
"""

from __future__ import annotations

import ast
import asyncio
import doctest
import inspect
import io
import os
import re
import shlex
import sys
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from subprocess import PIPE, STDOUT, run
from types import CodeType
from typing import Any

import pytest

from docs.blocks import Block, blocks
from tidings import Tidings

ROOT = Path(__file__).parents[2]
APART = {"changes", "examples"}  # no pages of the site
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    *(page for page in sorted(DOCS.rglob("*.md")) if page.parts[len(DOCS.parts)] not in APART),
]
TRIED = {"python", "text", "console", "toml", "json"}
SHOWN = {"javascript", "jsx", "bash", "caddy", "css", "html", "ini", "nginx", "yaml", "dockerfile"}
LANGUAGES = TRIED | SHOWN
VARIES = {
    "EPOCH": r"(?<=\bEpoch )\S+|(?<=\bepoch=')[^']+",
    "FOLDER": r"/\S+(?=/tidings\.db)",
    "ID": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "MOMENT": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*Z?",
    "SECONDS": r"\d+\.\d\d(?=s\b)",
    "SIZE": r"[\d.]+(?= [kKM]B\b)",
    "TOKEN": r"eyJ[\w.-]+",
    "VERSION": r"(?<=tidings )\d+\.\d+\.\d+",
}
"""What is not twice the same in what is printed, so that a page can show it as it once was."""
EXPORTED = re.compile(r"^export (TIDINGS_(?:TOKEN_KEY|PLUGINS__\w+))=(.+)$", re.MULTILINE)
LOOSELY = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty place to work in, without settings; its modules are forgotten afterwards."""
    for variable in [name for name in os.environ if name.upper().startswith("TIDINGS_")]:
        monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_a_page_does_what_it_says(page: Path, directory: Path) -> None:
    found = list(blocks(page))
    with asyncio.Runner() as runner:
        run_all(found, page, directory, runner)


def run_all(found: Sequence[Block], page: Path, directory: Path, runner: asyncio.Runner) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    for index, block in enumerate(found):
        where = f"{_name(page)}:{block.line}"
        assert block.language in LANGUAGES, f"{where}: what is {block.language!r}?"
        if block.included:
            check_included(block, page)
        elif block.title is not None:
            write(block, block.title, directory)
        elif block.language == "python":
            output = printed(block, page, names, runner)
            check_printed(output, found[index + 1 : index + 2], where)
        elif block.language == "console":
            check_commands(block, directory, where)
        if block.language == "toml" and not block.included:
            with pytest.MonkeyPatch.context() as patch:
                export(found[index + 1 : index + 2], patch)
                check_toml(block, directory)


def check_included(block: Block, page: Path) -> None:
    if block.language == "python":
        compiled(block, page)


def write(block: Block, name: str, directory: Path) -> Path:
    file = directory / name
    file.write_text(block.text, "utf-8")
    return file


def printed(block: Block, page: Path, names: dict[str, Any], runner: asyncio.Runner) -> str:
    with redirect_stdout(io.StringIO()) as output:
        result = eval(compiled(block, page), names)  # noqa: S307 (that is what it is for)
        if inspect.iscoroutine(result):
            runner.run(result)
    return output.getvalue()


def compiled(block: Block, page: Path) -> CodeType:
    tree = ast.parse(block.text, str(page))
    ast.increment_lineno(tree, block.line - 1)
    code: CodeType = compile(tree, str(page), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    return code


def check_printed(output: str, following: Sequence[Block], where: str) -> None:
    shown = following[0].text if following and following[0].language == "text" else ""
    assert as_shown(output, shown), f"{where} prints\n{output}\nand the page shows\n{shown}"


def check_commands(block: Block, directory: Path, where: str) -> None:
    for command in block.text.removeprefix("$ ").split("\n$ "):
        line, _, shown = command.partition("\n")
        done = run(  # noqa: S602 (a reader's shell)
            line,
            shell=True,
            cwd=directory,
            env=reader_environment(),
            stdout=PIPE,
            stderr=STDOUT,
            text=True,
            check=False,
            timeout=50,
        )
        assert done.returncode == 0, f"{where}: {line} exits {done.returncode}:\n{done.stdout}"
        assert not shown.strip() or as_shown(done.stdout, shown), (
            f"{where}: {line} prints\n{done.stdout}\nand the page shows\n{shown}"
        )


def reader_environment() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}


def export(following: Sequence[Block], patch: pytest.MonkeyPatch) -> None:
    for block in following:
        if block.language == "bash":
            for name, value in EXPORTED.findall(block.text):
                patch.setenv(name, *shlex.split(value, comments=True))


def check_toml(block: Block, directory: Path) -> None:
    if block.title == "pyproject.toml":
        assert "tidings" in tomllib.loads(block.text)["project"]["entry-points"]
    elif block.title in (None, "tidings.toml"):
        Tidings.from_settings(write(block, "settings of a page.toml", directory))


def as_shown(got: str, shown: str) -> bool:
    return doctest.OutputChecker().check_output(alike(shown), alike(got), LOOSELY)


def alike(text: str) -> str:
    for name, pattern in VARIES.items():
        text = re.sub(pattern, name, text)
    return text


def test_what_varies_may_be_another_and_nothing_else() -> None:
    shown = "at 2026-11-29 15:17, in /home/ann/tidings.db (98.3 KB): 2 rows"
    assert as_shown("at 2027-01-02 03:04, in /tmp/x/tidings.db (102 KB): 2 rows", shown)
    assert not as_shown("at 2026-11-29 15:17, in /home/ann/tidings.db (98.3 KB): 3 rows", shown)
