"""Steps on a real server: what stands after each, whatever the statements do to their session."""

from __future__ import annotations

import psycopg
import pytest

from applying import (
    alone,
    applied_files,
    ledger_of,
    migration,
    plan_for,
    run,
    text,
    together,
    value,
)
from migsafe.executor.steps.failure import place_of
from migsafe.schemas import events
from migsafe.schemas.locks import Lock
from migsafe.schemas.policies import Timeouts
from migsafe.schemas.problem import Drift, ExitCode, Partial, RolledBack
from migsafe.schemas.step import IndexBuilt, IndexGone, Mode, PartitionDetached, Repeatable

INDEX = IndexBuilt(kind="index_built", index="public.t_v", table="public.t")


def execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def test_statements_are_sent_byte_for_byte(database: str) -> None:
    sql = '-- 100 %s %(x)s % {} é\nCREATE TABLE "We""ird % é" (note text DEFAULT \'50% %s\')'
    run(plan_for(database, migration("1_a.sql", together(sql, 'INSERT INTO "We""ird % é" DEFAULT VALUES'))), database)
    assert value(database, 'SELECT note FROM "We""ird % é"') == "50% %s"


def test_the_isolation_level_of_the_files_own_begin_holds(database: str) -> None:
    step = together("CREATE TABLE seen AS SELECT current_setting('transaction_isolation') AS level")
    modes = (Mode(name="transaction_isolation", value="repeatable read"),)
    run(plan_for(database, migration("1_a.sql", step.model_copy(update={"modes": modes}))), database)
    assert value(database, "SELECT level FROM seen") == "repeatable read"


def test_an_error_is_placed_where_the_server_saw_it_and_nothing_stands(database: str) -> None:
    broken = "-- the key\n-- of all\nCREATE TABLE b (\n  id int,\n  other nosuchtype\n)"
    plan = plan_for(database, migration("1_a.sql", together("CREATE TABLE a (id int)", broken)))
    with pytest.raises(RolledBack) as caught:
        run(plan, database)
    assert caught.value.exit_code is ExitCode.ROLLED_BACK
    assert str(caught.value.place) == "migrations/1_a.sql:6:9"
    assert caught.value.place is not None
    assert caught.value.place.excerpt == "  other nosuchtype"
    assert 'type "nosuchtype" does not exist' in caught.value.what
    assert "42704" in caught.value.why
    assert value(database, "SELECT to_regclass('a')") is None
    assert applied_files(database) == []
    unfinished = ledger_of(database).unfinished
    assert unfinished is not None
    assert "nosuchtype" in (unfinished.error or "")


def test_the_place_of_a_repeated_statement_is_that_of_its_own_line() -> None:
    one = migration("1_a.sql", together("SELECT 1 / 0", "SELECT 1 / 0"))
    assert place_of(one, text("SELECT 1 / 0", line=2), 8).line == 2
    assert place_of(one, text("SELECT 1 / 0", line=1), 8).line == 1
    assert place_of(one, text("SELECT other", line=2), 8).line == 2


LEAKS = (
    "SET search_path = nowhere",
    "SET statement_timeout = 0",
    "SET lock_timeout = '1h'",
    "SET idle_in_transaction_session_timeout = 0",
    "SET session_replication_role = replica",
    "SET default_transaction_read_only = on",
    "SET ROLE pg_monitor",
    "SET SESSION AUTHORIZATION pg_monitor",
    "SELECT set_config('search_path', '', false)",
    "SELECT pg_advisory_unlock_all()",
    "CREATE TEMP TABLE ledger (x int)",
    "LISTEN something",
    "SET client_encoding = 'LATIN1'",
    "RESET ALL",
)


SEEN = (
    "CREATE TABLE public.seen_{} AS SELECT current_user AS who, session_user AS login,"
    " current_setting('search_path') AS path, current_setting('statement_timeout') AS timeout,"
    " current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('client_encoding') AS coding,"
    " pg_my_temp_schema() <> 0 AND to_regclass('pg_temp.ledger') IS NOT NULL AS temp"
)


def test_what_a_step_does_to_its_session_ends_with_it(database: str) -> None:
    steps = [step for n, leak in enumerate(LEAKS) for step in (together(leak), together(SEEN.format(n)))]
    run(plan_for(database, migration("1_a.sql", *steps)), database)
    assert applied_files(database) == ["1_a.sql"]
    user = psycopg.conninfo.conninfo_to_dict(database)["user"]
    with psycopg.connect(database) as connection:
        for number, leak in enumerate(LEAKS):
            row = connection.execute(f"SELECT * FROM public.seen_{number}".encode()).fetchone()
            assert row == (user, user, '"$user", public', "20s", "1min", "UTF8", False), leak


def test_discard_all_as_a_step_of_its_own_leaves_lock_and_limits(database: str) -> None:
    plan = plan_for(
        database,
        migration(
            "1_a.sql",
            alone("DISCARD ALL"),
            together("CREATE TABLE t AS SELECT current_setting('statement_timeout') AS v"),
        ),
    )
    run(plan, database)
    assert value(database, "SELECT v FROM t") == "20s"


def test_each_step_runs_as_the_role_of_the_plan_and_the_ledger_is_ours(database: str) -> None:
    execute(database, "CREATE ROLE builder", "GRANT ALL ON SCHEMA public TO builder")
    try:
        steps = (
            together("CREATE TABLE t (v int)", "RESET ROLE", "SET ROLE builder"),
            alone("CREATE INDEX CONCURRENTLY t_v ON t (v)", INDEX),
        )
        run(plan_for(database, migration("1_a.sql", *steps), role="builder"), database)
        owners = "SELECT string_agg(DISTINCT tableowner, ',') FROM pg_tables WHERE schemaname = '{}'"
        assert value(database, owners.format("public")) == "builder"
        assert value(database, owners.format("migsafe")) == psycopg.conninfo.conninfo_to_dict(database)["user"]
    finally:
        execute(database, "DROP TABLE IF EXISTS t", "DROP OWNED BY builder", "DROP ROLE builder")


def test_a_statement_that_ends_our_transaction_is_told_as_partial(database: str) -> None:
    plan = plan_for(database, migration("1_a.sql", together("CREATE TABLE a (id int)", "COMMIT; BEGIN", "SELECT 1")))
    with pytest.raises(Partial, match="ended the transaction"):
        run(plan, database)
    assert applied_files(database) == []


def test_a_deferred_constraint_fails_before_anything_is_recorded(database: str) -> None:
    execute(
        database,
        "CREATE TABLE t (id int PRIMARY KEY)",
        "CREATE TABLE u (t int REFERENCES t DEFERRABLE INITIALLY DEFERRED)",
    )
    with pytest.raises(RolledBack, match="end of the transaction failed"):
        run(plan_for(database, migration("1_a.sql", together("INSERT INTO u VALUES (7)"))), database)
    assert value(database, "SELECT count(*) FROM u") == 0
    assert applied_files(database) == []


def test_a_statement_is_ended_by_the_timeout_of_the_plan(database: str) -> None:
    slow = Timeouts(statement=80)
    with pytest.raises(RolledBack, match="statement timeout"):
        run(plan_for(database, migration("1_a.sql", together("SELECT pg_sleep(20)")), timeouts=slow), database)


def test_an_earlier_step_of_the_same_migration_makes_a_failure_partial(database: str) -> None:
    steps = (together("CREATE TABLE t (v int)"), together("SELECT 1 / 0"))
    plan = plan_for(database, migration("0_a.sql", together("SELECT 1")), migration("1_a.sql", *steps))
    with pytest.raises(Partial, match=r"step 2 of 2 of 1_a\.sql"):
        run(plan, database)
    assert applied_files(database) == ["0_a.sql"]
    unfinished = ledger_of(database).unfinished
    assert unfinished is not None
    assert [(step.migration, step.step) for step in unfinished.done] == [("0_a.sql", 0), ("1_a.sql", 0)]


def test_a_notice_reaches_the_listener(database: str) -> None:
    heard: list[events.Event] = []
    run(
        plan_for(database, migration("1_a.sql", together("DO $$BEGIN RAISE NOTICE 'hello'; END$$"))),
        database,
        heard.append,
    )
    assert events.ServerNotice("NOTICE", "hello") in heard


def test_an_index_that_fails_to_build_leaves_nothing_and_can_be_tried_again(database: str) -> None:
    execute(database, "CREATE TABLE t (v int)", "INSERT INTO t VALUES (1), (1)")
    plan = plan_for(database, migration("1_a.sql", alone("CREATE UNIQUE INDEX CONCURRENTLY t_v ON t (v)", INDEX)))
    with pytest.raises(RolledBack, match="could not create unique index"):
        run(plan, database)
    assert value(database, "SELECT to_regclass('t_v')") is None
    execute(database, "DELETE FROM t")
    assert run(plan, database).resumed
    assert value(database, "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_v'::regclass") is True
    assert applied_files(database) == ["1_a.sql"]


@pytest.mark.parametrize("leftover", ["valid", "invalid"])
def test_an_index_that_was_there_before_is_drift(database: str, leftover: str) -> None:
    execute(database, "CREATE TABLE t (v int)", "CREATE INDEX t_v ON t (v)")
    if leftover == "invalid":
        execute(database, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_v'::regclass")
    sql = "CREATE INDEX CONCURRENTLY IF NOT EXISTS t_v ON t (v)"
    with pytest.raises(Drift, match="is there already"):
        run(plan_for(database, migration("1_a.sql", alone(sql, INDEX))), database)
    assert value(database, "SELECT to_regclass('t_v')") is not None


def test_an_index_on_another_table_is_not_ours(database: str) -> None:
    execute(database, "CREATE TABLE t (v int)", "CREATE TABLE u (v int)", "CREATE INDEX t_v ON u (v)")
    with pytest.raises(Drift):
        run(plan_for(database, migration("1_a.sql", alone("CREATE INDEX CONCURRENTLY t_v ON t (v)", INDEX))), database)


def test_dropping_detaching_and_vacuuming_outside_a_transaction(database: str) -> None:
    execute(
        database,
        "CREATE TABLE p (id int) PARTITION BY RANGE (id)",
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE t (v int)",
        "CREATE INDEX t_v ON t (v)",
    )
    detached = PartitionDetached(kind="partition_detached", parent="public.p", partition="public.p1")
    steps = (
        alone("DROP INDEX CONCURRENTLY t_v", IndexGone(kind="index_gone", index="public.t_v")),
        alone("ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY", detached),
        alone("VACUUM t", Repeatable(kind="repeatable")),
    )
    assert run(plan_for(database, migration("1_a.sql", *steps)), database).steps == 3
    assert value(database, "SELECT count(*) FROM pg_inherits WHERE inhparent = 'p'::regclass") == 0


def test_a_procedure_that_fails_after_a_commit_of_its_own_is_partial(database: str) -> None:
    execute(
        database,
        "CREATE TABLE t (v int)",
        "CREATE PROCEDURE twice() LANGUAGE plpgsql AS $$BEGIN INSERT INTO t VALUES (1); COMMIT; PERFORM 1 / 0; END$$",
    )
    with pytest.raises(Partial, match="division by zero"):
        run(plan_for(database, migration("1_a.sql", alone("CALL twice()"))), database)
    assert value(database, "SELECT count(*) FROM t") == 1


def test_hostile_names_are_quoted_everywhere(database: str) -> None:
    name = 'Ta"b; DROP--%s\n\U0001f418'
    quoted = '"' + name.replace('"', '""') + '"'
    execute(database, f"CREATE TABLE {quoted} (v int)", f"INSERT INTO {quoted} VALUES (1), (1)")
    seen = IndexBuilt(kind="index_built", index=f'public."i{quoted[1:]}', table=f"public.{quoted}")
    sql = f'CREATE UNIQUE INDEX CONCURRENTLY "i{quoted[1:]} ON {quoted} (v)'
    locks = ((f"public.{quoted}", Lock.ACCESS_EXCLUSIVE),)
    steps = (together(f"ALTER TABLE {quoted} ADD w int", locks=locks), alone(sql, seen))
    with pytest.raises(Partial):
        run(plan_for(database, migration("1_a.sql", *steps), base=(f"public.{quoted}",)), database)
    assert value(database, "SELECT count(*) FROM pg_index WHERE NOT indisvalid") == 0
