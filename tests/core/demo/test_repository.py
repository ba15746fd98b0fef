import shutil
from pathlib import Path

import pytest

from core.demo.project import Project, commits_of
from tidings.demo.repository import NoHistory, open_repository

ANN = "ann@example.org"


@pytest.fixture(autouse=True)
def _nothing_above(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))


async def test_a_repository_is_found_from_any_folder_in_it(project: Project) -> None:
    head = project.commit(ANN, write={"deep/er/a": "1", "b": "1"})
    found = await open_repository(project.path / "deep" / "er")
    assert (found.head, found.commits) == (head, 1)
    async with found.log() as commits:
        (commit,) = [commit async for commit in commits]
    assert {touch.now for touch in commit.touches} == {b"deep/er/a", b"b"}


async def test_a_bare_repository_will_do(project: Project, tmp_path: Path) -> None:
    head = project.commit(ANN, write={"a": "1"})
    project.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    assert (await open_repository(tmp_path / "bare")).head == head


async def test_a_shallow_clone_tells_what_it_has(project: Project, tmp_path: Path) -> None:
    project.commit(ANN, write={"a": "1"})
    head = project.commit(ANN, write={"b": "1"})
    shallow = tmp_path / "shallow"
    project.git("clone", "--quiet", "--depth=1", project.path.as_uri(), str(shallow))
    found = await open_repository(shallow)
    assert (found.head, found.commits) == (head, 1)


async def test_a_limit_is_no_more_than_there_is(project: Project) -> None:
    project.commit(ANN)
    project.commit(ANN)
    assert (await open_repository(project.path, limit=1)).commits == 1
    assert (await open_repository(project.path, limit=10)).commits == 2


async def test_what_is_committed_meanwhile_is_left_out(project: Project) -> None:
    head = project.commit(ANN)
    found = await open_repository(project.path)
    project.commit(ANN)
    async with found.log() as commits:
        assert [commit.hash async for commit in commits] == [head]


async def test_reading_may_stop_in_the_midst(project: Project) -> None:
    for number in range(5):  # more than fits into a pipe
        files = (
            b"M 100644 inline %d-%s-%d\ndata 0\n" % (number, b"x" * 100, n) for n in range(400)
        )
        project.fast_import(
            b"commit refs/heads/main\ncommitter <%s> %d +0000\ndata 0\n%s%s\n"
            % (ANN.encode(), 10**9 + number, b"from main^0\n" * (number > 0), b"".join(files))
        )
    found = await open_repository(project.path)
    async with found.log() as commits:
        first = await anext(commits)
    assert len(first.touches) == 400


async def test_a_users_own_settings_of_git_change_nothing(project: Project) -> None:
    project.commit(ANN, write={"sub/old": "1\n2\n3\n"})
    project.commit(ANN, rename=("sub/old", "sub/new"))
    plain = await commits_of(project)
    for setting, value in (
        ("log.showRoot", "false"),
        ("log.showSignature", "true"),
        ("diff.relative", "true"),
        ("diff.renames", "false"),
        ("color.ui", "always"),
        ("format.pretty", "oneline"),
        ("i18n.logOutputEncoding", "latin1"),
    ):
        project.git("config", setting, value)
    found = await open_repository(project.path / "sub")
    async with found.log() as commits:
        assert [commit async for commit in commits] == plain


async def test_a_signature_is_nothing_to_read_aloud(project: Project, tmp_path: Path) -> None:
    project.commit(ANN)
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n\n"
    signed = project.git("cat-file", "commit", "HEAD").replace("\n\n", f"\n{signature}", 1)
    hash = project.git("hash-object", "-w", "-t", "commit", "--stdin", stdin=signed.encode())  # noqa: A001
    project.git("update-ref", "refs/heads/main", hash)
    verifier = tmp_path / "gpg"
    verifier.write_text("#!/bin/sh\necho Forged! >&2\nexit 1\n")
    verifier.chmod(0o700)
    project.git("config", "gpg.program", str(verifier))
    project.git("config", "log.showSignature", "true")
    assert "Forged!" in project.git("log")
    assert [commit.hash for commit in await commits_of(project)] == [hash]


async def test_the_mailmap_joins_a_persons_addresses(project: Project) -> None:
    project.commit("old@example.org", write={".mailmap": "Ann <ann@example.org> <old@example.org>"})
    (commit,) = await commits_of(project)
    assert commit.email == ANN


async def test_a_hook_that_runs_in_another_repository_leads_nobody_astray(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = project.commit(ANN)
    other = Project(tmp_path / "other")
    other.commit("bob@example.org")
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.path / ".git" / "index"))
    assert (await open_repository(project.path)).head == head


async def test_outside_a_repository_it_says_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(NoHistory, match=r"no git repository at .*: go into one, or .*--repo PATH"):
        await open_repository(tmp_path)


async def test_a_repository_without_a_commit_says_so(project: Project) -> None:
    with pytest.raises(NoHistory, match=r"has no commit yet: make one, or .*--repo PATH"):
        await open_repository(project.path)


async def test_without_git_it_says_what_to_install(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoHistory, match="install git"):
        await open_repository(project.path)


async def test_a_damaged_history_is_told_and_not_taken_for_its_end(project: Project) -> None:
    project.commit(ANN, write={"a": "1"})
    tree = project.git("rev-parse", "HEAD^{tree}")
    project.commit(ANN, write={"a": "2"})
    (project.path / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    found = await open_repository(project.path)
    with pytest.raises(NoHistory, match=f"could not read the whole history: .*{tree}"):
        async with found.log() as commits:
            assert [commit async for commit in commits]


async def test_a_history_that_is_gone_altogether_is_told(project: Project) -> None:
    project.commit(ANN)
    found = await open_repository(project.path)
    shutil.rmtree(project.path / ".git")
    with pytest.raises(NoHistory, match="could not read"):
        async with found.log() as commits:
            assert [commit async for commit in commits]
