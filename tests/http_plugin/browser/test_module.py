"""What is shipped: one module of bounded size, its types, and the files it is made of."""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path

import httpx
from playwright.async_api import BrowserContext

from http_plugin.browser.bells import Bell, attributes
from http_plugin.browser.site import Site
from tidings_http.bell import STATIC, bell

MOST = 15 * 1024
"""How many bytes the module may have, compressed."""

TYPES = Path(__file__).with_name("types")
OPTIONS = {
    "noEmit": True,
    "allowJs": True,
    "checkJs": True,
    "strict": True,
    "noUnusedLocals": True,
    "noUnusedParameters": True,
    "target": "es2024",
    "module": "esnext",
    "moduleResolution": "bundler",
    "lib": ["es2024", "dom", "dom.iterable", "dom.asynciterable"],
    "types": [],
}


async def test_it_is_small() -> None:
    assert len(gzip.compress(bell().encode(), 9)) <= MOST


async def test_it_is_one_module(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.url) as client:
        answer = await client.get("/bell.js")
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["content-encoding"] == "gzip"
        assert int(answer.headers["content-length"]) <= MOST
        assert answer.text == bell()
        assert "import " not in answer.text.replace("import.meta", "")
        known = {"If-None-Match": answer.headers["etag"]}
        assert (await client.get("/bell.js", headers=known)).status_code == 304
        plain = await client.get("/bell.js", headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.text == bell()
        types = await client.get("/bell.d.ts")
        assert types.text == (STATIC / "bell.d.ts").read_text()


async def test_its_files_work_as_they_are(site: Site, device: BrowserContext) -> None:
    await site.push("one")
    page = await device.new_page()
    given = attributes(site, "websocket", src="/")
    await page.goto(site.page(given, module="/unjoined/bell.js"))
    shown = Bell(page)
    await shown.live()
    await shown.opened()
    await shown.shows("one")


async def test_its_types_are_right(node_modules: Path, tmp_path: Path) -> None:
    for source in TYPES.iterdir():
        text = source.read_text().replace("STATIC", str(STATIC))
        (tmp_path / source.name).write_text(text)
    config = tmp_path / "tsconfig.json"
    files = [str(tmp_path / source.name) for source in TYPES.iterdir()]
    config.write_text(json.dumps({"compilerOptions": OPTIONS, "files": files}))
    compiler = await asyncio.create_subprocess_exec(
        str(node_modules / ".bin" / "tsc"), "-p", str(config), stdout=asyncio.subprocess.PIPE
    )
    told, _ = await compiler.communicate()
    assert told.decode() == ""
