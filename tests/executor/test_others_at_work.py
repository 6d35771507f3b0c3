"""Others at work in the target while a plan is applied: nothing is done twice, and what happened is said."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING

import psycopg
import pytest

from applying import OPTIONS, alone, applied_files, ledger_of, migration, plan_for, run, together, value
from migsafe.executor.mutex import KEY, Mutex
from migsafe.schemas.events import Event, LockWaiting, RunStarted, StatementDone, StatementStarted, StepDone
from migsafe.schemas.locks import Lock
from migsafe.schemas.plan import Direction
from migsafe.schemas.policies import Timeouts
from migsafe.schemas.problem import Locked, Partial, Problem, RolledBack, Stale
from migsafe.schemas.step import Repeatable

if TYPE_CHECKING:
    from collections.abc import Callable

    from migsafe.schemas.step import Step

    Connect = Callable[[str], psycopg.Connection]

PATIENT = replace(OPTIONS, wait_ms=20_000)
SEED = migration("20240102_seed.sql", together("INSERT INTO a VALUES (1)"))
THEIRS = "INSERT INTO a VALUES (1); INSERT INTO supabase_migrations.schema_migrations (version"


@pytest.fixture
def other(database: str, connect: Connect) -> psycopg.Connection:
    """Somebody else, in a database with a table and the Supabase CLI's history."""
    connection = connect(database)
    connection.execute("CREATE TABLE a (v int); CREATE SCHEMA supabase_migrations")
    connection.execute(
        "CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, statements text[], name text)"
    )
    return connection


@pytest.mark.parametrize("row", ["name) VALUES ('20240102', 'seed')", "name) VALUES ('20240102', '')"])
def test_what_another_tool_applied_since_the_plan_is_not_applied_again(
    row: str, database: str, other: psycopg.Connection
) -> None:
    plan = plan_for(database, SEED)
    other.execute(f"{THEIRS}, {row}")
    with pytest.raises(Stale, match=r"another tool applied 20240102_seed\.sql"):
        run(plan, database)
    assert value(database, "SELECT count(*) FROM a") == 1


def test_another_migration_of_the_same_label_is_no_hindrance(database: str, other: psycopg.Connection) -> None:
    plan = plan_for(database, SEED, migration("20240102_more.sql", together("INSERT INTO a VALUES (2)")))
    other.execute(f"{THEIRS}, name) VALUES ('20240102', 'something_else')")
    assert run(plan, database).steps == 2
    assert value(database, "SELECT sum(v) FROM a") == 4


def test_what_another_tool_applies_during_the_run_stands_once(database: str, other: psycopg.Connection) -> None:
    """Its transaction has recorded the migration and commits only while ours waits for that."""
    pid = other.info.backend_pid

    def commit_when_waited_for() -> None:
        with psycopg.connect(database, autocommit=True) as watcher:
            waits = f"SELECT 1 FROM pg_stat_activity WHERE {pid} = ANY (pg_blocking_pids(pid))"
            while watcher.execute(waits).fetchone() is None:
                pass
        other.execute("COMMIT")

    thread = Thread(target=commit_when_waited_for)

    def listener(event: Event) -> None:
        if isinstance(event, StatementStarted):
            other.execute(f"BEGIN; {THEIRS}, name) VALUES ('20240102', 'seed')")
            thread.start()

    with pytest.raises(RolledBack, match=r"another tool applied 20240102_seed\.sql meanwhile"):
        run(plan_for(database, SEED), database, listener)
    thread.join()
    assert value(database, "SELECT count(*) FROM a") == 1
    assert applied_files(database) == []


def test_a_stranger_who_holds_our_lock_is_named(database: str) -> None:
    plan = plan_for(database, migration("1_a.sql", together("CREATE TABLE b (v int)")))
    with psycopg.connect(database, autocommit=True, application_name="nightly job") as stranger:
        stranger.execute("SELECT pg_advisory_lock(%(classid)s, %(objid)s)", KEY)
        with pytest.raises(Locked, match=rf"nightly job \(pid {stranger.info.backend_pid} as \w+, connected since"):
            run(plan, database)
    assert not ledger_of(database).exists


def test_of_two_plans_from_the_same_state_the_second_is_stale_once_it_has_the_lock(database: str) -> None:
    first, second = (plan_for(database, migration(f"{n}_a.sql", together(f"CREATE TABLE t{n} ()"))) for n in (1, 2))
    ends: list[Problem] = []

    def apply_second() -> None:
        try:
            run(second, database, heard.append, PATIENT)
        except Problem as problem:
            ends.append(problem)

    heard: list[Event] = []
    thread = Thread(target=apply_second)

    def listener(event: Event) -> None:
        if isinstance(event, RunStarted):
            thread.start()
            while not any(isinstance(one, LockWaiting) for one in heard):
                pass

    run(first, database, listener)
    thread.join()
    assert [type(one) for one in ends] == [Stale]
    assert "1_a.sql" in str(ends[0])
    assert applied_files(database) == ["1_a.sql"]


def test_undoing_is_kept_out_by_the_lock_and_by_what_was_applied_meanwhile(database: str) -> None:
    """Undoing is kept out by the lock; it is no plan for what stands then, either."""
    run(plan_for(database, migration("1_a.sql", together("CREATE TABLE t ()"))), database)
    undo = plan_for(database, migration("1_a.sql", together("DROP TABLE t")), direction=Direction.DOWN)
    with Mutex.take(database), pytest.raises(Locked):
        run(undo, database)
    run(plan_for(database, migration("2_b.sql", together("CREATE TABLE u ()"))), database)
    with pytest.raises(Stale, match=r"2_b\.sql"):
        run(undo, database)
    assert applied_files(database) == ["1_a.sql", "2_b.sql"]


def test_a_pause_longer_than_the_server_waits_undoes_the_step(database: str, other: psycopg.Connection) -> None:
    """As when a laptop sleeps in the middle of a transaction: the server frees its locks, the run says so."""
    worker = "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'migsafe apply%'"

    def listener(event: Event) -> None:
        if isinstance(event, StatementDone) and event.line == 1:
            while other.execute(worker.encode()).fetchone():
                pass

    plan = plan_for(
        database,
        migration("1_a.sql", together("CREATE TABLE b (v int)", "CREATE TABLE c (v int)")),
        timeouts=Timeouts(idle_in_transaction=100),
    )
    with pytest.raises(RolledBack, match="lost"):
        run(plan, database, listener)
    assert value(database, "SELECT to_regclass('b') IS NULL")
    run(plan, database)
    assert applied_files(database) == ["1_a.sql"]


def test_rights_that_were_taken_since_the_plan_are_named_and_nothing_stands(
    database: str, other: psycopg.Connection
) -> None:
    other.execute("DROP ROLE IF EXISTS limited; CREATE ROLE limited; GRANT CREATE ON SCHEMA public TO limited")
    try:
        plan = plan_for(database, migration("1_a.sql", together("CREATE TABLE b ()", "CREATE TABLE c ()")))
        plan = plan_for(database, *plan.migrations, role="limited")
        other.execute("REVOKE CREATE ON SCHEMA public FROM limited, PUBLIC")
        with pytest.raises(RolledBack, match="permission denied for schema public") as caught:
            run(plan, database)
        assert "grant the right" in caught.value.remedy
        assert applied_files(database) == []
    finally:
        other.execute("DROP OWNED BY limited; DROP ROLE limited")


def test_an_event_trigger_that_refuses_is_quoted(database: str, other: psycopg.Connection) -> None:
    other.execute(
        "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION"
        " 'no changes on Fridays' USING HINT = 'ask the platform team'; END$$;"
        "CREATE EVENT TRIGGER refuse ON ddl_command_end EXECUTE FUNCTION refuse()"
    )
    other.execute("SET event_triggers = off")
    plan = plan_for(database, migration("1_a.sql", together("CREATE TABLE b ()")))
    with pytest.raises(Problem, match="no changes on Fridays"):
        run(plan, database)
    assert value(database, "SELECT to_regclass('b') IS NULL")


def test_a_vacuum_in_front_is_waited_for_no_longer_than_said_and_named(
    database: str, other: psycopg.Connection
) -> None:
    """Autovacuum that prevents wraparound gives way to nobody either; it takes the same lock."""
    other.execute("INSERT INTO a SELECT n FROM generate_series(1, 50000) AS n")
    other.execute("SET vacuum_cost_delay = 100; SET vacuum_cost_limit = 1")
    pid = other.info.backend_pid
    vacuum = Thread(target=vacuumed, args=(other,))
    vacuum.start()
    while value(database, "SELECT count(*) FROM pg_stat_progress_vacuum") == 0:
        pass
    step = together("ALTER TABLE a ADD w int", locks=(("public.a", Lock.ACCESS_EXCLUSIVE),))
    with pytest.raises(RolledBack, match="gave up") as caught:
        run(plan_for(database, migration("1_a.sql", step)), database)
    value(database, f"SELECT pg_terminate_backend({pid})")
    vacuum.join()
    assert str(pid) in f"{caught.value.why}"
    assert "VACUUM" in f"{caught.value.why}"


def vacuumed(connection: psycopg.Connection) -> None:
    with suppress(psycopg.Error):
        connection.execute("VACUUM a")


def test_others_never_see_the_moment_between_two_policies(database: str, other: psycopg.Connection) -> None:
    """Policies are replaced in one transaction: to a second session there is at any time exactly one."""
    other.execute("ALTER TABLE a ENABLE ROW LEVEL SECURITY; CREATE POLICY old ON a USING (v > 0)")
    seen: set[object] = set()

    def listener(event: Event) -> None:
        if not isinstance(event, LockWaiting):
            seen.add(value(database, "SELECT count(*) FROM pg_policy WHERE polrelid = 'a'::regclass"))

    step = together("DROP POLICY old ON a", "CREATE POLICY new ON a USING (v > 1)")
    run(plan_for(database, migration("1_a.sql", step)), database, listener)
    back = together("DROP POLICY new ON a", "CREATE POLICY old ON a USING (v > 0)")
    run(plan_for(database, migration("1_a.sql", back), direction=Direction.DOWN), database, listener)
    assert seen == {1}


def test_undoing_several_stops_at_the_one_that_fails_and_says_what_stands(database: str) -> None:
    files = [migration(f"{n}_a.sql", together(f"CREATE TABLE t{n} ()")) for n in (1, 2, 3)]
    run(plan_for(database, *files), database)
    ways_back = [migration(f"{n}_a.sql", together(f"DROP TABLE t{n}")) for n in (3, 2, 1)]
    with psycopg.connect(database, autocommit=True) as dependent:
        dependent.execute("CREATE VIEW needs AS SELECT FROM t2")
    with pytest.raises(RolledBack, match=r"drop|depend"):
        run(plan_for(database, *ways_back, direction=Direction.DOWN), database)
    assert applied_files(database) == ["1_a.sql", "2_a.sql"]
    assert value(database, "SELECT array_agg(relname ORDER BY relname) FROM pg_class WHERE relname ~ '^t[123]$'") == [
        *("t1", "t2")
    ]


@pytest.mark.parametrize("act", ["DROP SCHEMA migsafe CASCADE", "ALTER SCHEMA migsafe RENAME TO gone"])
@pytest.mark.parametrize("second", [together("CREATE TABLE c ()"), alone("VACUUM a", Repeatable(kind="repeatable"))])
def test_somebody_who_takes_the_ledger_away_between_two_steps_stops_the_run(
    act: str, second: Step, database: str, other: psycopg.Connection
) -> None:
    """What cannot be recorded is not done, and the run does not go on."""

    def listener(event: Event) -> None:
        if isinstance(event, StepDone):
            other.execute(act.encode())

    with pytest.raises((RolledBack, Partial)) as caught:
        run(plan_for(database, migration("1_a.sql", together("CREATE TABLE b ()"), second)), database, listener)
    assert "migsafe" in f"{caught.value}"
    assert value(database, "SELECT to_regclass('c') IS NULL")
    assert not ledger_of(database).exists
