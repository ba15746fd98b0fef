"""docs/operations/serve.md leaves out no option of the command."""

from __future__ import annotations

from pathlib import Path

from tidings_websocket.cli.serve import serve

PAGE = (Path(__file__).parents[2] / "docs/operations/serve.md").read_text("utf-8")


def rows(first: str) -> dict[str, str]:
    """Return the first two cells of the rows that begin so, without their backquotes."""
    lines = [line.split(" | ") for line in PAGE.splitlines() if line.startswith(f"| `{first}")]
    return {cells[0].strip("| `"): cells[1].strip(" |`") for cells in lines}


def test_every_option_is_listed_with_its_default() -> None:
    told = [option.to_info_dict() for option in serve.params]
    options = {option["opts"][0]: str(option["default"]) for option in told}
    shared = {"--config", "--json", "--debug"}

    assert {name: default.lower() for name, default in rows("--").items()} == {
        name: default.lower() for name, default in options.items() if name not in shared
    }
