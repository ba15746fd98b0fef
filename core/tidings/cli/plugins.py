"""`tidings plugins`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from tidings.cli.catalog import Listing, Use, catalog
from tidings.cli.invocation import Invocation, printable

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_STYLES: Mapping[Use, str] = {
    "configured": "green",
    "added": "green",
    "used by the command": "green",
    "disabled": "yellow",
    "not used": "dim",
}


@click.command(
    epilog="""\b
Examples:
  tidings plugins
  tidings plugins --json
"""
)
@click.pass_obj
def plugins(called: Invocation, /) -> int:
    """Show the plugins that are configured or installed, and what each is and can do.

    Installed is what packages offer by an entry point of the group "tidings". It is used once it
    has a table [plugins.NAME] in tidings.toml; a class of your own needs no package, but
    class = "module:Class" in its table. Where no table gives a store, a program has what is added,
    and the command's push and inbox have a file in place of a store in memory.
    """
    from tidings.settings import Settings

    listings = catalog(Settings.load(called.config).plugins)
    if called.as_json:
        for listing in listings:
            called.emit(_as_json(listing))
    else:
        called.show(_table(listings))
    return 1 if any(row.problem and row.use == "configured" for row in listings) else 0


def _as_json(listing: Listing) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": listing.name,
        "use": listing.use,
        "source": listing.source,
    }
    if listing.facts:
        told |= listing.facts.as_json()
    if listing.problem:
        told["problem"] = listing.problem
    return told


def _table(listings: Sequence[Listing]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Plugin", no_wrap=True)
    table.add_column("What it is and can do")
    for listing in listings:
        name = Text(listing.name, "bold")
        style = "red" if listing.problem else _STYLES[listing.use]
        name.append(f"\n{listing.use}", f"not bold {style}")
        table.add_row(name, _told(listing), end_section=True)
    return table


def _told(listing: Listing) -> Text:
    """Return what there is to tell of a plugin, in lines."""
    from rich.text import Text

    lines = [Text(printable(listing.problem), "red")] if listing.problem else []
    if listing.facts:
        lines.append(Text(", ".join(listing.facts.roles)))
        for kind, names in listing.facts.as_text().items():
            lines.append(Text.assemble((f"{kind} ", "dim"), names))
    if listing.source:
        lines.append(Text(listing.source, "dim"))
    return Text("\n").join(lines)
