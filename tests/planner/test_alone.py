"""What must stand alone is known from the text, and the server agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import errors

from migsafe.planner.alone import When
from migsafe.planner.parse import parse

if TYPE_CHECKING:
    from collections.abc import Callable

ALONE = [
    "CREATE INDEX CONCURRENTLY ON t (a)",
    "DROP INDEX CONCURRENTLY i",
    "REINDEX INDEX CONCURRENTLY i",
    "REINDEX (CONCURRENTLY) TABLE t",
    "REINDEX SCHEMA public",
    "REINDEX DATABASE",
    "REINDEX SYSTEM",
    "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
    "VACUUM t",
    "VACUUM (ANALYZE)",
    "CLUSTER",
    "ALTER SYSTEM SET work_mem = 1",
    "CREATE DATABASE d",
    "DROP DATABASE d",
    "ALTER DATABASE d SET TABLESPACE x",
    "CREATE TABLESPACE x LOCATION '/x'",
    "DROP TABLESPACE x",
    "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p",
    "DROP SUBSCRIPTION s",
    "ALTER SUBSCRIPTION s REFRESH PUBLICATION",
    "ALTER SUBSCRIPTION s SET PUBLICATION p",
    "DISCARD ALL",
    "COMMIT PREPARED 'x'",
    "DO $$ BEGIN COMMIT; END $$",
]
TOGETHER = [
    "CREATE INDEX ON t (a)",
    "DROP INDEX i",
    "REINDEX (CONCURRENTLY FALSE) TABLE t",
    "ALTER TABLE t DETACH PARTITION p",
    "ALTER TABLE t DETACH PARTITION p FINALIZE",
    "ANALYZE t",
    "CLUSTER t USING i",
    "ALTER TYPE e ADD VALUE 'x'",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
    "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (create_slot = false)",
    "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false)",
    "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)",
    "ALTER DATABASE d SET work_mem = 1",
    "DISCARD PLANS",
    "DO $$ BEGIN RAISE 'no rollback here'; END $$",
    "CALL p()",
]


# For these the server first looks for things that a test server lacks: an enabled subscription, a tablespace.
NOT_ASKED = frozenset(text for text in ALONE if text.startswith(("ALTER SUBSCRIPTION", "ALTER DATABASE")))

REFUSED = (errors.ActiveSqlTransaction, errors.InvalidTransactionTermination)
SETTING = """
CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE p PARTITION OF t FOR VALUES IN (1);
CREATE TABLE whole (a int);
CREATE PUBLICATION p; CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false)
"""


@pytest.mark.parametrize("text", ALONE)
def test_statements_that_must_stand_alone_are_known(text: str) -> None:
    assert not parse(text.encode(), "x.sql")[0].transactional


@pytest.mark.parametrize("text", TOGETHER)
def test_statements_that_can_share_a_transaction_are_known(text: str) -> None:
    assert parse(text.encode(), "x.sql")[0].transactional


def test_statements_that_depend_on_more_than_their_text_say_so() -> None:
    statements = parse(b"REINDEX TABLE t; CLUSTER t; CALL p()", "x.sql")
    whens = [statement.alone.when for statement in statements if statement.alone]
    assert whens == [When.IF_PARTITIONED, When.IF_PARTITIONED, When.IF_IT_COMMITS]


def test_the_server_refuses_in_a_transaction_what_must_stand_alone(
    database: str, connect: Callable[[str], psycopg.Connection]
) -> None:
    """25001 for each, or 2D000 for a DO block that commits."""
    connection = connect(database)
    connection.execute(SETTING, prepare=False)
    for text in [*sorted(set(ALONE) - NOT_ASKED), "REINDEX TABLE t"]:
        with pytest.raises(REFUSED), connection.transaction():
            connection.execute(text.encode())
    connection.execute("ALTER SUBSCRIPTION s SET (slot_name = NONE)")
    connection.execute("DROP SUBSCRIPTION s")


def test_the_server_refuses_nothing_else_for_being_in_a_transaction(
    database: str, connect: Callable[[str], psycopg.Connection]
) -> None:
    """Other errors are welcome here: most objects do not exist."""
    connection = connect(database)
    for text in TOGETHER:
        try:
            with connection.transaction(force_rollback=True):
                connection.execute(text.encode())
        except REFUSED:
            pytest.fail(text)
        except psycopg.Error:
            continue
