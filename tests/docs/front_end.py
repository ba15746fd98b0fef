"""A front end of the docs: built from npm's packages, and its server, as their page says."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from docs.example_server import EXAMPLES, running
from node_packages import node_packages

_BUILT_WITHIN = 60.0
_SERVER = ("uvicorn", "--port", "0", "server:app")


@asynccontextmanager
async def front_end(
    example: str,
    folder: Path,
    variables: Mapping[str, str],
    building: Mapping[str, str],
    copied: tuple[str, str] | None = None,
) -> AsyncIterator[str]:
    """Run a copy of an example until exit, its server first; give its address.

    Args:
        example: its folder in docs/examples.
        folder: where the copy goes.
        variables: of the server's environment.
        building: those that it is built with; `{port}` stands for the server's.
        copied: a path on the server, and the file that it is copied to before it is built.
    """
    packages = await asyncio.to_thread(node_packages, EXAMPLES / example)
    here = folder / example
    shutil.copytree(EXAMPLES / example, here)
    (here / "node_modules").symlink_to(packages)
    async with running(str(here), folder, *_SERVER, **variables) as url:
        if copied is not None:
            async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
                (here / copied[1]).write_bytes((await client.get(copied[0])).content)
        port = str(urlsplit(url).port)
        told = {name: value.format(port=port) for name, value in building.items()}
        await asyncio.to_thread(_build, here, told)
        yield url


def _build(here: Path, variables: Mapping[str, str]) -> None:
    npm = shutil.which("npm")
    assert npm is not None
    done = subprocess.run(  # noqa: S603 (npm, with our own arguments)
        [npm, "run", "build"],
        cwd=here,
        env={**_environment(), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_BUILT_WITHIN,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _environment() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("VITE_")}
