"""The NATS broker's own test, as its author's suite has it: each rule is a test here as well."""

from __future__ import annotations

import runpy

from docs.example_server import EXAMPLES

TestNats = runpy.run_path(str(EXAMPLES / "nats/tests/test_conformance.py"))["TestNats"]
