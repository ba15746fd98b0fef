"""The server's log lines: on stderr, each with its keys and values; for people or for programs."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_OWN = {*vars(logging.makeLogRecord({})), "asctime", "color_message", "message", "taskName"}


def log_config(level: str, *, as_json: bool) -> dict[str, Any]:
    """Return what `logging.config.dictConfig` takes, in every process of the server.

    Requests are not logged: their URLs may hold tickets.
    """
    lines = JsonLines if as_json else TextLines
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"news": {"()": f"{__name__}.{News.__name__}"}},
        "formatters": {"lines": {"()": f"{__name__}.{lines.__name__}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            "tidings": {"level": level.upper()},
            "uvicorn.error": {"level": "INFO", "filters": ["news"]},
            "uvicorn.access": {"level": "CRITICAL"},
        },
    }


class News(logging.Filter):
    """Lets through of uvicorn's lines what its supervisor of workers says, and errors.

    Its warnings are about what clients send, as often as they do; the rest is said already.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a line is to be written."""
        if record.module == "on":  # of the lifespan: what failed in it has been told
            return record.exc_info is not None
        return record.levelno >= logging.ERROR or record.module == "multiprocess"


class TextLines(logging.Formatter):
    """A time, a process, a level, words, and `key=value` for each of the keys."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(process)d %(levelname)-7s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (the library's name)
        """Return the line."""
        pairs = [f"{key}={_shown(value)}" for key, value in _extras(record).items()]
        return " ".join([super().formatMessage(record), *pairs])


class JsonLines(logging.Formatter):
    """An object of JSON: `time`, `process`, `level`, `logger`, `message`, and the keys."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "process": record.process,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_extras(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def _extras(record: logging.LogRecord) -> Mapping[str, Any]:
    return {key: value for key, value in vars(record).items() if key not in _OWN}


def _shown(value: Any) -> str:
    text = str(value)
    return text if text.isalnum() else json.dumps(value, default=str)
