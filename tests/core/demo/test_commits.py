from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.demo.project import Project, commits_of
from tidings.demo.commits import Commit, LogReader, Touch

ANN = "ann@example.org"


async def test_a_commit_comes_with_all_that_git_knows_of_it(project: Project) -> None:
    message = "Fix the order\n\nHoles were skipped.\n\nNow they are not."
    hash = project.commit(ANN, message, name="Ünal 李 🎉", write={"src/order.py": "1"})  # noqa: A001
    assert await commits_of(project) == [
        Commit(
            hash=hash,
            merge=False,
            email=ANN,
            name="Ünal 李 🎉",
            time=1_700_000_000,
            subject="Fix the order",
            body="Holes were skipped.\n\nNow they are not.\n",
            touches=(Touch(b"src/order.py", b"src/order.py"),),
        )
    ]


async def test_commits_come_oldest_first_and_a_limit_takes_the_newest(project: Project) -> None:
    hashes = [project.commit(ANN, write={"a": str(n)}) for n in range(5)]
    assert [commit.hash for commit in await commits_of(project)] == hashes
    assert [commit.hash for commit in await commits_of(project, limit=2)] == hashes[3:]


async def test_a_commit_may_say_nothing_and_touch_nothing(project: Project) -> None:
    project.commit(ANN, "")
    project.commit(ANN, "Something", write={"a": "1"})
    empty, other = await commits_of(project)
    assert (empty.subject, empty.body, empty.touches) == ("", "", ())
    assert other.touches == (Touch(b"a", b"a"),)


async def test_file_names_may_hold_newlines_quotes_and_what_looks_like_a_status(
    project: Project,
) -> None:
    names = ["A", "D", "H1234", 'new\nline "and" quotes', "tab\there", "ünïcode", "\nM"]
    project.commit(ANN, write=dict.fromkeys(names, "1"))
    (commit,) = await commits_of(project)
    assert {touch.now for touch in commit.touches} == {name.encode() for name in names}


async def test_a_rename_tells_both_names_and_a_removal_only_the_old(project: Project) -> None:
    project.commit(ANN, write={"old": "one\ntwo\nthree\n", "gone": "1"})
    project.commit(ANN, rename=("old", "new"))
    project.commit(ANN, remove="gone")
    _, renamed, removed = await commits_of(project)
    assert renamed.touches == (Touch(b"new", b"old"),)
    assert removed.touches == (Touch(None, b"gone"),)


async def test_a_merge_touches_what_was_resolved_in_it(project: Project) -> None:
    project.commit(ANN, write={"a": "1"})
    project.git("switch", "--quiet", "--create", "side")
    project.commit(ANN, "Side", write={"b": "1"})
    project.git("switch", "--quiet", "main")
    project.commit(ANN, "Main", write={"c": "1"})
    project.merge("side", ANN, "Clean merge")
    (project.path / "b").write_text("otherwise")
    project.amend(ANN)
    merge = (await commits_of(project))[-1]
    assert merge.merge
    assert merge.touches == (Touch(b"b", b"b"),)


async def test_a_clean_merge_touches_nothing(project: Project) -> None:
    project.commit(ANN, write={"a": "1"})
    project.git("switch", "--quiet", "--create", "side")
    project.commit(ANN, "Side", write={"b": "1"})
    project.git("switch", "--quiet", "main")
    project.merge("side", ANN)
    project.commit(ANN, "After", write={"c": "1"})
    *_, merge, after = await commits_of(project)
    assert (merge.merge, merge.touches) == (True, ())
    assert (after.merge, after.touches) == (False, (Touch(b"c", b"c"),))


async def test_bytes_that_are_no_text_are_replaced(project: Project) -> None:
    project.fast_import(
        b"commit refs/heads/main\n"
        b"author \xff\xfe <ann\xff@example.org> 1700000000 +0000\n"
        b"committer x <x@x> 1700000000 +0000\n"
        b"data 4\nab\xff\n\nM 100644 inline \xff.txt\ndata 1\nx\n"
    )
    (commit,) = await commits_of(project)
    assert (commit.email, commit.name) == ("ann�@example.org", "��")
    assert commit.subject == "ab�"
    assert commit.touches == (Touch(b"\xff.txt", b"\xff.txt"),)


TEXT = st.binary(max_size=12).map(lambda raw: raw.replace(b"\0", b""))
PATH = TEXT.filter(bool)
STATUS = st.sampled_from([b"A", b"M", b"D", b"T", b"R100", b"MM", b"DD", b"RM"])


@st.composite
def logs(draw: st.DrawFn) -> tuple[bytes, list[tuple[Touch, ...]]]:
    """What git writes of some commits, and the touches of each."""
    log, expected = b"", []
    for number in range(draw(st.integers(0, 4))):
        header = [b"H%040d" % number, b"", draw(TEXT), draw(TEXT), b"17", draw(TEXT), draw(TEXT)]
        log += b"".join(field + b"\0" for field in header) + b"\0"
        touches = []
        for index in range(draw(st.integers(0, 3))):
            status, before, now = draw(STATUS), draw(PATH), draw(PATH)
            log += draw(st.sampled_from([b"\n", b"\0"])) if index == 0 else b""
            log += status + b"\0" + before + b"\0"
            log += now + b"\0" if status == b"R100" else b""
            after = {b"R100": now, b"D": None, b"DD": None}.get(status, before)
            touches.append(Touch(after, before))
        expected.append(tuple(touches))
    return log, expected


@given(log=logs(), cuts=st.lists(st.integers(0, 400)))
def test_commits_are_the_same_however_the_output_is_cut(
    log: tuple[bytes, list[tuple[Touch, ...]]], cuts: list[int]
) -> None:
    text, expected = log
    reader = LogReader()
    found: list[Commit] = []
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    for start, end in pairwise(edges):
        found += reader.feed(text[start:end])
    found += reader.finish()
    assert [commit.touches for commit in found] == expected
