"""docs/reference/asyncapi.yaml describes what is really sent, all of it and nothing else."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, ValidationError  # type: ignore[import-untyped]
from jsonschema.validators import extend  # type: ignore[import-untyped]

from exchanges import ENCODABLE, errors, events, exchanges, lags, refs, requests, resets, welcomes
from tidings import Event, Lagged, Reset, TidingsError
from tidings_websocket.commands import Answer, Command, Ref, Request, Welcome
from tidings_websocket.dialect import Ending, Malformed
from tidings_websocket.plain import PlainDialect
from tidings_websocket.plain.asked import FIELDS
from tidings_websocket.plain.codes import CLOSES, ERRORS
from tidings_websocket.plain.frames import LAGGED, RESET, WELCOME
from tidings_websocket.plain.requests import CHANGES, REQUESTS
from tidings_websocket.plain.writing import write

DIALECT = PlainDialect()
DOCUMENT: Mapping[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "docs/reference/asyncapi.yaml").read_text("utf-8")
)
OPERATIONS: Mapping[str, Any] = DOCUMENT["operations"]
MESSAGES: Mapping[str, Any] = DOCUMENT["components"]["messages"]
SCHEMAS: Mapping[str, Any] = DOCUMENT["components"]["schemas"]
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(0.1, 0.9)  # 1.0 is an integer for JSON Schema, and none for the dialect
    | st.text(ENCODABLE, max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(ENCODABLE, max_size=20), inner, max_size=3)
    ),
    max_leaves=5,
)


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """Search as ECMA 262 has it, where `$` is the end of the text alone."""
    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
        yield ValidationError("pattern")


Validator = extend(Draft7Validator, {"pattern": _pattern})
VALIDATORS = {
    name: Validator({"$ref": f"#/components/messages/{name}/payload", **DOCUMENT})
    for name in MESSAGES
}


def names(references: Sequence[Mapping[str, str]]) -> list[str]:
    return [
        reference["$ref"].removeprefix("#/channels/connection/messages/")
        for reference in references
    ]


def described(frame: bytes, messages: Sequence[str]) -> list[str]:
    """Return which of these messages a frame is."""
    return [name for name in messages if VALIDATORS[name].is_valid(json.loads(frame))]


def replies_to(command: Command) -> list[str]:
    name = json.loads(write(Request(1, command)))["request"]
    return names(OPERATIONS[name]["reply"]["messages"])


def nodes(node: Any) -> Iterator[Mapping[str, Any]]:
    """Go through all objects of the document."""
    if isinstance(node, Mapping):
        yield node
    for inner in node.values() if isinstance(node, Mapping) else node:
        if isinstance(inner, Mapping | list):
            yield from nodes(inner)


def references() -> Iterator[str]:
    return (node["$ref"] for node in nodes(DOCUMENT) if "$ref" in node)


def target(reference: str) -> Any:
    node: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


# AsyncAPI's rules, so far as they can be broken here


def test_it_is_of_a_version_that_is_known() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert set(DOCUMENT["info"]) >= {"title", "version"}


def test_every_reference_leads_somewhere() -> None:
    assert all(target(reference) is not None for reference in set(references()))


def test_nothing_stands_beside_a_reference_where_it_would_be_passed_over() -> None:
    assert [node for node in nodes(DOCUMENT) if "$ref" in node and len(node) > 1] == []


def test_every_message_and_schema_is_used() -> None:
    used = set(references())
    assert [name for name in MESSAGES if f"#/components/messages/{name}" not in used] == []
    assert [name for name in SCHEMAS if f"#/components/schemas/{name}" not in used] == []


def test_every_message_of_the_channel_belongs_to_an_operation() -> None:
    spoken = {
        name
        for operation in OPERATIONS.values()
        for name in names([*operation["messages"], *operation.get("reply", {}).get("messages", [])])
    }
    assert spoken == set(DOCUMENT["channels"]["connection"]["messages"])


def test_every_operation_is_on_the_channel_and_says_who_speaks() -> None:
    for operation in OPERATIONS.values():
        assert operation["action"] in {"send", "receive"}
        assert operation["channel"] == {"$ref": "#/channels/connection"}


@pytest.mark.parametrize("name", MESSAGES)
def test_every_schema_is_one(name: str) -> None:
    Draft7Validator.check_schema(MESSAGES[name]["payload"])


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_shared_schema_is_one(name: str) -> None:
    Draft7Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("name", MESSAGES)
def test_every_example_is_one(name: str) -> None:
    for example in MESSAGES[name].get("examples", []):
        VALIDATORS[name].validate(example["payload"])


# what is in the code is in the document, and the reverse


def test_every_request_is_described() -> None:
    received = [name for name, operation in OPERATIONS.items() if operation["action"] == "receive"]
    assert sorted(received) == sorted(REQUESTS)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_described_with_its_fields(name: str) -> None:
    payload = MESSAGES[name]["payload"]
    parameters = inspect.signature(REQUESTS[name]).parameters.values()
    needed = {p.name for p in parameters if p.default is inspect.Parameter.empty}
    assert payload["properties"]["request"] == {"const": name}
    assert set(payload["properties"]) == {"request", "id", *FIELDS[name]}
    assert set(payload["required"]) == {"request", "id", *needed}


def test_every_frame_that_is_no_event_is_described() -> None:
    special = SCHEMAS["event"]["properties"]["event"]["not"]["enum"]
    assert set(special) == {WELCOME, RESET, LAGGED}


def test_every_change_is_described() -> None:
    assert MESSAGES["mark"]["payload"]["properties"]["change"]["enum"] == list(CHANGES)


def test_every_error_code_is_described() -> None:
    assert SCHEMAS["error"]["properties"]["code"]["enum"] == list(ERRORS)


def test_every_close_code_is_described() -> None:
    codes = DOCUMENT["channels"]["connection"]["x-close-codes"]
    found = {(entry["code"], entry["ending"]) for entry in codes}
    assert found == {(CLOSES[ending][0], ending.name.lower()) for ending in Ending}


# what is really sent


@given(events | resets | lags)
def test_what_is_heard_on_a_channel_is_described(delivery: Event | Reset | Lagged) -> None:
    kind = {Event: "event", Reset: "reset", Lagged: "lagged"}[type(delivery)]
    assert described(DIALECT.delivery(delivery), names(OPERATIONS["deliver"]["messages"])) == [kind]


@given(events)
def test_an_echo_is_described(event: Event) -> None:
    assert described(DIALECT.echo(event), names(OPERATIONS["deliver"]["messages"])) == ["echo"]


@given(welcomes)
def test_a_welcome_is_described(welcome: Welcome) -> None:
    frame = DIALECT.welcome(welcome)
    assert described(frame, names(OPERATIONS["deliver"]["messages"])) == ["welcome"]


@given(requests)
def test_a_request_is_described(request: Request) -> None:
    text = write(request)
    assert described(text, list(REQUESTS)) == [json.loads(text)["request"]]


@given(exchanges, refs)
def test_an_answer_is_described(exchange: tuple[Any, Answer], ref: Ref) -> None:
    command, answer = exchange
    done, _ = messages = replies_to(command)
    assert described(DIALECT.answer(Request(ref, command), answer)[0], messages) == [done]


@given(errors, st.none() | refs)
def test_a_refusal_is_described(error: TidingsError, ref: Ref) -> None:
    assert described(DIALECT.refusal(ref, error)[0], list(MESSAGES)) == ["refused"]


@st.composite
def strange_requests(draw: st.DrawFn) -> dict[str, Any]:
    """A request, one of whose fields is another, or gone."""
    fields: dict[str, Any] = json.loads(write(draw(requests)))
    name = draw(st.sampled_from(["request", "id", "another", *FIELDS[fields["request"]]]))
    assume(name != "notification")  # the core's, which is kinder to its callers
    if draw(st.booleans()):
        fields.pop(name, None)
    else:
        fields[name] = draw(JSON)
    return fields


@given(strange_requests())
def test_a_request_is_read_just_if_it_is_as_described(fields: dict[str, Any]) -> None:
    text = json.dumps(fields, ensure_ascii=False)
    try:
        DIALECT.read(text, "a connection")
    except Malformed:
        assert described(text.encode(), list(REQUESTS)) == []
    else:
        assert described(text.encode(), list(REQUESTS)) == [fields["request"]]
