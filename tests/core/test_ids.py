from uuid import RFC_4122, UUID

from tidings.ids import new_id


def test_an_id_is_a_uuid_of_version_7() -> None:
    made = UUID(new_id())

    assert (made.version, made.variant) == (7, RFC_4122)


async def test_ids_never_repeat() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000
