import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from tidings.discovery import build, build_all, installed, load
from tidings.errors import PluginError, SettingsError

SECRET = "hunter2"

Install = Callable[..., None]
Write = Callable[[str, str], None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Puts a module where Python finds it."""
    monkeypatch.syspath_prepend(tmp_path)

    def module(name: str, code: str) -> None:
        (tmp_path / f"{name}.py").write_text(code)
        monkeypatch.delitem(sys.modules, name, raising=False)

    return module


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs a package that offers plugins, as pip would."""

    def package(name: str, *, extras: tuple[str, ...] = (), **offers: str) -> None:
        folder = tmp_path / "packages" / name
        info = folder / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        provided = "".join(f"Provides-Extra: {extra}\n" for extra in extras)
        (info / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n{provided}")
        lines = [f"{key} = {value}\n" for key, value in offers.items()]
        (info / "entry_points.txt").write_text("[tidings]\n" + "".join(lines))
        monkeypatch.syspath_prepend(folder)

    return package


LOUD = """
from pydantic import SecretStr
class Loudspeaker:
    def __init__(self, url: str = "", *, token: SecretStr | None = None, name: str | None = None):
        self.url, self.token = url, token
        if name:
            self.name = name
"""


def test_what_packages_offer_is_listed_and_not_imported(install: Install, write: Write) -> None:
    write("loud", "raise RuntimeError('imported')")
    install("loud-kit", loud_speaker="loud:Loudspeaker")

    offered = installed()

    assert {"memory", "memory-store", "loud-speaker"} <= offered.keys()
    assert "loud" not in sys.modules


def test_a_plugin_is_found_by_its_name_however_it_is_spelled(
    install: Install, write: Write
) -> None:
    write("loud", LOUD)
    install("loud-kit", loud_speaker="loud:Loudspeaker")

    assert load("loud-speaker") is load("Loud_Speaker")
    assert load("loud-speaker").__name__ == "Loudspeaker"


def test_the_built_in_plugins_are_found_as_any_other() -> None:
    assert load("memory").__name__ == "MemoryBroker"
    assert load("memory-store").__name__ == "MemoryStore"


def test_a_name_that_nobody_offers_is_told_the_nearest_and_all(install: Install) -> None:
    install("loud-kit", loud="loud:Loudspeaker")

    with pytest.raises(PluginError) as caught:
        load("memry")

    said = str(caught.value)
    assert "plugin 'memry': no installed package offers it; did you mean 'memory'?" in said
    assert "loud, memory, memory-store" in said
    assert 'add class = "module:Class"' in said


def test_a_built_in_plugin_whose_extra_is_missing_names_it(install: Install, write: Write) -> None:
    write("tidings_valkey", "import valkey_that_is_not_there")
    install("tidings", extras=("valkey",), valkey="tidings_valkey:Broker")

    with pytest.raises(PluginError) as caught:
        load("valkey")

    assert str(caught.value) == (
        "plugin 'valkey': No module named 'valkey_that_is_not_there': pip install 'tidings[valkey]'"
    )


def test_two_plugins_of_one_extra_name_the_extra(install: Install, write: Write) -> None:
    write("tidings_valkey", "import valkey_that_is_not_there")
    install("tidings", extras=("valkey",), valkey_presence="tidings_valkey:Presence")

    with pytest.raises(PluginError, match=r"pip install 'tidings\[valkey\]'"):
        load("valkey-presence")


def test_another_packages_plugin_names_its_package(install: Install, write: Write) -> None:
    write("loud", "from json import no_such_thing")
    install("loud-kit", loud="loud:Loudspeaker")

    with pytest.raises(PluginError, match=r"'no_such_thing'.*pip install loud-kit"):
        load("loud")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("1 / 0", "loud:Loudspeaker cannot be imported: ZeroDivisionError: division by zero"),
        ("def", "cannot be imported: SyntaxError"),
        ("class Other: pass", "cannot be imported: AttributeError: .* 'Loudspeaker'"),
        ("Loudspeaker = 3", "loud:Loudspeaker is no class"),
    ],
)
def test_a_plugin_that_is_broken_is_named(
    install: Install, write: Write, code: str, words: str
) -> None:
    write("loud", code)
    install("loud-kit", loud="loud:Loudspeaker")

    with pytest.raises(PluginError, match=f"plugin 'loud': .*{words}"):
        load("loud")


def test_two_packages_that_offer_one_name_are_not_guessed_between(install: Install) -> None:
    install("loud-kit", loud="loud:Loudspeaker")
    install("other-kit", loud="other:Loudspeaker")

    with pytest.raises(PluginError, match=r"(loud-kit|other-kit) and .* both offer it"):
        load("loud")


def test_a_plugin_is_made_from_its_table(install: Install, write: Write) -> None:
    write("loud", LOUD)
    install("loud-kit", loud="loud:Loudspeaker")

    plugin = build("loud", {"url": "x", "token": SECRET, "enabled": True})

    assert vars(plugin) == {"url": "x", "token": SecretStr(SECRET), "name": "loud"}


def test_a_plugin_of_ones_own_needs_no_package(write: Write) -> None:
    write("shop", LOUD)

    plugin = build("My_Speaker", {"class": "shop:Loudspeaker", "url": "x"})

    assert type(plugin).__module__ == "shop"
    assert vars(plugin) == {"url": "x", "token": None, "name": "my-speaker"}


def test_two_of_a_kind_have_the_names_of_their_tables(write: Write) -> None:
    write("shop", LOUD)
    table = {"class": "shop:Loudspeaker"}

    plugins = build_all({"left": table, "right": table, "third": {**table, "name": "back"}})

    assert list(plugins) == ["left", "right", "third"]
    assert [vars(plugin)["name"] for plugin in plugins.values()] == ["left", "right", "back"]


def test_a_plugin_that_cannot_be_given_a_name_keeps_its_own(write: Write) -> None:
    write(
        "shop",
        "class Slotted: __slots__ = ()\n"
        "from pydantic import BaseModel\n"
        "class Model(BaseModel, frozen=True): name: str = 'mine'\n",
    )

    assert build("slotted", {"class": "shop:Slotted"})
    assert getattr(build("model", {"class": "shop:Model"}), "name", None) == "mine"


@pytest.mark.parametrize("enabled", [False, "false", "0", "off"])
def test_a_plugin_that_is_turned_off_is_not_imported(write: Write, enabled: object) -> None:
    write("shop", "raise RuntimeError('imported')")

    assert build_all({"shop": {"class": "shop:Loudspeaker", "enabled": enabled}}) == {}


def test_only_yes_or_no_turn_a_plugin_on_or_off() -> None:
    with pytest.raises(SettingsError, match=r"^\[plugins.memory\] enabled: must be true or false$"):
        build_all({"memory": {"enabled": SECRET}})


@pytest.mark.parametrize("spec", ["shop", "shop.Loudspeaker", ":x", "shop:", 3, f"{SECRET}!"])
def test_a_class_of_ones_own_is_written_with_a_colon(spec: object) -> None:
    with pytest.raises(SettingsError, match='write it as "module:Class"') as caught:
        build("shop", {"class": spec})

    assert SECRET not in str(caught.value)


def test_a_module_of_ones_own_must_be_where_python_looks() -> None:
    with pytest.raises(PluginError, match=r"No module named 'nowhere'.*on PYTHONPATH\?"):
        build("shop", {"class": "nowhere:Loudspeaker"})


def test_a_constructor_that_raises_is_told_without_its_words(write: Write) -> None:
    write("shop", "class Loud:\n  def __init__(self, url): raise ValueError(url)\n")

    with pytest.raises(PluginError) as caught:
        build("shop", {"class": "shop:Loud", "url": SECRET})

    assert str(caught.value) == "plugin 'shop': Loud(...) raised ValueError at shop.py:2"
    assert caught.value.__suppress_context__


def test_a_constructor_that_refuses_in_tidings_own_words_is_heard(write: Write) -> None:
    write(
        "shop",
        "from tidings.errors import SettingsError\n"
        "class Loud:\n  def __init__(self): raise SettingsError('url or path, not both')\n",
    )

    with pytest.raises(SettingsError, match="url or path, not both"):
        build("shop", {"class": "shop:Loud"})


def test_an_unknown_key_is_told_with_the_known_ones(write: Write) -> None:
    write("shop", LOUD)

    with pytest.raises(SettingsError) as caught:
        build("shop", {"class": "shop:Loudspeaker", "tokn": SECRET})

    assert str(caught.value) == (
        "[plugins.shop] tokn: no such key; did you mean 'token'? (there are: url, token, name)"
    )
