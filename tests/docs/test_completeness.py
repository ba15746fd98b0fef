"""Nothing is left out: whatever can be set, called or asked for stands on its page."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from click import Context

from tidings import Notification
from tidings.access import Action
from tidings.cli.root import cli

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
README_COMMANDS = ("pip install uv && uv run tidings demo", "uv run pytest")


def rows(page: str) -> set[tuple[str, str]]:
    """Return the first two cells of each row of a page's tables, without their backquotes."""
    lines = (DOCS / page).read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.split("|")] for line in lines if line.startswith("|")]
    return {(row[1].strip("`"), row[2].strip("`")) for row in cells}


def test_every_field_of_a_notification_is_listed() -> None:
    assert (
        set(Notification.model_fields) - {field for field, _ in rows("reference/api.md")} == set()
    )


def test_every_action_is_listed() -> None:
    assert set(get_args(Action)) - {action for action, _ in rows("guide/access.md")} == set()


def test_every_command_has_a_section() -> None:
    page = (DOCS / "guide/command.md").read_text("utf-8")
    missing = [name for name in cli.list_commands(Context(cli)) if f"\n## {name}\n" not in page]
    assert missing == []


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text("utf-8")
    found = [page.relative_to(DOCS) for page in DOCS.rglob("*.md")]
    pages = [str(page) for page in found if page.parts[0] not in {"changes", "examples"}]
    assert [page for page in pages if f": {page}\n" not in navigation] == []


def test_the_readme_shows_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in README_COMMANDS:
        assert f"```bash\n{command}\n```" in readme


def test_the_checks_run_the_test_command_of_the_readme() -> None:
    assert f'" {README_COMMANDS[1]}\n' in (ROOT / ".ci/run").read_text("utf-8")
