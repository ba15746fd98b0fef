from __future__ import annotations

import json
import logging
import logging.config
import sys

import pytest

from tidings_websocket.cli.log_lines import JsonLines, News, TextLines, log_config


def record(message: str = "they came", level: int = logging.INFO, **extra: object) -> object:
    made = logging.getLogger("tidings.websocket").makeRecord(
        "tidings.websocket", level, "front.py", 1, message, (), None, extra=extra
    )
    made.process = 7
    return made


def test_a_line_for_people_ends_with_its_keys_and_values() -> None:
    line = TextLines().format(record(count=3, address="::1", user=None))  # type: ignore[arg-type]

    assert line.endswith(' 7 INFO    tidings.websocket: they came count=3 address="::1" user=None')


def test_no_value_can_begin_a_line_of_its_own() -> None:
    line = TextLines().format(record(user="ann\n2026-01-01 ERROR"))  # type: ignore[arg-type]

    assert line.endswith(r'user="ann\n2026-01-01 ERROR"')


def test_a_line_for_programs_is_an_object() -> None:
    line = json.loads(JsonLines().format(record(count=3)))  # type: ignore[arg-type]

    assert line.pop("time").endswith("+00:00")
    assert line == {
        "process": 7,
        "level": "info",
        "logger": "tidings.websocket",
        "message": "they came",
        "count": 3,
    }


def test_an_error_of_others_keeps_its_traceback() -> None:
    try:
        int("broken")
    except ValueError:
        made = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info()})

    assert "ValueError: invalid" in json.loads(JsonLines().format(made))["traceback"]


@pytest.mark.parametrize(
    ("module", "level", "told"),
    [
        ("multiprocess", logging.INFO, True),
        ("server", logging.INFO, False),
        ("httptools_impl", logging.WARNING, False),
        ("httptools_impl", logging.ERROR, True),
        ("on", logging.ERROR, False),
    ],
)
def test_of_uvicorns_lines_those_that_are_news_are_written(
    module: str, level: int, told: bool
) -> None:
    made = logging.makeLogRecord({"module": module, "levelno": level})

    assert News().filter(made) is told


@pytest.mark.parametrize("as_json", [False, True])
def test_the_configuration_is_one(as_json: bool) -> None:
    logging.config.DictConfigurator(log_config("debug", as_json=as_json))
