"""Roles belong to the whole scratch server: what a rehearsed migration did to them is gone with its shadow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migsafe.executor.shadow.database import session
from migsafe.executor.shadow.rights import present_rights
from rehearsing import rehearsed, scratch_for_tests, shadow_after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.executor.shadow import Scratch
    from migsafe.executor.shadow.rights import Rights

HISTORY = (
    "CREATE ROLE app; CREATE ROLE reader; GRANT app TO reader;"
    " ALTER ROLE app SET work_mem = '2MB'; ALTER ROLE app SET search_path = a, \"B c\";"
)


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    with scratch_for_tests() as running:
        yield running


def rights(scratch: Scratch) -> Rights:
    with shadow_after(scratch, HISTORY) as shadow, session(shadow.watcher_url) as connection:
        return present_rights(connection)


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER ROLE postgres SET search_path TO nowhere;",
        "ALTER ROLE app RESET ALL; ALTER ROLE reader SET work_mem = '1MB';",
        "ALTER ROLE app LOGIN NOINHERIT CONNECTION LIMIT 3;",
        "REVOKE app FROM reader;",
        "REVOKE app FROM reader; GRANT reader TO app; GRANT pg_monitor TO app;",
        "GRANT app TO reader WITH ADMIN OPTION;",
    ],
)
def test_what_a_rehearsal_does_to_roles_is_not_there_for_the_next_one(scratch: Scratch, sql: str) -> None:
    before = rights(scratch)
    assert rehearsed(scratch, [HISTORY], sql).failure is None
    assert rights(scratch) == before
    assert rehearsed(scratch, [HISTORY], "CREATE TABLE t (id int);").failure is None


def test_a_role_that_a_rehearsal_dropped_is_there_again(scratch: Scratch) -> None:
    before = rights(scratch)
    assert rehearsed(scratch, [HISTORY], "REVOKE app FROM reader; DROP ROLE reader;").failure is None
    assert rights(scratch) == before
