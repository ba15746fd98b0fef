from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from tidings.errors import SettingsError
from tidings.options import Options
from tidings.settings import Settings

KEY = "correct horse battery staple, twice over"
SECRET = "hunter2"

Write = Callable[..., Path]
Env = Callable[..., None]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def write(folder: Path) -> Write:
    def file(text: str, name: str = "tidings.toml") -> Path:
        (folder / name).write_text(text)
        return folder / name

    return file


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> Env:
    def variables(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return variables


def refusal(**overrides: object) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.load(**overrides)  # type: ignore[arg-type]
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_nothing_needs_to_be_set() -> None:
    settings = Settings.load()

    assert settings.options() == Options()
    assert settings.plugins == {}
    assert settings.tokens() is None


def test_the_file_sets_options_keys_and_plugins(write: Write) -> None:
    write(
        'queue = 7\nlogged = ["a-*"]\ntoken_key = "hunter2"\n'
        '[plugins.sql]\nurl = "x"\n[plugins.sql.pool]\nsize = 3\n'
    )

    settings = Settings.load()

    assert settings.options() == Options(queue=7, logged=("a-*",))
    assert settings.token_key == SecretStr(SECRET)
    assert settings.plugins == {"sql": {"url": "x", "pool": {"size": 3}}}


def test_keywords_go_before_the_environment_before_dotenv_before_the_file(
    write: Write, env: Env
) -> None:
    write("queue = 1\nheld = 1\npush_batch = 1\nrecall_batch = 1")
    write("TIDINGS_QUEUE=2\nTIDINGS_HELD=2\nTIDINGS_PUSH_BATCH=2", ".env")
    env(TIDINGS_QUEUE="3", TIDINGS_HELD="3")

    options = Settings.load(queue=4).options()

    assert options == Options(queue=4, held=3, push_batch=2, recall_batch=1)


def test_the_table_of_a_plugin_is_merged_key_by_key(write: Write, env: Env) -> None:
    write('[plugins.sql]\nurl = "file"\npool = 1\necho = true\n[plugins.sql.args]\na = 1\nb = 1')
    write("TIDINGS_PLUGINS__SQL__POOL=2\nTIDINGS_PLUGINS__SQL__ARGS__B=2", ".env")
    env(TIDINGS_PLUGINS__SQL__URL="environment")

    tables = Settings.load(plugins={"sql": {"echo": False}}).plugins

    assert tables == {
        "sql": {"url": "environment", "pool": "2", "echo": False, "args": {"a": 1, "b": "2"}}
    }


def test_a_variable_names_a_plugin_by_underscores(write: Write, env: Env) -> None:
    write("[plugins.memory-store]\nlog_count = 5")
    env(TIDINGS_PLUGINS__MEMORY_STORE__LOG_COUNT="7")

    assert Settings.load().plugins == {"memory-store": {"log_count": "7"}}


def test_one_plugin_in_two_spellings_is_a_mistake(write: Write) -> None:
    write("[plugins.memory-store]\n[plugins.memory_store]\n")

    assert refusal() == "plugins, from tidings.toml: one name is there in two spellings"


def test_values_of_variables_stay_text_for_the_plugin_to_read(env: Env) -> None:
    env(
        TIDINGS_PLUGINS__PUSHER__SECRET="12345",
        TIDINGS_PLUGINS__PUSHER__CHANNELS='["a"]',
        TIDINGS_PLUGINS__PUSHER__HEADERS="replaced by what follows",
        TIDINGS_PLUGINS__PUSHER__HEADERS__TOKEN="67890",
    )

    assert Settings.load().plugins == {
        "pusher": {"secret": "12345", "channels": '["a"]', "headers": {"token": "67890"}}
    }


def test_an_empty_variable_counts_as_not_set(write: Write, env: Env) -> None:
    write(f'token_key = "{KEY}"')
    env(TIDINGS_TOKEN_KEY="", TIDINGS_CONFIG="")

    assert Settings.load().token_key == SecretStr(KEY)


def test_what_a_command_reads_by_itself_is_no_unknown_setting(env: Env) -> None:
    env(TIDINGS_TOKEN="a client's token")

    assert Settings.load().token_key is None


def test_lists_are_json_in_a_variable(env: Env) -> None:
    env(TIDINGS_LOGGED='["a-*", "b-*"]')

    assert Settings.load().logged == ("a-*", "b-*")


def test_a_list_that_is_no_json_is_told_so(env: Env) -> None:
    env(TIDINGS_LOGGED=SECRET)

    assert refusal() == "logged, from the environment: must be written as JSON"


@pytest.mark.parametrize("how", ["argument", "variable", "dotenv"])
def test_the_file_may_be_another(write: Write, env: Env, how: str) -> None:
    write("queue = 1")
    other = write("queue = 2", "other.toml")
    if how == "variable":
        env(TIDINGS_CONFIG=str(other))
    if how == "dotenv":
        write(f"TIDINGS_CONFIG={other}", ".env")

    assert Settings.load(other if how == "argument" else None).queue == 2


@pytest.mark.parametrize("how", ["argument", "variable"])
def test_a_file_that_was_asked_for_must_be_there(env: Env, how: str) -> None:
    if how == "variable":
        env(TIDINGS_CONFIG="missing.toml")

    said = refusal(path="missing.toml") if how == "argument" else refusal()

    assert said == "missing.toml cannot be read: No such file or directory"


def test_a_broken_file_is_told_with_the_line(write: Write) -> None:
    write("queue = 1\nheld = \n")

    assert refusal() == "tidings.toml is no TOML: Invalid value (at line 2, column 8)"


def test_a_file_in_another_encoding_is_told_so(folder: Path) -> None:
    (folder / "tidings.toml").write_bytes('category = "Zoë"'.encode("latin-1"))

    assert refusal() == "tidings.toml is not UTF-8 text, as TOML must be"


def test_an_unknown_key_is_told_where_it_stands_and_the_nearest(write: Write) -> None:
    write('push_timout = "hunter2"')

    assert refusal(qeue=SECRET).splitlines() == [
        "qeue, from keywords: no such setting; did you mean 'queue'?",
        "push_timout, from tidings.toml: no such setting; did you mean 'push_timeout'?",
    ]


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("TIDINGS_QEUE", "did you mean 'TIDINGS_QUEUE'?"),
        ("TIDINGS_PLUGIN__SQL__URL", "did you mean 'TIDINGS_PLUGINS'?"),
        ("TIDINGS_PLUGINS_SQL_URL", "two underscores lead into a table"),
        ("TIDINGS_PLUGINS", "TIDINGS_PLUGINS__SQL__URL"),
        ("TIDINGS_PLUGINS__SQL", "TIDINGS_PLUGINS__SQL__URL"),
        ("TIDINGS_QUEUE__SIZE", "no such setting"),
    ],
)
def test_a_variable_that_sets_nothing_is_told(env: Env, variable: str, words: str) -> None:
    env(**{variable: SECRET})

    said = refusal()

    assert said.startswith(f"{variable}, from the environment: no such setting")
    assert words in said


def test_so_is_one_in_dotenv_but_what_is_there_for_others_is_theirs(write: Write) -> None:
    write("DATABASE_URL=x\nTIDINGS_QEUE=hunter2", ".env")

    assert refusal().startswith("TIDINGS_QEUE, from .env: no such setting")
    assert "DATABASE_URL" not in refusal()


def test_what_kubernetes_says_of_a_service_named_tidings_is_no_setting(env: Env) -> None:
    env(
        TIDINGS_SERVICE_HOST="10.0.0.1",
        TIDINGS_SERVICE_PORT="80",
        TIDINGS_SERVICE_PORT_HTTP="80",
        TIDINGS_PORT="tcp://10.0.0.1:80",
        TIDINGS_PORT_80_TCP="tcp://10.0.0.1:80",
        TIDINGS_PORT_80_TCP_ADDR="10.0.0.1",
    )

    assert Settings.load() == Settings()


def test_all_wrong_values_are_told_with_where_they_stand_and_without_what_they_are(
    write: Write, env: Env
) -> None:
    write('queue = 0\nlogged = "hunter2"\ntoken_key = 12345\n[plugins]\nsql = "hunter2"')
    write("TIDINGS_HELD=hunter2", ".env")
    env(TIDINGS_TOKEN_ALGORITHM=SECRET)

    said = refusal(push_timeout=-1)

    assert set(said.splitlines()) == {
        "queue, from tidings.toml: should be greater than 0",
        "logged, from tidings.toml: should be a valid tuple",
        "token_key, from tidings.toml: should be a valid string",
        "plugins.sql, from tidings.toml: should be a table",
        "held, from .env: should be a valid integer, unable to parse string as an integer",
        "token_algorithm, from the environment: should be 'HS256', 'RS256' or 'ES256'",
        "push_timeout, from keywords: should be greater than 0",
    }
    assert "12345" not in said


def test_secrets_are_not_shown() -> None:
    settings = Settings.load(token_key=SECRET, plugins={"sql": {"url": SECRET}})

    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


def test_the_key_makes_tokens(env: Env) -> None:
    env(TIDINGS_TOKEN_KEY=KEY)
    tokens = Settings.load().tokens()

    assert tokens is not None
    assert tokens.verify(tokens.issue("ann")).user == "ann"


def test_a_weak_key_is_refused_when_it_is_used() -> None:
    with pytest.raises(SettingsError, match="32 bytes or more"):
        Settings.load(token_key=SECRET).tokens()


def test_settings_made_by_hand_are_what_was_given_and_nothing_else(write: Write, env: Env) -> None:
    write("queue = 1")
    env(TIDINGS_HELD="3")

    assert Settings(queue=4) == Settings.load(queue=4, held=Options().held)
