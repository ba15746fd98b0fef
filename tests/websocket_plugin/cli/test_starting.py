"""What stands in the way of a server is told before it begins."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.cli.runs import run_command
from tidings import (
    Abilities,
    Event,
    PluginError,
    Settings,
    SettingsError,
    Tidings,
    Tokens,
    hookimpl,
)
from tidings.policy import AdminTokens
from tidings_http import HttpFront
from tidings_http.start_page.start_page import StartPage
from tidings_memory import MemoryStore
from tidings_sql import SqlStore
from tidings_websocket import WebSocketFront
from tidings_websocket.cli.assembling import Assembled, assembled, check_workers, new_key
from tidings_websocket.cli.greeting import Greeting
from tidings_websocket.cli.served import Plan
from tidings_websocket.cli.welcoming import has_page

MEMORY = "[plugins.memory-store]\n"
SECOND = '[plugins.websocket]\n[plugins.two]\nclass = "tidings_websocket:WebSocketFront"\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place without settings."""
    monkeypatch.chdir(tmp_path)
    for name in ("TIDINGS_CONFIG", "TIDINGS_TOKEN_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def made(folder: Path, text: str = "", key: SecretStr | None = None) -> Assembled:
    """Make what a settings file says."""
    (folder / "tidings.toml").write_text(text, "utf-8")
    return assembled(Settings.load(), key)


def plugins(what: Assembled) -> Sequence[object]:
    """Return all plugins of what was made."""
    return list(what.tidings.hooks.plugins.values())


def test_without_settings_there_is_a_file_a_front_and_a_right_for_backends(folder: Path) -> None:
    what = made(folder, key=new_key())

    assert isinstance(what.tidings.hooks.store, SqlStore)
    assert what.new_file == folder / "tidings.db"
    assert any(isinstance(plugin, AdminTokens) for plugin in plugins(what))
    assert what.front in plugins(what)
    assert what.tidings.tokens is not None


def test_what_the_settings_have_is_what_there_is(folder: Path) -> None:
    rest = """
[plugins.websocket]
per_user = 3

[plugins.mine]
class = "tidings.policy:OwnChannels"
"""
    what = made(folder, MEMORY + rest)

    assert isinstance(what.tidings.hooks.store, MemoryStore)
    assert what.new_file is None
    assert what.front.limits.per_user == 3
    assert not any(isinstance(plugin, AdminTokens) for plugin in plugins(what))


def test_a_key_of_the_settings_comes_before_one_that_was_made(folder: Path) -> None:
    theirs = "their secret of at least thirty-two bytes"
    what = made(folder, f'token_key = "{theirs}"\n' + MEMORY, new_key())

    assert what.tidings.tokens is not None
    assert what.tidings.tokens.verify(Tokens(theirs).issue("ann")).user == "ann"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("[plugins.websocket]\nenabled = false\n", "not enabled"),
        (SECOND, "several"),
        ("[plugins.websocket]\nper_usr = 3\n", "did you mean 'per_user'"),
    ],
)
def test_a_front_that_cannot_be_served_is_told(folder: Path, table: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        made(folder, table)


def test_several_workers_need_what_reaches_all_of_them(folder: Path) -> None:
    memory, sql = made(folder, MEMORY), made(folder)

    check_workers(memory.tidings, 1)
    check_workers(sql.tidings, 2)
    with pytest.raises(SettingsError, match="--workers 2: several processes need a broker"):
        check_workers(memory.tidings, 2)


def test_a_broker_alone_is_not_enough_where_each_worker_has_its_own_store() -> None:
    class Wire:
        abilities = Abilities(role="broker", local=True)

        @hookimpl
        async def push(self, events: Sequence[Event]) -> None: ...

        @hookimpl
        @asynccontextmanager
        async def subscribe(
            self, channel: str, deliver: Callable[[Event], None]
        ) -> AsyncIterator[None]:
            yield

    check_workers(Tidings(WebSocketFront(), Wire()), 2)
    with pytest.raises(SettingsError, match="a store that they share"):
        check_workers(Tidings(WebSocketFront(), MemoryStore(), Wire()), 2)


def test_a_shared_store_is_not_enough_where_nothing_is_heard_of_it() -> None:
    class Cupboard(MemoryStore):
        abilities = Abilities(durable=True)

    with pytest.raises(SettingsError, match="need a broker between them"):
        check_workers(Tidings(WebSocketFront(), Cupboard()), 2)


def test_the_command_refuses_workers_without_a_broker_in_a_line(folder: Path) -> None:
    (folder / "tidings.toml").write_text(MEMORY)

    ran = run_command("serve", "--workers", "2", "--port", "0")

    assert ran.code == 1
    assert ran.err.startswith("Error: --workers 2: several processes need a broker")
    assert ran.out == ""


def test_a_port_that_is_taken_is_told_in_a_line(folder: Path) -> None:
    (folder / "tidings.toml").write_text(MEMORY)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        ran = run_command("serve", "--port", str(port))

    assert ran.code == 1
    assert f"127.0.0.1 port {port} cannot be listened on: Address already in use." in ran.words


def test_a_certificate_that_is_none_is_told_in_a_line(folder: Path) -> None:
    (folder / "cert.pem").write_text("no certificate")

    ran = run_command("serve", "--ssl-certfile", "cert.pem")

    assert ran.code == 1
    assert "cert.pem and its private key are of no use" in ran.words
    assert run_command("serve", "--ssl-keyfile", "cert.pem").code == 2


def test_stopping_takes_longer_than_sending_clients_away(folder: Path) -> None:
    (folder / "tidings.toml").write_text(MEMORY)

    ran = run_command("serve", "--stop-within", "5")

    assert ran.code == 2
    assert "--stop-within 5: clients are sent away over 5 s" in ran.words


@pytest.mark.parametrize("given", ["0", "-1", "nan", "inf", "soon"])
def test_stopping_takes_a_time_that_ends(given: str) -> None:
    ran = run_command("serve", "--stop-within", given)

    assert ran.code == 2
    assert "is no time to wait: write seconds, more than 0" in ran.words


def test_fewer_files_than_connections_is_warned_of(folder: Path) -> None:
    (folder / "tidings.toml").write_text(MEMORY + "[plugins.websocket]\nconnections = 2000000000\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:  # it is warned before it listens
        ran = run_command("serve", "--port", str(taken.getsockname()[1]))

    assert "and not the 2,000,000,000 of the setting `connections`" in ran.words


def greeting(**changed: object) -> Greeting:
    usual = Greeting("ws://127.0.0.1:8000/ws", 20_000, None, True, None, True, None)
    return usual._replace(**changed)  # type: ignore[arg-type]


def test_a_greeting_with_a_key_of_ones_own_tells_how_to_issue_tokens() -> None:
    said = greeting(config="prod.toml").as_text()

    assert "  tidings token ann --config prod.toml\n" in said
    assert '  tidings push --to ann --heading "It works" --config prod.toml' in said
    assert "TIDINGS_TOKEN=... tidings watch" in said
    assert "WebSocket(" not in said


def test_a_greeting_promises_no_push_that_nobody_would_hear() -> None:
    assert "tidings push" not in greeting(pushes=False).as_text()


def test_a_greeting_issues_no_tokens_where_only_others_can() -> None:
    assert "tidings token" not in greeting(issues=False).as_text()


def test_a_greeting_for_programs_is_an_object() -> None:
    file = Path("/a/{b}/tidings.db")
    said = greeting(token="abc", new_file=file)

    assert json.loads(json.dumps(said.as_json())) == {
        "listening": "ws://127.0.0.1:8000/ws",
        "connections": 20000,
        "user": "ann",
        "token": "abc",
        "file": str(file),
    }
    assert str(file) in said.as_text()
    assert '["tidings.v1", "tidings.token.abc"]' in said.as_text()


def test_a_greeting_leads_to_the_pages_that_there_are() -> None:
    said = greeting(token="abc", page="http://127.0.0.1:8000/", operator="xyz")

    assert said.as_json()["page"] == "http://127.0.0.1:8000/"
    assert said.as_json()["operator"] == "xyz"
    assert "browser, on this machine:\n  http://127.0.0.1:8000/\n" in said.as_text()
    assert "at http://127.0.0.1:8000/console, with this token:\n  xyz" in said.as_text()
    assert "WebSocket(" not in said.as_text()


def offered(what: Assembled) -> StartPage:
    """Return what the page for newcomers offers."""
    (found,) = [plugin for plugin in plugins(what) if isinstance(plugin, HttpFront)]
    assert found.start_page is not None
    return found.start_page


def test_a_page_for_newcomers_offers_a_user_only_where_the_key_is_worth_nothing(
    folder: Path,
) -> None:
    file = folder / "tidings.toml"
    file.write_text(MEMORY)
    tried = Plan(str(file), new_key(), 60.0, None).assembled()
    kept = Plan(str(file), None, 60.0, None).assembled()

    assert offered(tried).guests == ["ann"]
    assert offered(kept).guests == []
    assert has_page(kept.tidings, "/")


def test_a_page_for_newcomers_names_the_command_that_reaches_the_server(folder: Path) -> None:
    file = folder / "prod.toml"
    file.write_text('[plugins.sql]\nurl = "sqlite:///app.db"\n')
    what = Plan("prod.toml", new_key(), 60.0, None).assembled()

    pushing = 'tidings push --to {user} --heading "It works" --config prod.toml'
    assert offered(what).pushing == pushing


def test_where_nothing_answers_http_there_are_no_pages(folder: Path) -> None:
    what = made(folder, MEMORY + "[plugins.http]\nenabled = false\n")

    assert not has_page(what.tidings, "/")
    assert not has_page(what.tidings, "/console")


def test_a_missing_package_is_told_with_what_installs_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tidings_websocket.cli.starting", None)

    ran = run_command("serve")

    assert ran.code == 1
    assert "pip install 'tidings[serve]'" in ran.words


def test_a_store_is_needed_and_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tidings_sql.store", None)

    with pytest.raises(PluginError, match=r"pip install 'tidings\[sql\]'"):
        made(folder)
