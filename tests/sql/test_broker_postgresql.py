"""Bad days of the link between processes on PostgreSQL, and who else uses it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator

import psycopg
import pytest

from sql.cable import cable
from sql.databases import postgresql
from sql.nodes import ANN, headings, heard, nodes, numbered, push_all
from tidings import TransportError
from tidings_sql import ear, listen_postgresql
from tidings_sql.mouth import Mouth

LISTENING = """
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'
    """
END_IT = LISTENING.replace("pid", "pg_terminate_backend(pid)")


@pytest.fixture
def server_url(postgresql_url: str) -> Iterator[str]:
    with postgresql(postgresql_url)() as url:
        yield url


def asked(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


async def test_what_comes_while_the_connection_is_lost_is_made_up_for(
    server_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "tidings.transports")
    async with (
        cable(server_url) as line,
        nodes(line.url, server_url) as (here, there),
        here.subscribe(ANN) as listening,
        here.subscribe("news") as news,
    ):
        await push_all(there, numbered(0, 5))
        assert headings(await heard(listening, 5)) == numbered(0, 5)
        line.cut()
        await push_all(there, numbered(5, 10))
        async with asyncio.timeout(10):
            await line.refused.wait()
        line.mend()

        assert headings(await heard(listening, 5)) == numbered(5, 10)
        await there.publish("news", "headline", "live again")
        assert [event.data for event in await heard(news, 1)] == [b'"live again"']
        lost = [record for record in caplog.records if "not heard" in record.message]
        assert len(lost) == 1


async def test_a_connection_that_the_server_ends_is_made_anew(server_url: str) -> None:
    async with (
        nodes(server_url, server_url) as (here, there),
        here.subscribe(ANN) as listening,
    ):
        await push_all(there, numbered(0, 1))
        await heard(listening, 1)
        assert asked(server_url, END_IT) == [(True,)]
        await push_all(there, numbered(1, 5))

        assert headings(await heard(listening, 4)) == numbered(1, 5)


async def test_listening_where_the_server_is_gone_is_an_error_that_says_so(
    server_url: str,
) -> None:
    async with cable(server_url) as line:
        url = line.url.replace("postgres:@", "postgres:s3cret@")
        async with nodes(url) as (here,):
            line.cut()
            with pytest.raises(TransportError, match=r"not heard: .* cannot be reached") as told:
                async with asyncio.timeout(20), here.subscribe("news"):
                    pass
            assert "s3cret" not in str(told.value)
            line.mend()
            async with here.subscribe("news"):
                pass


async def test_pushing_while_the_server_is_gone_is_tried_until_it_is_back(
    server_url: str,
) -> None:
    async with (
        cable(server_url) as line,
        nodes(server_url, line.url) as (here, there),
        here.subscribe("news") as listening,
    ):
        line.cut()
        await there.publish("news", "headline", "late")
        async with asyncio.timeout(10):
            await line.refused.wait()
        line.mend()

        assert [event.data for event in await heard(listening, 1)] == [b'"late"']


async def test_what_others_notify_by_that_name_does_no_harm(server_url: str) -> None:
    async with (
        nodes(server_url, server_url) as (here, there),
        here.subscribe("news") as listening,
    ):
        with psycopg.connect(server_url, autocommit=True) as connection:
            ((line,),) = connection.execute(ear.LINE).fetchall()
            for payload in ("", "hello", "x 1 1 hello", "x 1 1 [[1, 2]]", "x 1 9 [", "x 2 1 9"):
                connection.execute("SELECT pg_notify(%s, %s)", (line, payload))
        await there.publish("news", "headline", "heard")

        assert [event.data for event in await heard(listening, 1)] == [b'"heard"']


async def test_who_is_cancelled_while_it_closes_leaves_no_connection_open(server_url: str) -> None:
    async with nodes(server_url):  # which makes the tables
        mouth = Mouth({"conninfo": server_url, "autocommit": True})
        await mouth.notify(["hello"])
        connection, done = mouth._connection, threading.Event()
        busy = mouth._thread.submit(done.wait, 10)
        closing = asyncio.create_task(mouth.close())
        await asyncio.sleep(0)
        closing.cancel()
        await asyncio.sleep(0)
        done.set()
        await asyncio.wait([closing])

    assert busy.done()
    assert connection is not None
    assert connection.closed


async def test_other_tables_in_the_database_are_another_application(
    postgresql_url: str, server_url: str
) -> None:
    with postgresql(postgresql_url)() as another:
        async with (
            nodes(server_url, server_url, another) as (here, there, stranger),
            here.subscribe("news") as listening,
        ):
            await (await stranger.publish("news", "headline", "not for you")).outcomes()
            await there.publish("news", "headline", "for you")

            assert [event.data for event in await heard(listening, 1)] == [b'"for you"']


async def test_a_process_in_which_nobody_listens_keeps_no_connection_for_it(
    server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listen_postgresql, "_WAIT", 0.05)
    async with nodes(server_url) as (here,):
        await (await here.publish("news", "headline", "nobody listens")).outcomes()
        assert not asked(server_url, LISTENING)
        async with here.subscribe("news"):
            assert len(asked(server_url, LISTENING)) == 1
        async with asyncio.timeout(10):
            while await asyncio.to_thread(asked, server_url, LISTENING):
                pass
        assert not any([await asyncio.to_thread(asked, server_url, LISTENING) for _ in range(20)])
