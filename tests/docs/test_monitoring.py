"""docs/operations/monitoring.md names every metric and every line of the log of a server."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from prometheus_client.metrics_core import Metric

import tidings
import tidings_http
import tidings_pusher
import tidings_sql
import tidings_websocket
from docs.blocks import blocks
from tidings import Tidings
from tidings.metrics import collectors
from tidings_http import HttpFront
from tidings_memory import MemoryStore
from tidings_websocket import WebSocketFront

PAGE = Path(__file__).parents[2] / "docs/operations/monitoring.md"
TEXT = PAGE.read_text("utf-8")
LEVELS = ("debug", "info", "warning", "error")
LOGGERS = ("logger", "_log")
APART = ("client", "cli", "testing")
"""Folders of what no server runs, or says in words of its own."""


def metrics() -> Iterator[Metric]:
    for collector in collectors(Tidings(MemoryStore(), WebSocketFront(), HttpFront())):
        yield from collector.collect()


def rows(first: str) -> dict[str, tuple[str, ...]]:
    """Return the cells of the rows that begin so, by what is named first, without its backquotes.

    What stands below a name in its cell comes last.
    """
    lines = [line.split("|")[1:-1] for line in TEXT.splitlines() if line.startswith(f"| `{first}")]
    found = {}
    for cell, *others in lines:
        name, _, below = cell.strip().partition("<br>")
        found[name.strip("`")] = (*(other.strip() for other in others), below)
    return found


def test_every_metric_is_listed_with_its_labels() -> None:
    labels = {
        f"{metric.name}_total" if metric.type == "counter" else metric.name: ", ".join(
            f"by `{label}`" for label in getattr(metric, "_labelnames", ())
        )
        for metric in metrics()
    }
    assert {name: cells[1] for name, cells in rows("tidings_").items()} == labels


def rules() -> list[dict[str, Any]]:
    (text,) = (block.text for block in blocks(PAGE) if block.title == "alerts.yml")
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


def test_alerts_ask_for_metrics_that_there_are() -> None:
    asked = {name for rule in rules() for name in re.findall(r"tidings_\w+", rule["expr"])}
    assert {name.removesuffix("_bucket") for name in asked} - set(rows("tidings_")) == set()
    assert len(asked) > 7


def test_every_alert_says_what_is_wrong_and_how_urgent_that_is() -> None:
    for rule in rules():
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["labels"]["severity"] in {"page", "ticket"}


def said() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Go through what servers write to the log: each message, its level, its keys."""
    for package in (tidings, tidings_http, tidings_pusher, tidings_sql, tidings_websocket):
        for file in Path(str(package.__file__)).parent.rglob("*.py"):
            if not set(APART) & set(file.parts):
                yield from _said_in(ast.parse(file.read_text("utf-8")))


def _said_in(module: ast.Module) -> Iterator[tuple[str, str, frozenset[str]]]:
    for node in ast.walk(module):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=logger), attr=level),
                args=[ast.Constant(value=str(words)), *_],
                keywords=keywords,
            ) if logger in LOGGERS and level in LEVELS:
                extra = next((k.value for k in keywords if k.arg == "extra"), None)
                keys = extra.keys if isinstance(extra, ast.Dict) else []
                yield words, level, frozenset(ast.literal_eval(key) for key in keys if key)


def test_every_line_of_the_log_is_listed_with_its_level_and_keys() -> None:
    found = rows("")
    for words, level, keys in said():
        message = re.sub(r"%[srd]", "…", words).replace("……", "…")
        if level == "debug" and not keys:
            continue  # for whoever looks into the code
        assert message in found, message
        assert level in found[message][1], message
        assert all(f"`{key}`" in found[message][0] for key in keys), message
