"""Death at any moment: the ledger and the catalog agree, and the next apply goes on to the end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import psycopg
import pytest

from applying import OPTIONS, alone, applied_files, ledger_of, migration, plan_for, run, together, value
from migsafe.executor.server.databases import create_database
from migsafe.executor.server.embedded import embedded
from migsafe.executor.steps.lone import Answer
from migsafe.schemas.events import Committing, Event, StatementStarted
from migsafe.schemas.policies import Timeouts
from migsafe.schemas.problem import ExitCode, Partial, Problem, RolledBack, Stale
from migsafe.schemas.seal import plan_text
from migsafe.schemas.step import IndexBuilt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from migsafe.schemas.plan import Plan

    Connect = Callable[[str], psycopg.Connection]

TESTS = Path(__file__).parent.parent
PATIENT = replace(OPTIONS, wait_ms=10_000)
INDEX = IndexBuilt(kind="index_built", index="public.t_v", table="public.t")
BUILD = alone("CREATE INDEX CONCURRENTLY t_v ON public.t (v)", INDEX)
VALID = "SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass('public.t_v') AND indisvalid"
WORKER = "application_name LIKE 'migsafe apply%'"


@contextmanager
def child(tmp_path: Path, plan: Plan, url: str, *death: str) -> Iterator[subprocess.Popen[str]]:
    """A process that applies the plan."""
    file = tmp_path / "plan.json"
    file.write_text(plan_text(plan), encoding="utf-8")
    command = [sys.executable, "-P", os.fspath(TESTS / "killed.py"), os.fspath(file), url, *death]
    environment = os.environ | {"PYTHONPATH": os.fspath(TESTS)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as popen:
        try:
            yield popen
        finally:
            popen.kill()


def until(connection: psycopg.Connection, query: str) -> object:
    """The first value of a query, as soon as it has a row."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        row = connection.execute(query.encode()).fetchone()
        if row is not None:
            return row[0]
    raise AssertionError(query)


def steps_done(url: str) -> set[int]:
    unfinished = ledger_of(url).unfinished
    return {step.step for step in unfinished.done} if unfinished else set()


DEATHS = [
    ("RunStarted", 1),
    ("StepStarted", 1),
    ("StatementStarted", 2),
    ("StatementDone", 2),
    ("Committing", 1),
    ("StepDone", 1),
    ("StatementStarted", 3),  # the lone step, recorded as begun
    ("StatementDone", 3),  # done, not recorded
    ("StepDone", 2),
    ("Committing", 2),
    ("MigrationDone", 1),
]


@pytest.mark.parametrize(("event", "number"), DEATHS)
def test_killed_at_an_event_it_tells_the_truth_and_goes_on(
    database: str, tmp_path: Path, event: str, number: int
) -> None:
    first = together("CREATE TABLE t (v int)", "CREATE TABLE once (v int)")
    plan = plan_for(database, migration("1_a.sql", first, BUILD, together("INSERT INTO once VALUES (1)")))
    with child(tmp_path, plan, database, event, str(number)) as process:
        assert process.wait(30) == -signal.SIGKILL
    done = steps_done(database)
    assert (0 in done) == (value(database, "SELECT to_regclass('public.t')") is not None)
    assert (2 in done) == (applied_files(database) == ["1_a.sql"])
    unfinished = ledger_of(database).unfinished
    assert unfinished is not None
    assert unfinished.plan == plan.id
    if value(database, VALID) == 1:
        assert 1 in done or unfinished.running is not None
    outcome = run(plan, database, options=PATIENT)
    assert (outcome.resumed, outcome.steps) == (True, 3 - len(done))
    assert applied_files(database) == ["1_a.sql"]
    assert (value(database, VALID), value(database, "SELECT count(*) FROM once")) == (1, 1)
    with pytest.raises(Stale, match="already applied"):
        run(plan, database)


def test_killed_while_an_index_is_built_the_leftover_is_built_anew(
    database: str, tmp_path: Path, connect: Connect
) -> None:
    watcher, reader = connect(database), connect(database)
    watcher.execute("CREATE TABLE t (v int)")
    reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    reader.execute("SELECT count(*) FROM t")
    plan = plan_for(database, migration("1_a.sql", BUILD))
    with child(tmp_path, plan, database) as process:
        until(watcher, f"SELECT 1 FROM pg_stat_activity WHERE {WORKER} AND wait_event_type = 'Lock'")
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    assert value(database, "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_v'::regclass") is False
    unfinished = ledger_of(database).unfinished
    assert unfinished is not None
    assert unfinished.running is not None
    reader.execute("COMMIT")
    assert run(plan, database, options=PATIENT).resumed
    assert value(database, VALID) == 1


@pytest.mark.parametrize("answer", list(Answer))
def test_what_cannot_be_observed_is_asked_of_a_person(database: str, tmp_path: Path, answer: Answer) -> None:
    plan = plan_for(database, migration("1_a.sql", alone("CREATE TABLE IF NOT EXISTS t (v int)")))
    with child(tmp_path, plan, database, "StatementStarted", "1") as process:
        process.wait(30)
    with pytest.raises(Partial, match="does not tell whether it was done") as caught:
        run(plan, database, options=PATIENT)
    assert "--step-was" in caught.value.remedy
    assert run(plan, database, options=replace(PATIENT, answer=answer)).steps == 1
    exists = value(database, "SELECT to_regclass('public.t')") is not None
    assert exists == (answer is Answer.AGAIN)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, ExitCode.INTERRUPTED), (signal.SIGTERM, ExitCode.TERMINATED)]
)
def test_a_signal_cancels_the_statement_and_ends_with_the_truth(
    database: str, tmp_path: Path, connect: Connect, number: signal.Signals, code: ExitCode
) -> None:
    watcher = connect(database)
    plan = plan_for(
        database,
        migration("1_a.sql", together("CREATE TABLE a (v int)")),
        migration("2_b.sql", together("CREATE TABLE b (v int)", "SELECT pg_sleep(60)")),
    )
    with child(tmp_path, plan, database) as process:
        until(watcher, f"SELECT 1 FROM pg_stat_activity WHERE {WORKER} AND wait_event = 'PgSleep'")
        began = time.monotonic()
        process.send_signal(number)
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)
        assert (process.returncode, errors) == (code, "")
        assert time.monotonic() - began < 5
    assert "completed 1 of 2 migrations" in output
    assert applied_files(database) == ["1_a.sql"]
    assert value(database, "SELECT to_regclass('public.b')") is None
    unfinished = ledger_of(database).unfinished
    assert unfinished is not None
    assert number.name in (unfinished.error or "")


def test_a_signal_while_an_index_is_built_leaves_what_the_next_apply_mends(
    database: str, tmp_path: Path, connect: Connect
) -> None:
    watcher, reader = connect(database), connect(database)
    watcher.execute("CREATE TABLE t (v int)")
    reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    reader.execute("SELECT count(*) FROM t")
    plan = plan_for(database, migration("1_a.sql", BUILD))
    with child(tmp_path, plan, database) as process:
        until(watcher, f"SELECT 1 FROM pg_stat_activity WHERE {WORKER} AND wait_event_type = 'Lock'")
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == ExitCode.TERMINATED
    reader.execute("COMMIT")
    run(plan, database, options=PATIENT)
    assert value(database, VALID) == 1


def terminate(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE {WORKER}")


@pytest.mark.parametrize(("kind", "words"), [(StatementStarted, "was lost"), (Committing, "did not commit")])
def test_when_the_worker_is_ended_the_step_is_undone_and_that_is_said(
    database: str, kind: type[Event], words: str
) -> None:
    def listener(event: Event) -> None:
        if isinstance(event, kind):
            terminate(database)

    plan = plan_for(database, migration("1_a.sql", together("CREATE TABLE a (v int)")))
    with pytest.raises(RolledBack, match=words):
        run(plan, database, listener)
    assert applied_files(database) == []
    unfinished = ledger_of(database).unfinished
    assert unfinished is not None
    assert words in (unfinished.error or "")
    run(plan, database)
    assert applied_files(database) == ["1_a.sql"]


def wait_for_a_standby(url: str, other: psycopg.Connection) -> None:
    """From now on each COMMIT is durable here and then waits for a standby that does not exist."""
    other.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    other.execute("SELECT pg_reload_conf()")
    probe = psycopg.connect(url, autocommit=True)
    waits = f"SELECT count(*) FROM pg_stat_activity WHERE pid = {probe.info.backend_pid} AND wait_event = 'SyncRep'"
    end = time.monotonic() + 20
    probe.pgconn.send_query(b"SELECT pg_logical_emit_message(true, 'a', 'b')")
    while not until(other, waits):
        assert time.monotonic() < end
        probe.pgconn.consume_input()
        if not probe.pgconn.is_busy():
            while probe.pgconn.get_result():
                pass
            probe.pgconn.send_query(b"SELECT pg_logical_emit_message(true, 'a', 'b')")
    other.execute(f"SELECT pg_terminate_backend({probe.info.backend_pid}, 10000)")
    probe.close()


def test_a_commit_whose_answer_is_lost_is_asked_for_and_the_run_goes_on(database: str, connect: Connect) -> None:
    other = connect(database)
    other.execute(f"ALTER DATABASE {other.info.dbname} SET synchronous_commit = on")
    threads: list[Thread] = []

    def cut_off() -> None:
        until(other, f"SELECT pid FROM pg_stat_activity WHERE {WORKER} AND wait_event = 'SyncRep'")
        other.execute("ALTER SYSTEM RESET synchronous_standby_names")
        terminate(database)
        other.execute("SELECT pg_reload_conf()")

    def listener(event: Event) -> None:
        if isinstance(event, Committing) and not threads:
            wait_for_a_standby(database, other)
            threads.append(Thread(target=cut_off))
            threads[0].start()

    files = [migration(f"{n}_a.sql", together(f"CREATE TABLE t{n} (v int)")) for n in (1, 2)]
    outcome = run(plan_for(database, *files), database, listener)
    threads[0].join()
    assert outcome.steps == 2
    assert applied_files(database) == ["1_a.sql", "2_a.sql"]
    assert ledger_of(database).intact


def test_when_the_lock_is_lost_no_further_step_is_begun(database: str) -> None:
    def listener(event: Event) -> None:
        if isinstance(event, Committing):
            with psycopg.connect(database, autocommit=True) as other:
                lock = "application_name = 'migsafe lock'"
                other.execute(f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE {lock}")

    files = [migration(f"{n}_a.sql", together(f"CREATE TABLE t{n} (v int)")) for n in (1, 2)]
    with pytest.raises(Partial, match="lock of this database was lost"):
        run(plan_for(database, *files), database, listener)
    assert applied_files(database) == ["1_a.sql"]


def test_a_server_that_crashes_in_mid_step_comes_back_with_what_was_committed() -> None:
    state = Path(tempfile.mkdtemp(prefix="migsafe-test-"))
    try:
        with embedded(state) as server:
            url = create_database(server, "crash")
            postmaster = int((server.socket_dir / ".s.PGSQL.5432.lock").read_text(encoding="ascii").split("\n")[0])
            plan = plan_for(
                url,
                migration("1_a.sql", together("CREATE TABLE a (v int)")),
                migration("2_b.sql", together("CREATE TABLE b (v int)", "SELECT 1")),
                timeouts=Timeouts(connect=2_000),
            )

            def listener(event: Event) -> None:
                if isinstance(event, StatementStarted) and event.line == 2:
                    os.kill(postmaster, signal.SIGQUIT)
                    while (server.socket_dir / ".s.PGSQL.5432").exists():
                        pass

            with pytest.raises(Problem, match="was lost"):
                run(plan, url, listener)
        with embedded(state) as server:
            url = server.url("crash")
            assert applied_files(url) == ["1_a.sql"]
            assert value(url, "SELECT to_regclass('public.b')") is None
            assert run(plan, url).resumed
            assert applied_files(url) == ["1_a.sql", "2_b.sql"]
    finally:
        shutil.rmtree(state, ignore_errors=True)
