from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tidings.layers import Layer, merged

KEYS = st.sampled_from("abc")
TABLES = st.recursive(
    st.dictionaries(KEYS, st.integers(), min_size=1),
    lambda inner: st.dictionaries(KEYS, st.integers() | inner, min_size=1),
    max_leaves=6,
)


def leaves(table: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    if not isinstance(table, dict):
        return {path: table}
    return {
        at: leaf for key, value in table.items() for at, leaf in leaves(value, (*path, key)).items()
    }


@given(TABLES, TABLES)
def test_what_the_stronger_layer_says_holds(strong: dict[str, Any], weak: dict[str, Any]) -> None:
    values = leaves(merged([Layer("strong", strong), Layer("weak", weak)]))

    assert leaves(strong).items() <= values.items()


@given(TABLES, TABLES)
def test_what_it_does_not_speak_of_is_left(strong: dict[str, Any], weak: dict[str, Any]) -> None:
    values = leaves(merged([Layer("strong", strong), Layer("weak", weak)]))
    said = leaves(strong)

    for at, leaf in leaves(weak).items():
        related = any(at[: len(path)] == path or path[: len(at)] == at for path in said)
        assert related or values[at] == leaf


@given(TABLES)
def test_a_layer_is_not_changed_by_being_merged(table: dict[str, Any]) -> None:
    before = repr(table)

    merged([Layer("strong", {"a": {"b": 1}}), Layer("weak", table)])

    assert repr(table) == before
