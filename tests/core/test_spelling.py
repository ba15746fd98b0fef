import pytest

from tidings.spelling import canonical, did_you_mean


@pytest.mark.parametrize("name", ["memory-store", "memory_store", "MEMORY_STORE", "Memory-Store"])
def test_a_plugin_has_one_name_however_it_is_spelled(name: str) -> None:
    assert canonical(name) == "memory-store"


def test_a_slip_is_told_the_nearest_name() -> None:
    assert did_you_mean("qeue", ["held", "queue"]) == "; did you mean 'queue'?"


def test_what_is_like_nothing_known_gets_no_guess() -> None:
    assert did_you_mean("colour", ["held", "queue"]) == ""
