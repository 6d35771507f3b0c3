"""What a run leaves is on record: kept when it succeeds, by a rollback too, and noticed when somebody changes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from applying import OPTIONS, ledger_of, migration, plan_for, run, together
from migsafe.executor.ledger import install
from migsafe.executor.ledger.kept import KeptCatalog, Left, NothingLeft, keep, left
from migsafe.executor.ledger.tables import FORMAT
from migsafe.executor.survey import present_catalog
from migsafe.schemas.catalog.fingerprint import overall_fingerprint
from migsafe.schemas.plan import Direction
from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from migsafe.schemas.catalog import Catalog, Table

RECORDING = replace(OPTIONS, schemas=("public",))
MADE = migration("1_a.sql", together("CREATE TABLE a (id int)"))
FAILING = migration("2_b.sql", together("CREATE TABLE b (id int)"), together("SELECT 1/0"))


def what_is_left(url: str) -> Left | NothingLeft:
    with psycopg.connect(url, autocommit=True) as connection:
        return left(connection)


def tables_left(url: str) -> list[str]:
    found = what_is_left(url)
    assert isinstance(found, Left)
    return [table.name for table in found.kept.catalog.tables]


def test_a_run_records_the_catalog_that_it_leaves(database: str) -> None:
    done = run(plan_for(database, MADE), database, options=RECORDING)
    found = what_is_left(database)
    assert isinstance(found, Left)
    assert (found.run, found.kept.schemas, found.broke_off) == (done.run, ("public",), None)
    with psycopg.connect(database, autocommit=True) as connection:
        now = present_catalog(connection, ("public",))
    assert found.kept.catalog.tables == now.tables
    assert overall_fingerprint(found.kept.catalog) == overall_fingerprint(now)


def test_a_rollback_records_too(database: str) -> None:
    run(plan_for(database, MADE), database, options=RECORDING)
    undone = migration("1_a.sql", together("DROP TABLE a"))
    run(plan_for(database, undone, direction=Direction.DOWN), database, options=RECORDING)
    assert tables_left(database) == []


def test_a_failed_run_records_nothing_and_is_named(database: str) -> None:
    run(plan_for(database, MADE), database, options=RECORDING)
    with pytest.raises(Problem):
        run(plan_for(database, FAILING), database, options=RECORDING)
    found = what_is_left(database)
    assert isinstance(found, Left)
    unfinished = ledger_of(database).unfinished
    assert unfinished is not None
    assert (tables_left(database), found.broke_off) == (["public.a"], unfinished.run)


def test_a_ledger_without_a_record_says_why(database: str) -> None:
    assert what_is_left(database) == NothingLeft("migsafe has not changed this database yet")
    run(plan_for(database, MADE), database)
    found = what_is_left(database)
    assert isinstance(found, NothingLeft)
    assert "recorded no catalog" in found.why


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE migsafe.catalog SET document = 'x'",
        "UPDATE migsafe.catalog SET content = 'x'",
        "DELETE FROM migsafe.catalog",
        "DROP TABLE migsafe.catalog",
    ],
)
def test_a_change_of_the_record_is_noticed(database: str, change: str) -> None:
    run(plan_for(database, MADE), database, options=RECORDING)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(change.encode())
    found = what_is_left(database)
    assert isinstance(found, NothingLeft)
    assert "somebody changed" in found.why
    run(plan_for(database, migration("2_b.sql", together("CREATE TABLE b (id int)"))), database, options=RECORDING)
    assert tables_left(database) == ["public.a", "public.b"]


def test_a_ledger_of_format_1_is_lifted_and_keeps_its_lineage(
    database: str, connect: Callable[[str], psycopg.Connection]
) -> None:
    run(plan_for(database, MADE), database)
    connection = connect(database)
    connection.execute("ALTER TABLE migsafe.meta DISABLE TRIGGER append_only")
    connection.execute("DELETE FROM migsafe.meta WHERE format = 2; DROP TABLE migsafe.catalog")
    old = ledger_of(database)
    assert (old.format, old.intact, len(old.applied)) == (1, True, 1)
    install(connection)
    lifted = ledger_of(database)
    assert (lifted.format, lifted.lineage, lifted.head) == (FORMAT, old.lineage, old.head)


def test_two_thousand_objects_take_little_room(database: str, connect: Callable[[str], psycopg.Connection]) -> None:
    connection = connect(database)
    install(connection)
    connection.execute("CREATE TABLE one (id bigint PRIMARY KEY, a text, b int DEFAULT 3, c timestamptz, d jsonb)")
    catalog = present_catalog(connection, ("public",))
    many = tuple(named(catalog.tables[0], f"public.some_table_{number}") for number in range(2_000))
    keep(connection, kept(catalog.model_copy(update={"tables": many})))
    row = connection.execute("SELECT pg_total_relation_size('migsafe.catalog')").fetchone()
    assert row is not None
    assert row[0] < 500_000


def named(table: Table, name: str) -> Table:
    return table.model_copy(update={"name": name})


def kept(catalog: Catalog) -> KeptCatalog:
    return KeptCatalog(schemas=("public",), server_version=170000, catalog=catalog)
