"""An application's tests run by pytest as their author runs them, whichever plugin runs async."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CONFTEST = """
import sys
import pytest

@pytest.fixture
def anyio_backend():
    return "asyncio"

def pytest_unconfigure():
    ours = [name for name in sys.modules if name.startswith(("tidings", "pydantic", "anyio"))]
    print("loaded:", *sorted(ours))
"""
FUTURE = "from __future__ import annotations\n"
SETTINGS = """
[pytest]
filterwarnings = error
asyncio_default_fixture_loop_scope = function
"""


def run_pytest(tests: str, directory: Path, *arguments: str, first_line: str = "") -> str:
    """Run a file of tests by itself, in a new process; return what pytest printed."""
    own = HERE / tests
    if own.exists():
        text = own.read_text("utf-8").replace(FUTURE, FUTURE + first_line)
        (directory / tests).write_text(text, "utf-8")
    (directory / "conftest.py").write_text(CONFTEST, "utf-8")
    (directory / "pytest.ini").write_text(SETTINGS, "utf-8")
    without = [f"-pno:{name}" for name in ("schemathesis", "faker", "randomly", "xdist", "timeout")]
    command = [sys.executable, "-m", "pytest", "-q", *without, *arguments, tests]
    done = subprocess.run(  # noqa: S603
        command, cwd=directory, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "first_line"),
    [
        pytest.param(["--anyio-mode=auto"], "", id="anyio"),
        pytest.param(["--asyncio-mode=auto"], "", id="asyncio"),
        pytest.param(
            [],
            "import pytest\npytestmark = pytest.mark.asyncio(loop_scope='module')\n",
            id="asyncio on the loop of the module",
        ),
    ],
)
def test_a_fixture_does_not_care_what_runs_the_test(
    tmp_path: Path, arguments: list[str], first_line: str
) -> None:
    printed = run_pytest("tests_of_an_application.py", tmp_path, *arguments, first_line=first_line)
    assert "\n4 passed" in printed, printed


def test_tests_that_are_not_async_have_theirs_too(tmp_path: Path) -> None:
    printed = run_pytest("tests_without_a_loop.py", tmp_path)

    assert "1 failed, 2 passed, 1 error" in printed, printed
    assert "let your fixture `anyio_backend` return 'asyncio'" in printed
    assert "Notification(id='b7', heading='Build passed')" in printed
    assert "selection.py" not in printed  # the failure stands at the test's own line


def test_a_run_that_asks_for_none_of_it_loads_nothing_of_tidings(tmp_path: Path) -> None:
    (tmp_path / "tests_of_others.py").write_text("def test_it(): pass\n", "utf-8")

    printed = run_pytest("tests_of_others.py", tmp_path, "-pno:anyio", "-s")

    assert "\nloaded: tidings_pytest tidings_pytest.on_asyncio\n" in printed, printed
