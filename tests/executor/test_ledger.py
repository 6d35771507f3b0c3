"""The ledger in the target: append-only, chained, private, and honest about what is missing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest

from migsafe.executor.ledger import Journal, history, install, position, read
from migsafe.executor.ledger.entries import (
    BackupWaived,
    MigrationApplied,
    MigrationReverted,
    RunFailed,
    RunFinished,
    RunResumed,
    RunStarted,
    StepDone,
    StepFailed,
    StepRunning,
)
from migsafe.executor.ledger.journal import recorded
from migsafe.executor.ledger.mirror import mirror
from migsafe.executor.ledger.supabase import forget, keep_in_step
from migsafe.executor.ledger.tables import LedgerDamaged, LedgerTooNew, LedgerUnreadable
from migsafe.schemas.ledger import EntryKind, StepRecord
from migsafe.schemas.plan import Direction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def target(database: str, connect: Callable[[str], psycopg.Connection]) -> psycopg.Connection:
    """A database with an empty ledger."""
    connection = connect(database)
    install(connection)
    return connection


def started(plan: str = "plan-1", direction: Direction = Direction.UP) -> RunStarted:
    return RunStarted(plan=plan, digest="d", direction=direction, actor="ann@host", tool="0.1", migrations=("1_a.sql",))


def applied(file: str, sql: str = "SELECT 1") -> MigrationApplied:
    return MigrationApplied(
        label=file.split("_", maxsplit=1)[0],
        name="a",
        file=file,
        sha256="s",
        normalised_sha256="n",
        sql=sql,
        rollback_sql=None,
        rollback_file=None,
    )


def begin(connection: psycopg.Connection, plan: str = "plan-1") -> Journal:
    journal = Journal(connection, str(uuid4()), position(connection))
    journal.record(started(plan))
    return journal


def test_a_database_without_ledger_has_none(database: str, connect: Callable[[str], psycopg.Connection]) -> None:
    connection = connect(database)
    state = read(connection)
    assert (state.exists, state.format, state.head, state.intact, state.applied) == (False, 0, "", True, ())
    assert history(connection) == ()


def test_installing_twice_is_harmless(target: psycopg.Connection) -> None:
    lineage = read(target).lineage
    install(target)
    assert read(target).lineage == lineage


def test_what_was_written_is_read_back(target: psycopg.Connection) -> None:
    journal = begin(target)
    step = StepRecord(migration="1_a.sql", step=0, steps=2)
    journal.record(BackupWaived(who="ann", how="--skip-backup"))
    journal.record(StepDone(step=step))
    journal.record(StepRunning(step=step.model_copy(update={"step": 1})))
    state = read(target)
    assert state.intact
    assert state.head == journal.position.head
    assert state.unfinished is not None
    assert state.unfinished.done == (step,)
    assert state.unfinished.running == StepRecord(migration="1_a.sql", step=1, steps=2)
    journal.record(applied("1_a.sql", "SELECT 'é \u2028 \\ \"'"))
    journal.record(RunFinished())
    state = read(target)
    assert state.intact
    assert state.unfinished is None
    assert [one.sql for one in state.applied] == ["SELECT 'é \u2028 \\ \"'"]
    assert state.plans == ("plan-1",)
    (run,) = history(target)
    assert (run.outcome, run.migrations, run.waived) == ("done", ("1_a.sql",), "ann: --skip-backup")


def test_reverted_migrations_no_longer_stand(target: psycopg.Connection) -> None:
    journal = begin(target)
    for file in ("1_a.sql", "2_b.sql", "3_c.sql"):
        journal.record(applied(file))
    journal.record(MigrationReverted(label="1", file="1_a.sql"))
    assert [one.file for one in read(target).applied] == ["2_b.sql", "3_c.sql"]
    journal.record(applied("1_a.sql"))
    assert [one.file for one in read(target).applied] == ["2_b.sql", "3_c.sql", "1_a.sql"]


def test_a_failed_run_stays_open_until_it_is_resumed_and_finished(target: psycopg.Connection) -> None:
    journal = begin(target)
    step = StepRecord(migration="1_a.sql", step=0, steps=1)
    journal.record(StepRunning(step=step))
    journal.record(StepFailed(step=step, error="no space"))
    journal.record(RunFailed(error="no space"))
    unfinished = read(target).unfinished
    assert unfinished is not None
    assert (unfinished.error, unfinished.running) == ("no space", None)
    assert history(target)[0].outcome == "failed"
    journal.record(RunResumed(actor="bob", tool="0.1"))
    assert history(target)[0].outcome == "unfinished"
    journal.record(RunFinished())
    assert read(target).unfinished is None


def test_history_is_newest_first(target: psycopg.Connection) -> None:
    for plan in ("first", "second"):
        begin(target, plan).record(RunFinished())
    assert [run.plan for run in history(target)] == ["second", "first"]


def test_a_rolled_back_step_does_not_advance_the_chain(target: psycopg.Connection) -> None:
    journal = begin(target)
    before = journal.position
    with target.transaction(force_rollback=True):
        journal.record(applied("1_a.sql"))
        lost = journal.position.head
    journal.forget_to(before)
    journal.record(RunFinished())
    assert read(target).intact
    assert recorded(target, journal.position.head)
    assert not recorded(target, lost)


def test_entries_that_are_written_together_stand_in_their_order_in_the_chain(target: psycopg.Connection) -> None:
    journal = begin(target)
    journal.record(StepDone(step=StepRecord(migration="1_a.sql", step=0, steps=1)), applied("1_a.sql"), RunFinished())
    assert journal.position == position(target)
    assert [one.sequence for one in read(target).applied] == [3]
    assert read(target).intact


def test_of_entries_that_are_refused_together_none_stands(target: psycopg.Connection) -> None:
    journal = begin(target)
    before = journal.position
    with pytest.raises(psycopg.errors.UntranslatableCharacter):
        journal.record(RunFinished(), RunFailed(error="\0"))
    assert journal.position == before == position(target)


def test_two_writers_cannot_fork_the_chain(target: psycopg.Connection) -> None:
    journal = begin(target)
    other = Journal(target, journal.run, journal.position)
    journal.record(RunFinished())
    with pytest.raises(psycopg.errors.UniqueViolation):
        other.record(RunFinished())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE migsafe.ledger SET body = '{}'",
        "DELETE FROM migsafe.ledger",
        "TRUNCATE migsafe.ledger",
        "UPDATE migsafe.meta SET lineage = gen_random_uuid()",
        "DELETE FROM migsafe.meta",
        "SET LOCAL session_replication_role = replica; DELETE FROM migsafe.ledger",
    ],
)
def test_the_ledger_is_append_only(target: psycopg.Connection, change: str) -> None:
    begin(target)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState), target.transaction():
        target.execute(change.encode())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE migsafe.ledger SET body = jsonb_set(body, '{file}', '\"x.sql\"') WHERE sequence = 2",
        "DELETE FROM migsafe.ledger WHERE sequence = 2",
        "UPDATE migsafe.ledger SET kind = 'nonsense' WHERE sequence = 2",
        "UPDATE migsafe.ledger SET run = gen_random_uuid() WHERE sequence = 2",
    ],
)
def test_a_change_behind_the_triggers_is_found(target: psycopg.Connection, change: str) -> None:
    journal = begin(target)
    journal.record(applied("1_a.sql"))
    journal.record(applied("2_b.sql"))
    target.execute("ALTER TABLE migsafe.ledger DISABLE TRIGGER append_only")
    target.execute(change.encode())
    state = read(target)
    assert not state.intact
    assert state.broken_at in {2, 3}
    assert state.applied == ()
    assert len(history(target)) == 1


@pytest.mark.parametrize("table", ["ledger", "meta"])
def test_a_dropped_table_is_named(target: psycopg.Connection, table: str) -> None:
    target.execute(f"DROP TABLE migsafe.{table}".encode())
    for act in (read, history, install):
        with pytest.raises(LedgerDamaged, match=f"migsafe.{table}"):
            act(target)


def test_a_ledger_of_a_newer_format_is_refused(target: psycopg.Connection) -> None:
    target.execute("INSERT INTO migsafe.meta (format) VALUES (3)")
    for act in (read, history, install):
        with pytest.raises(LedgerTooNew, match="format 3"):
            act(target)


def test_strangers_see_nothing_of_it(database: str, connect: Callable[[str], psycopg.Connection]) -> None:
    admin = connect(database)
    for role in ("anon", "authenticated", "service_role"):
        admin.execute(f"DROP ROLE IF EXISTS {role}; CREATE ROLE {role}".encode())
    admin.execute("ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO anon, authenticated, service_role")
    admin.execute("ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO anon, authenticated, service_role, PUBLIC")
    try:
        install(admin)
        for role in ("anon", "authenticated", "service_role"):
            for table in ("meta", "ledger"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege), admin.transaction():
                    admin.execute(f"SET LOCAL ROLE {role}; SELECT * FROM migsafe.{table}".encode())
    finally:
        admin.execute("DROP OWNED BY anon, authenticated, service_role; DROP ROLE anon, authenticated, service_role")


def test_a_role_that_would_see_no_rows_is_told_so(target: psycopg.Connection) -> None:
    target.execute("DROP ROLE IF EXISTS reader; CREATE ROLE reader")
    target.execute("GRANT USAGE ON SCHEMA migsafe TO reader")
    try:
        for grant in ("SELECT 1", "GRANT SELECT ON ALL TABLES IN SCHEMA migsafe TO reader"):
            target.execute(grant.encode())
            target.execute("SET ROLE reader")
            with pytest.raises(LedgerUnreadable):
                read(target)
            target.execute("RESET ROLE")
    finally:
        target.execute("RESET ROLE")
        target.execute("DROP OWNED BY reader; DROP ROLE reader")


def test_without_the_right_to_make_it_the_grant_is_named(
    database: str, connect: Callable[[str], psycopg.Connection]
) -> None:
    admin = connect(database)
    admin.execute("DROP ROLE IF EXISTS poor; CREATE ROLE poor")
    try:
        admin.execute("SET ROLE poor")
        with pytest.raises(LedgerUnreadable, match="GRANT CREATE ON DATABASE"):
            install(admin)
        admin.execute("RESET ROLE")
        assert not read(admin).exists
    finally:
        admin.execute("RESET ROLE")
        admin.execute("DROP ROLE poor")


def test_a_thousand_migrations_are_read_in_a_moment(target: psycopg.Connection) -> None:
    journal = begin(target)
    with target.transaction():
        for number in range(1000):
            journal.record(applied(f"{number}_a.sql", "SELECT 1; -- filler\n" * 50))
    shortest = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        state = read(target)
        shortest = min(shortest, time.perf_counter() - start)
    assert len(state.applied) == 1000
    assert state.intact
    assert shortest < 0.5, "aim: 0.1 s on a quiet machine"


def test_kinds_and_entries_belong_together() -> None:
    from migsafe.executor.ledger.entries import _BY_KIND, _KINDS  # noqa: PLC0415 - only this test looks inside

    assert list(_BY_KIND) == list(EntryKind)
    assert len(_KINDS) == len(_BY_KIND)


def test_the_supabase_history_is_kept_in_step(target: psycopg.Connection) -> None:
    keep_in_step(target, "1", "a", ("SELECT 1",))
    target.execute("CREATE SCHEMA supabase_migrations")
    target.execute(
        "CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, statements text[], name text)"
    )
    keep_in_step(target, "1", "a", ("SELECT 1", "SELECT 2"))
    keep_in_step(target, "1", "a", ("SELECT 1",))
    rows = target.execute("SELECT version, name, statements FROM supabase_migrations.schema_migrations").fetchall()
    assert rows == [("1", "a", ["SELECT 1", "SELECT 2"])]
    forget(target, "1")
    assert target.execute("SELECT 1 FROM supabase_migrations.schema_migrations").fetchall() == []


def test_an_old_supabase_history_without_names_is_kept_in_step(target: psycopg.Connection) -> None:
    target.execute("CREATE SCHEMA supabase_migrations")
    target.execute("CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY)")
    keep_in_step(target, "1", "a", ("SELECT 1",))
    assert target.execute("SELECT version FROM supabase_migrations.schema_migrations").fetchall() == [("1",)]


def test_the_mirror_says_that_it_is_not_the_truth(target: psycopg.Connection, tmp_path: Path) -> None:
    begin(target).record(RunFinished())
    mirror(tmp_path, history(target))
    mirror(tmp_path, history(target))
    head, line = (tmp_path / ".migration_history").read_text().splitlines()
    assert "never the truth" in head
    assert '"plan":"plan-1"' in line
    assert [path.name for path in tmp_path.iterdir()] == [".migration_history"]
