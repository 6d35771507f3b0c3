"""Applying plans: backup first, steps in order, everything on record; undone, tried, and two at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TYPE_CHECKING

import psycopg
import pytest

from applying import (
    OPTIONS,
    alone,
    applied_files,
    ledger_of,
    migration,
    plan_for,
    run,
    together,
    value,
)
from migsafe.executor.dry_run import dry_run
from migsafe.executor.ledger import history
from migsafe.executor.standing import BrokenOff
from migsafe.schemas.backup import BackupRecord, Census
from migsafe.schemas.events import BackupDone, Event, StepStarted, silent
from migsafe.schemas.locks import Lock
from migsafe.schemas.manifest import Backup, BackupFormat, Compression, Verification
from migsafe.schemas.plan import Direction, PlannedBackup
from migsafe.schemas.problem import BackupFailed, Locked, Partial, RolledBack, Stale
from migsafe.schemas.step import IndexBuilt

if TYPE_CHECKING:
    from migsafe.schemas.ledger import PastRun

DUE = PlannedBackup(due=True, reason="policy", settings=Backup())
MAKE = migration("1_a.sql", together("CREATE TABLE a (id int)"))
RECORD = BackupRecord(
    version=1,
    file="backup_20260601_120000.sql",
    format=BackupFormat.PLAIN,
    compression=Compression.NONE,
    sha256="0" * 64,
    bytes=10,
    started_at="2026-06-01T12:00:00Z",
    finished_at="2026-06-01T12:00:01Z",
    database="test",
    system_identifier="1",
    database_oid=1,
    server_version=170000,
    dump_version="17.0",
    restore_major=17,
    verified=Verification.READ,
    census=Census(tables=(), sequences=0, views=0, functions=0),
    not_covered=(),
)


def past(url: str) -> tuple[PastRun, ...]:
    with psycopg.connect(url, autocommit=True) as connection:
        return history(connection)


def test_the_backup_ends_before_the_first_step_and_is_recorded(database: str) -> None:
    heard: list[Event] = []

    def take(listener: object) -> BackupRecord:
        assert callable(listener)
        assert not any(isinstance(event, StepStarted) for event in heard)
        assert value(database, "SELECT to_regclass('a')") is None
        listener(BackupDone("backups/x.sql", 10, 0.1))
        return RECORD

    options = replace(OPTIONS, waiver=None, take_backup=take)
    outcome = run(plan_for(database, MAKE, backup=DUE), database, heard.append, options)
    assert outcome.backup == RECORD
    assert past(database)[0].backup == RECORD
    assert any(isinstance(event, BackupDone) for event in heard)


def test_when_the_backup_fails_nothing_is_applied_and_the_plan_can_go_on_later(database: str) -> None:
    def fail(_listener: object) -> BackupRecord:
        raise BackupFailed("no room", why="the disk is full", remedy="make room")

    plan = plan_for(database, MAKE, backup=DUE)
    for options in (replace(OPTIONS, waiver=None, take_backup=fail), replace(OPTIONS, waiver=None)):
        with pytest.raises(BackupFailed):
            run(plan, database, options=options)
        assert value(database, "SELECT to_regclass('a')") is None
        assert past(database)[0].outcome == "failed"
    outcome = run(plan, database, options=replace(OPTIONS, waiver=None, take_backup=lambda _listener: RECORD))
    assert (outcome.resumed, outcome.backup) == (True, RECORD)


def test_a_backup_that_is_waived_is_on_record_for_ever(database: str) -> None:
    assert run(plan_for(database, MAKE, backup=DUE), database).backup is None
    assert past(database)[0].waived == "ann: for a test"


def test_an_empty_plan_is_done_without_a_backup(database: str) -> None:
    outcome = run(plan_for(database, backup=DUE), database, options=replace(OPTIONS, waiver=None))
    assert (outcome.migrations, outcome.steps, outcome.backup) == ((), 0, None)
    assert past(database)[0].outcome == "done"


def test_a_migration_without_statements_is_recorded(database: str) -> None:
    run(plan_for(database, migration("1_a.sql")), database)
    assert applied_files(database) == ["1_a.sql"]


def test_undoing_goes_the_same_way_and_is_recorded(database: str) -> None:
    run(plan_for(database, MAKE, migration("2_b.sql", together("CREATE TABLE b (id int)"))), database)
    undo = migration("2_b.sql", together("DROP TABLE b"))
    run(plan_for(database, undo, direction=Direction.DOWN), database)
    assert applied_files(database) == ["1_a.sql"]
    assert value(database, "SELECT to_regclass('b')") is None


def test_the_history_of_the_supabase_cli_is_kept_in_step(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA supabase_migrations")
        connection.execute(
            "CREATE TABLE supabase_migrations.schema_migrations"
            " (version text PRIMARY KEY, statements text[], name text)"
        )
    run(plan_for(database, migration("20240101_a.sql", together("CREATE TABLE a (id int)", "SELECT 1"))), database)
    row = "version || name || array_to_string(statements, '|')"
    rows = f"SELECT string_agg({row}, ',') FROM supabase_migrations.schema_migrations"
    assert value(database, rows) == "20240101aCREATE TABLE a (id int)|SELECT 1"
    undo = migration("20240101_a.sql", together("DROP TABLE a"))
    run(plan_for(database, undo, direction=Direction.DOWN), database)
    assert value(database, rows) is None


def test_after_a_failed_run_that_left_nothing_a_new_plan_is_welcome(database: str) -> None:
    broken = plan_for(database, MAKE, migration("2_b.sql", together("SELECT nonsense")))
    with pytest.raises(RolledBack):
        run(broken, database)
    assert applied_files(database) == ["1_a.sql"]
    run(plan_for(database, migration("2_b.sql", together("SELECT 1"))), database)
    assert applied_files(database) == ["1_a.sql", "2_b.sql"]
    with pytest.raises(Stale, match="already applied"):
        run(broken, database)


def test_a_run_that_stopped_inside_a_migration_comes_first_unless_superseded(database: str) -> None:
    steps = (together("CREATE TABLE a (id int)"), together("SELECT nonsense"))
    with pytest.raises(Partial):
        run(plan_for(database, migration("1_a.sql", *steps)), database)
    other = plan_for(database, migration("2_b.sql", together("SELECT 1")))
    with pytest.raises(Partial, match=r"broke off in the middle of 1_a\.sql"):
        run(other, database)
    run(other, database, options=replace(OPTIONS, broken_off=BrokenOff.SUPERSEDE))
    assert applied_files(database) == ["2_b.sql"]


def test_a_ledger_that_vanishes_in_mid_run_undoes_the_step(database: str) -> None:
    plan = plan_for(database, migration("1_a.sql", together("CREATE TABLE a (id int)", "DROP SCHEMA migsafe CASCADE")))
    with pytest.raises(RolledBack, match="ledger could not be written"):
        run(plan, database)
    assert value(database, "SELECT to_regclass('a')") is None
    assert applied_files(database) == []


def test_a_dry_run_tries_everything_and_leaves_nothing(database: str) -> None:
    seen = IndexBuilt(kind="index_built", index="public.a_id", table="public.a")
    plan = plan_for(
        database,
        MAKE,
        migration("2_b.sql", together("SET ROLE pg_monitor"), together("INSERT INTO a VALUES (1)")),
        migration("3_c.sql", alone("CREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id)", seen)),
        migration("4_d.sql", together("ALTER TABLE a ADD PRIMARY KEY USING INDEX a_id")),
        migration("5_e.sql", together("CREATE TYPE mood AS ENUM ('sad')")),
    )
    outcome = dry_run(plan, database, OPTIONS, silent)
    assert (outcome.run, outcome.steps, len(outcome.migrations)) == (None, 4, 5)
    assert [line.split(":")[0] for line in outcome.not_tried] == ["3_c.sql", "4_d.sql"]
    assert value(database, "SELECT to_regclass('a')") is None
    assert not ledger_of(database).exists
    run(plan, database)


def test_a_dry_run_fails_as_apply_would(database: str) -> None:
    plan = plan_for(database, MAKE, migration("2_b.sql", together("SELECT 1", "SELECT nonsense")))
    with pytest.raises(RolledBack) as caught:
        dry_run(plan, database, OPTIONS, silent)
    assert str(caught.value.place) == "migrations/2_b.sql:2:8"
    assert not ledger_of(database).exists


def test_a_dry_run_cannot_try_a_new_enum_value(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TYPE mood AS ENUM ('sad')")
    steps = (together("ALTER TYPE mood ADD VALUE 'glad'"), together("SELECT 'glad'::mood"), together("SELECT 1"))
    outcome = dry_run(plan_for(database, migration("1_a.sql", *steps)), database, OPTIONS, silent)
    assert outcome.steps == 2
    assert "it needs an earlier COMMIT" in outcome.not_tried[0]


def test_a_dry_run_gives_up_on_locks_as_apply_does(database: str) -> None:
    with psycopg.connect(database) as reader:
        reader.execute("CREATE TABLE t (id int)")
        reader.commit()
        reader.execute("SELECT pg_sleep(0.12) FROM (SELECT count(*) FROM t) AS one")
        step = together("ALTER TABLE t ADD v int", locks=(("public.t", Lock.ACCESS_EXCLUSIVE),))
        with pytest.raises(RolledBack, match="gave up"):
            dry_run(plan_for(database, migration("1_a.sql", step)), database, OPTIONS, silent)


@pytest.mark.parametrize("rounds", [50])
def test_of_two_applies_at_once_exactly_one_runs(database: str, rounds: int) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE runs (id int)")
    barrier = Barrier(2)

    def racer(plan: object) -> str:
        barrier.wait()
        try:
            run(plan, database)  # type: ignore[arg-type]
        except (Locked, Stale) as problem:
            return type(problem).__name__
        return "applied"

    with ThreadPoolExecutor(2) as pool:
        for number in range(1, rounds + 1):
            plan = plan_for(database, migration(f"{number:03}_a.sql", together("INSERT INTO runs VALUES (1)")))
            ends = sorted(pool.map(racer, (plan, plan)))
            assert ends[-1] == "applied"
            assert ends[0] in {"Locked", "Stale"}
            assert value(database, "SELECT count(*) FROM runs") == number
    assert len(applied_files(database)) == rounds
