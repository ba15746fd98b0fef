"""The examples in docstrings: those with prompts run, the others are Python at least."""

from __future__ import annotations

import ast
import doctest
import inspect
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from textwrap import dedent

import pytest

import tidings
import tidings_http
import tidings_memory
import tidings_pusher
import tidings_pytest
import tidings_sql
import tidings_websocket

PACKAGES = (
    tidings,
    tidings_http,
    tidings_memory,
    tidings_pusher,
    tidings_pytest,
    tidings_sql,
    tidings_websocket,
)

_EXAMPLE = re.compile(r"^ *Example:\n((?:(?: +.*)?\n)+)", re.MULTILINE)


def _modules() -> Iterator[str]:
    for package in PACKAGES:
        yield package.__name__
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if not module.name.endswith("__main__"):
                yield module.name


MODULES = list(_modules())


@pytest.mark.parametrize("name", MODULES)
def test_examples_with_prompts_run(name: str) -> None:
    done = doctest.testmod(import_module(name))
    assert not done.failed


@pytest.mark.parametrize("name", MODULES)
def test_examples_without_prompts_are_python(name: str) -> None:
    for example in _EXAMPLE.findall(inspect.getsource(import_module(name))):
        text = dedent(example.partition('"""')[0])
        if ">>>" not in text and ".cli." not in name:  # a command's is for a shell
            compile(text, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | ast.PyCF_ONLY_AST)
