"""Queries on a real server: what prepares, what stops preparing, and which statement did it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.executor.impact import StatisticsUnreadable, Watch, compared_all, prepare_all, seen_queries
from migsafe.executor.impact.statistics import preparable
from migsafe.executor.preflight import run_preflights
from migsafe.executor.server.cluster import Durability
from migsafe.executor.server.embedded import embedded
from migsafe.executor.survey import survey
from migsafe.planner.parse import parse
from migsafe.planner.preflights import Known, questions
from migsafe.planner.schema_state import of_target
from migsafe.planner.transactions import Wrapping, divide
from migsafe.schemas.impact import Cause, InFile, InStatistics, Query, Verdict
from migsafe.schemas.live import Sampling
from migsafe.schemas.preflight import Found, Preflight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


SHOP = """
CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, note text, total numeric(9, 2));
CREATE VIEW recent AS SELECT id, note FROM orders WHERE total > 1;
"""


@pytest.fixture
def shop(database: str, connect: Callable[[str], psycopg.Connection]) -> psycopg.Connection:
    connection = connect(database)
    connection.execute(SHOP.encode())
    return connection


def query(sql: str, obstacle: str = "") -> Query:
    return Query(sql=sql, origin=InFile(kind="file", path="queries.sql", line=1), obstacle=obstacle)


def cause(statement: str) -> Cause:
    return Cause(path="0001.sql", line=1, statement=statement, sha256="")


def watched(connection: psycopg.Connection, sql: str, *statements: str) -> Watch:
    watch = Watch(connection, [query(sql)])
    for statement in statements:
        connection.execute(statement.encode())
        watch.look(connection, cause(statement))
    return watch


def test_parameters_results_and_relations_are_what_the_server_says(shop: psycopg.Connection) -> None:
    (found,) = prepare_all(shop, [query("SELECT r.note, c.* FROM recent r, customers c WHERE c.id = $1 AND r.id > $2")])
    assert found.parameters == ("bigint", "bigint")
    assert [str(column) for column in found.columns] == ["note text", "id bigint", "name text"]
    assert found.relations == ("public.customers", "public.orders", "public.recent")


def test_nothing_is_run_and_no_lock_is_left(shop: psycopg.Connection) -> None:
    with shop.transaction():
        prepare_all(shop, [query("DELETE FROM orders RETURNING *"), query("DROP TABLE orders"), query("SELEC")])
        locked = shop.execute(
            "SELECT count(*) FROM pg_locks WHERE relation = 'orders'::regclass AND pid = pg_backend_pid()"
        )
        assert locked.fetchone() == (0,)
    assert shop.execute("SELECT to_regclass('orders') IS NOT NULL").fetchone() == (True,)


def test_two_statements_in_one_text_are_refused(shop: psycopg.Connection) -> None:
    (found,) = prepare_all(shop, [query("SELECT 1; DROP TABLE orders")])
    assert found.refusal is not None
    assert found.refusal.sqlstate == "42601"


def test_a_dropped_column_breaks_and_the_statement_is_named(shop: psycopg.Connection) -> None:
    drop = "ALTER TABLE orders DROP COLUMN note CASCADE"
    (impact,) = watched(
        shop, "SELECT id, note FROM orders", "CREATE INDEX ON orders (note)", drop, "DROP TABLE customers CASCADE"
    ).impacts()
    assert (impact.verdict, impact.sqlstate, impact.position) == (Verdict.BROKEN, "42703", 12)
    assert impact.because == cause(drop)
    assert impact.message == 'column "note" does not exist'
    assert [str(touched) for touched in impact.objects] == ["public.orders"]
    assert not impact.estimated


def test_what_is_broken_only_on_the_way_is_unaffected(shop: psycopg.Connection) -> None:
    (impact,) = watched(
        shop,
        "SELECT id, note FROM orders",
        "ALTER TABLE orders RENAME TO orders_data",
        "CREATE VIEW orders AS SELECT * FROM orders_data",
    ).impacts()
    assert (impact.verdict, impact.because) == (Verdict.UNAFFECTED, None)


def test_a_change_behind_a_compatibility_view_is_seen_by_the_new_name(shop: psycopg.Connection) -> None:
    watch = watched(
        shop,
        "SELECT id, note FROM orders",
        "ALTER TABLE orders RENAME TO orders_data",
        "CREATE VIEW orders AS SELECT * FROM orders_data",
    )
    drop = "ALTER TABLE orders_data DROP COLUMN note CASCADE"
    shop.execute(drop.encode())
    watch.look(shop, cause(drop), frozenset({"public.orders_data"}))
    (impact,) = watch.impacts()
    assert (impact.verdict, impact.because) == (Verdict.BROKEN, cause(drop))


def test_statements_on_other_relations_are_not_looked_at(shop: psycopg.Connection) -> None:
    watch = Watch(shop, [query("SELECT note FROM orders")])
    shop.execute("ALTER TABLE orders DROP COLUMN note CASCADE")
    watch.look(shop, cause("ANALYZE customers"), frozenset({"public.customers"}))
    assert watch.impacts()[0].verdict is Verdict.UNAFFECTED
    watch.look(shop, None)
    assert (watch.impacts()[0].verdict, watch.impacts()[0].because) == (Verdict.BROKEN, None)


@pytest.mark.parametrize(
    ("sql", "change", "message"),
    [
        (
            "SELECT id FROM orders",
            "ALTER COLUMN id TYPE integer",
            "the result has no longer id bigint and now id integer",
        ),
        ("SELECT * FROM customers", "ADD COLUMN mail text", "the result has now mail text"),
        (
            "SELECT * FROM customers",
            "RENAME COLUMN name TO title",
            "the result has no longer name text and now title text",
        ),
        (
            "SELECT c FROM customers c",
            "ADD COLUMN mail text",
            (
                "the result has no longer c customers(id bigint, name text)"
                " and now c customers(id bigint, name text, mail text)"
            ),
        ),
    ],
)
def test_changed_results_fail_for_clients_that_keep_a_prepared_statement(
    shop: psycopg.Connection, sql: str, change: str, message: str
) -> None:
    table = "orders" if "orders" in sql else "customers"
    shop.execute("DROP VIEW recent; ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey")
    (impact,) = watched(shop, sql, f"ALTER TABLE {table} {change}").impacts()
    assert (impact.verdict, impact.sqlstate, impact.message) == (Verdict.RESULT_TYPE_CHANGES, "0A000", message)
    assert impact.because is not None


def test_what_never_prepared_is_not_checkable_and_never_broken(shop: psycopg.Connection) -> None:
    queries = [query("SELECT missing FROM orders"), query("SELECT $1 IS NULL"), query("x", obstacle="it is a template")]
    watch = Watch(shop, queries)
    shop.execute("DROP TABLE orders CASCADE")
    watch.look(shop, cause("DROP TABLE orders CASCADE"))
    impacts = watch.impacts()
    assert {impact.verdict for impact in impacts} == {Verdict.NOT_CHECKABLE}
    assert [impact.sqlstate for impact in impacts] == ["42703", "42P18", ""]
    assert impacts[2].message == "it is a template"


def test_looking_inside_the_migrations_transaction_ignores_its_session_settings(shop: psycopg.Connection) -> None:
    shop.execute("CREATE ROLE impact_nobody")
    watch = Watch(shop, [query("SELECT note FROM orders"), query("SELECT name FROM customers")])
    with shop.transaction():
        shop.execute("SET LOCAL search_path = ''; SET LOCAL ROLE impact_nobody")
        watch.look(shop, cause("SET"))
        shop.execute("RESET ROLE")
        shop.execute("ALTER TABLE public.orders DROP COLUMN note CASCADE")
        watch.look(shop, cause("ALTER TABLE"))
        assert shop.execute("SELECT current_setting('search_path')").fetchone() == ('""',)
    assert [impact.verdict for impact in watch.impacts()] == [Verdict.BROKEN, Verdict.UNAFFECTED]
    shop.execute("DROP ROLE impact_nobody")


def test_a_query_behind_somebody_elses_lock_is_not_called_broken(
    shop: psycopg.Connection, database: str, connect: Callable[[str], psycopg.Connection]
) -> None:
    before = prepare_all(shop, [query("SELECT note FROM orders")])
    other = connect(database)
    with other.transaction():
        other.execute("LOCK TABLE orders")
        (impact,) = compared_all(before, prepare_all(shop, [query("SELECT note FROM orders")]))
    assert (impact.verdict, impact.sqlstate) == (Verdict.NOT_CHECKABLE, "57014")


def test_statistics_that_are_not_there_are_told(shop: psycopg.Connection) -> None:
    with pytest.raises(StatisticsUnreadable, match="not installed"):
        seen_queries(shop, 10)


def test_statistics_that_are_not_loaded_are_told(shop: psycopg.Connection) -> None:
    shop.execute("CREATE EXTENSION pg_stat_statements")
    with pytest.raises(StatisticsUnreadable, match="cannot be read"):
        seen_queries(shop, 10)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT id FROM orders WHERE now() - interval $1 > timestamp with time zone $2",
        "SELECT extract($1 FROM now()), note FROM orders WHERE total > $2 LIMIT $3",
        "SELECT id FROM orders WHERE id IN ($1 /*, ... */)",
        "SELECT id FROM orders WHERE id IN ($1, $2) AND note = $3",
    ],
)
def test_normalised_texts_are_made_preparable(shop: psycopg.Connection, text: str) -> None:
    (found,) = prepare_all(shop, [query(preparable(text))])
    assert found.refusal is None


@pytest.fixture
def counting() -> Iterator[str]:
    """The URL of a server of its own that has pg_stat_statements loaded."""
    state_dir = Path(tempfile.mkdtemp(prefix="migsafe-test-"))
    try:
        with (
            embedded(state_dir, durability=Durability.THROWAWAY) as server,
            psycopg.connect(server.url("postgres"), autocommit=True) as connection,
        ):
            connection.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
        with embedded(state_dir, durability=Durability.THROWAWAY) as server:
            yield server.url("postgres")
    finally:
        shutil.rmtree(state_dir, ignore_errors=True)


def test_statistics_bring_the_most_called_queries_in_a_form_that_prepares(
    counting: str, connect: Callable[[str], psycopg.Connection]
) -> None:
    connection = connect(counting)
    connection.execute("CREATE SCHEMA watched; CREATE EXTENSION pg_stat_statements SCHEMA watched")
    connection.execute(SHOP.encode())
    connection.execute("SELECT watched.pg_stat_statements_reset()")
    for number in range(3):
        connection.execute(
            f"/* web */ SELECT id, note FROM orders WHERE id = {number} AND now() > interval '1 day' + now()"
        )
    connection.execute("SELECT note FROM orders WHERE id IN (1, 2, 3) AND extract(year from now()) > 2000 LIMIT 5")
    connection.execute("CREATE TABLE utility ()")
    assert len(seen_queries(connection, 1)) == 1
    most, second = (found for found in seen_queries(connection, 20) if "FROM orders" in found.sql)
    assert isinstance(most.origin, InStatistics)
    assert (most.origin.calls, most.origin.mean_ms > 0, most.origin.id != "") == (3, True, True)
    assert all(found.refusal is None for found in prepare_all(connection, [most, second]))
    connection.execute("ALTER TABLE orders DROP COLUMN note CASCADE")
    assert all(found.refusal for found in prepare_all(connection, [most, second]))


def test_our_own_questions_about_rows_are_no_queries_of_the_application(
    counting: str, connect: Callable[[str], psycopg.Connection]
) -> None:
    """They name the very columns that a plan drops, and would break with it."""
    connection = connect(counting)
    connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    connection.execute("CREATE TABLE bills (id int PRIMARY KEY, note text); INSERT INTO bills VALUES (1, 'x')")
    connection.execute("SELECT note FROM bills")
    facts = survey(connection, ("public",))
    known = Known(of_target(facts.relations, ("public",)), facts.catalog, facts.session.server_version)
    dropping = divide(parse(b"ALTER TABLE bills DROP COLUMN note", "1_a.sql"), Wrapping.TRANSACTION)
    asked = [one for one in questions([dropping], known) if isinstance(one, Preflight)]
    (answered,) = run_preflights(connection, asked, Sampling(interval=0))
    assert isinstance(answered.result, Found)
    assert answered.result.sample == ("1",)
    seen = [found.sql for found in seen_queries(connection, 100) if "bills" in found.sql]
    assert [text for text in seen if text.startswith("SELECT")] == ["SELECT note FROM bills"]


def test_a_role_that_may_not_see_others_queries_is_told(
    counting: str, connect: Callable[[str], psycopg.Connection]
) -> None:
    connection = connect(counting)
    connection.execute("CREATE EXTENSION pg_stat_statements; CREATE ROLE stranger; SELECT 1 AS other")
    connection.execute("SET ROLE stranger")
    assert any("pg_read_all_stats" in found.obstacle for found in seen_queries(connection, 100))
