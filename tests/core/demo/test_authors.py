from dataclasses import replace

import pytest

from tidings.demo.authors import LatestAuthors, author
from tidings.demo.commits import Commit, Touch


def commit(email: str, *paths: str, name: str = "", gone: str = "", was: str = "") -> Commit:
    touches = [Touch(path.encode(), (was or path).encode()) for path in paths]
    if gone:
        touches.append(Touch(None, gone.encode()))
    return Commit(
        "0" * 40, merge=False, email=email, name=name, time=0, subject="", body="", touches=touches
    )


@pytest.mark.parametrize(
    ("email", "name", "user"),
    [
        ("ann@example.org", "Ann", "ann@example.org"),
        ("ann+git@example.org", "Ann", "ann+git@example.org"),
        (" ann lee@example.org ", "Ann", "ann lee@example.org"),
        ("ünal@örnek.example", "Ünal", "ünal@örnek.example"),
        ("", "Ann Lee", "Ann Lee"),
        ("  ", "Ann Lee", "Ann Lee"),
        ("a" * 151, "Ann Lee", "Ann Lee"),
        ("a" * 150, "Ann Lee", "a" * 150),
        ("ann\x07@example.org", "Ann Lee", "Ann Lee"),
        ("", "", None),
        ("é" * 80, "Ann\x00Lee", None),
    ],
)
def test_an_author_is_known_by_the_address_or_else_by_the_name(
    email: str, name: str, user: str | None
) -> None:
    assert author(commit(email, name=name)) == user


def test_whoever_last_touched_a_file_hears_of_the_next_commit_to_it() -> None:
    latest = LatestAuthors()
    assert latest.told(commit("ann", "a", "b")) == []
    assert latest.told(commit("bob", "b")) == ["ann"]
    assert latest.told(commit("cem", "a", "b")) == ["ann", "bob"]
    assert latest.told(commit("ann", "a")) == ["cem"]


def test_one_commit_is_told_to_each_once_and_not_to_its_own_author() -> None:
    latest = LatestAuthors()
    latest.told(commit("ann", "a", "b", "c"))
    assert latest.told(commit("bob", "a", "b")) == ["ann"]
    assert latest.told(commit("bob", "a", "c")) == ["ann"]
    assert latest.told(commit("bob", "a", "b", "c")) == []


def test_a_renamed_file_keeps_its_author() -> None:
    latest = LatestAuthors()
    latest.told(commit("ann", "old"))
    assert latest.told(commit("bob", "new", was="old")) == ["ann"]
    assert latest.told(commit("cem", "new")) == ["bob"]
    assert latest.told(commit("cem", "old")) == []


def test_a_removed_file_is_told_of_and_forgotten() -> None:
    latest = LatestAuthors()
    latest.told(commit("ann", "a"))
    assert latest.told(commit("bob", gone="a")) == ["ann"]
    assert latest.told(commit("cem", "a")) == []


def test_two_files_may_swap_their_names() -> None:
    latest = LatestAuthors()
    latest.told(commit("ann", "a"))
    latest.told(commit("bob", "b"))
    swapped = commit("cem")
    swap = (Touch(b"b", b"a"), Touch(b"a", b"b"))
    assert latest.told(replace(swapped, touches=swap)) == ["ann", "bob"]
    assert latest.told(commit("ann", "a", "b")) == ["cem"]


def test_an_author_without_address_and_name_hears_nothing_and_is_in_nobodys_way() -> None:
    latest = LatestAuthors()
    latest.told(commit("ann", "a"))
    assert latest.told(commit("", "a")) == ["ann"]
    assert latest.told(commit("bob", "a")) == []
    assert latest.told(commit("ann", "a")) == ["bob"]
