"""Live facts: what goes on in the target, and a named gap for what cannot be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.executor.survey.live import live_facts
from migsafe.executor.survey.live.traffic import Pace, read_counters
from migsafe.schemas.live import LiveFacts, Sampling

if TYPE_CHECKING:
    from collections.abc import Callable

    Connect = Callable[[str], psycopg.Connection]

SHOP = """
CREATE TABLE orders (id bigint PRIMARY KEY, note text);
CREATE TABLE "Odd ""name" (id int);
CREATE TABLE events (at int) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);
INSERT INTO orders SELECT n, repeat('x', 50) FROM generate_series(1, 1000) n;
ANALYZE orders;
"""
QUICK = Sampling(interval=0)


@pytest.fixture
def shop(database: str, connect: Connect) -> psycopg.Connection:
    connection = connect(database)
    connection.execute(SHOP.encode())
    return connection


def gaps(facts: LiveFacts) -> dict[str, str | None]:
    return {gap.fact: gap.sqlstate for gap in facts.gaps}


def test_an_empty_database_has_no_traffic(database: str, connect: Connect) -> None:
    facts = live_facts(connect(database), ("public",), QUICK)
    assert (facts.tables, facts.indexes, facts.interval_ms) == ((), (), 0)
    assert facts.server is not None
    assert facts.server.wal_level
    assert facts.server.max_connections > facts.server.connections > 0


def test_sizes_rows_and_indexes_are_told(shop: psycopg.Connection) -> None:
    facts = live_facts(shop, ("public",), QUICK)
    orders = facts.table("public.orders")
    assert orders is not None
    assert orders.heap_bytes is not None
    assert orders.heap_bytes > 50_000
    assert (orders.index_bytes, orders.rows) == (facts.indexes[0].bytes, 1000)
    assert orders.toast_bytes == 8192  # the index of an empty TOAST table
    assert orders.last_analyze is not None
    assert {one.table for one in facts.tables} >= {"public.orders", 'public."Odd ""name"', "public.events_1"}
    assert [one.index for one in facts.indexes] == ["public.orders_pkey"]


def test_traffic_between_two_readings_is_seen(shop: psycopg.Connection, database: str, connect: Connect) -> None:
    writer = connect(database)
    first = read_counters(shop, ("public",))
    writer.execute("UPDATE orders SET note = 'y' WHERE id <= 30")
    writer.execute("SELECT pg_stat_force_next_flush()")
    last = read_counters(shop, ("public",))
    oid = next(oid for oid, one in last.tables.items() if one.name.name == "orders")
    pace = Pace(first, last)
    _, updates, _, _, _ = pace.table(oid)
    assert updates == pytest.approx(30 / pace.seconds, rel=0.01)


def test_the_rate_since_the_last_reset_counts_where_it_is_larger(shop: psycopg.Connection) -> None:
    shop.execute("SELECT pg_stat_reset()")
    shop.execute("INSERT INTO orders SELECT n FROM generate_series(2001, 3000) n")
    shop.execute("SELECT pg_stat_force_next_flush()")
    facts = live_facts(shop, ("public",), QUICK)
    assert facts.statistics_since is not None
    orders = facts.table("public.orders")
    assert orders is not None
    assert orders.inserts > 0
    assert orders.writes == orders.inserts


def test_two_readings_are_apart_and_one_is_not(shop: psycopg.Connection, database: str, connect: Connect) -> None:
    """How far is for the clocks of client and server to say, which need not run alike."""
    connect(database)
    assert live_facts(shop, ("public",), Sampling(interval=150)).interval_ms > 0
    assert live_facts(shop, ("public",), Sampling(interval=0)).interval_ms == 0


def test_nobody_is_waited_for_where_nobody_else_is_connected(shop: psycopg.Connection) -> None:
    """There is no traffic to come: an hour's interval would be one of waiting."""
    facts = live_facts(shop, ("public",), Sampling(interval=3_600_000))
    assert facts.interval_ms == 0
    assert facts.table("public.orders") is not None


def test_a_locked_table_leaves_a_gap_and_nobody_waits(
    shop: psycopg.Connection, database: str, connect: Connect
) -> None:
    holder = connect(database)
    with holder.transaction():
        holder.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        facts = live_facts(shop, ("public",), QUICK)
    assert gaps(facts)["size of public.orders"] == "55P03"
    orders, odd = facts.table("public.orders"), facts.table('public."Odd ""name"')
    assert orders is not None
    assert odd is not None
    assert (orders.heap_bytes, orders.rows) == (None, 1000)
    assert odd.heap_bytes == 0


def test_a_question_that_takes_too_long_leaves_a_gap(shop: psycopg.Connection) -> None:
    from migsafe.executor.survey.live.bounded import Bounded  # noqa: PLC0415 - only here

    asking = Bounded(shop, 50)
    assert asking.ask("patience", lambda connection: connection.execute("SELECT pg_sleep(30)").fetchone()) is None
    assert [(gap.fact, gap.sqlstate) for gap in asking.gaps] == [("patience", "57014")]
    assert shop.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_open_transactions_and_prepared_ones_are_counted(
    shop: psycopg.Connection, database: str, connect: Connect
) -> None:
    idle = connect(database)
    with idle.transaction(force_rollback=True):
        idle.execute("SELECT 1")
        facts = live_facts(shop, ("public",), QUICK)
    assert facts.sessions is not None
    assert (facts.sessions.sessions, facts.sessions.idle_in_transaction) == (1, 1)


def test_what_strangers_do_is_a_gap_for_a_role_without_rights(
    shop: psycopg.Connection, database: str, connect: Connect
) -> None:
    shop.execute("DROP ROLE IF EXISTS plain_reader")
    shop.execute("CREATE ROLE plain_reader LOGIN")
    plain = connect(database)
    plain.execute("SET SESSION AUTHORIZATION plain_reader")
    found = gaps(live_facts(plain, ("public",), QUICK))
    assert {"what sessions of other roles do", "free disk space", "statements"} <= found.keys()
    plain.close()
    shop.execute("DROP ROLE plain_reader")


def test_settings_are_those_of_a_new_session(shop: psycopg.Connection, database: str, connect: Connect) -> None:
    shop.execute(f"ALTER DATABASE {shop.info.dbname} SET lock_timeout = '3s'".encode())
    shop.execute(f"ALTER DATABASE {shop.info.dbname} SET timezone = 'Asia/Tokyo'".encode())
    fresh = connect(database)
    fresh.execute("SET lock_timeout = '9s'")
    facts = live_facts(fresh, ("public",), QUICK)
    assert facts.server is not None
    assert (facts.server.lock_timeout_ms, facts.server.statement_timeout_ms) == (3000, 0)
    assert facts.server.timezone == "Asia/Tokyo"


def test_slots_foreign_servers_and_invalid_indexes_are_named(shop: psycopg.Connection) -> None:
    shop.execute("CREATE FOREIGN DATA WRAPPER somewhere")
    shop.execute("CREATE SERVER elsewhere FOREIGN DATA WRAPPER somewhere OPTIONS (password 'canary')")
    shop.execute("SELECT pg_create_physical_replication_slot('keeps_wal', true)")
    try:
        shop.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_pkey'::regclass")
        facts = live_facts(shop, ("public",), QUICK)
    finally:
        shop.execute("SELECT pg_drop_replication_slot('keeps_wal')")
    assert facts.replication is not None
    assert [(one.slot, one.kind, one.active) for one in facts.replication.slots] == [("keeps_wal", "physical", False)]
    assert facts.foreign_servers == ("elsewhere",)
    assert facts.invalid_indexes == ("public.orders_pkey",)
    assert "canary" not in facts.model_dump_json()


def test_free_disk_is_seen_on_the_servers_own_machine(shop: psycopg.Connection) -> None:
    facts = live_facts(shop, ("public",), QUICK)
    assert facts.free_disk_bytes is None or facts.free_disk_bytes > 0
    assert (facts.free_disk_bytes is None) == ("free disk space" in gaps(facts))


def test_the_look_writes_nothing_and_leaves_no_transaction(shop: psycopg.Connection) -> None:
    before = shop.execute("SELECT pg_current_xact_id_if_assigned()").fetchone()
    live_facts(shop, ("public",), QUICK)
    assert before == (None,)
    assert shop.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
