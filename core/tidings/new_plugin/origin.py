"""Where a new project is to have Tidings from."""

from __future__ import annotations

import json
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname


def clone() -> Path | None:
    """Return the folder that Tidings was installed from; None if it was not from one."""
    return folder_of(distribution("tidings").read_text("direct_url.json"))


def folder_of(direct_url: str | None) -> Path | None:
    """Return the folder that an installer noted (PEP 610), if what it installed was one.

    Args:
        direct_url: the text of `direct_url.json`; None where there is none, as from PyPI.
    """
    noted = json.loads(direct_url or "{}")
    if "dir_info" not in noted:
        return None
    return Path(url2pathname(urlsplit(noted["url"]).path))
