"""The gate before a strong lock: who stands in front is named and not queued behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from applying import QUICK, applied_files, migration, plan_for, run, together, value
from migsafe.executor.locking import LockGate
from migsafe.schemas.events import Event, StatementStarted, Waiting, silent
from migsafe.schemas.locks import Lock
from migsafe.schemas.policies import Locking
from migsafe.schemas.problem import ExitCode, RolledBack
from migsafe.schemas.step import LockNeed

if TYPE_CHECKING:
    from collections.abc import Callable

    from migsafe.schemas.plan import Plan

    Connect = Callable[[str], psycopg.Connection]

QUEUED = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
PATIENT = Locking(stall_budget=200, first_attempt=100, look_every=20, give_up_after=60_000)


@pytest.fixture
def reader(database: str, connect: Connect) -> psycopg.Connection:
    """A session that has read from t and p and keeps its transaction open, older than the threshold."""
    connection = connect(database)
    connection.execute("CREATE TABLE t (id int)")
    connection.execute("CREATE VIEW v AS SELECT * FROM t")
    connection.execute("CREATE TABLE p (id int) PARTITION BY RANGE (id)")
    connection.execute("CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)")
    connection.execute("SET application_name = 'night report'")
    connection.execute("BEGIN")
    connection.execute("SELECT pg_sleep(0.15) FROM (SELECT count(*) FROM t) AS one")
    return connection


def adding(url: str, locking: Locking, *needs: tuple[str, Lock]) -> Plan:
    locks = needs or (("public.t", Lock.ACCESS_EXCLUSIVE),)
    return plan_for(url, migration("1_a.sql", together("ALTER TABLE t ADD note text", locks=locks)), locking=locking)


def test_while_a_reader_stands_in_front_nothing_is_queued(
    database: str, reader: psycopg.Connection, connect: Connect
) -> None:
    watcher = connect(database)
    waits: list[Waiting] = []
    queued: list[object] = []

    def listener(event: Event) -> None:
        if isinstance(event, Waiting):
            waits.append(event)
            row = watcher.execute(QUEUED).fetchone()
            queued.append(row and row[0])
            if len(waits) == 10:
                reader.execute("COMMIT")

    run(adding(database, PATIENT), database, listener)
    assert applied_files(database) == ["1_a.sql"]
    assert queued == [0] * len(waits)
    assert {wait.attempts for wait in waits} == {0}
    (blocker,) = waits[0].blockers
    assert waits[0].relations == ("public.t",)
    assert (blocker.pid, blocker.application) == (reader.info.backend_pid, "night report")
    assert (blocker.relation, blocker.mode, blocker.state) == ("public.t", "ACCESS SHARE", "idle in transaction")
    assert blocker.seconds > 0.1
    assert "pg_sleep" in blocker.query


def test_at_the_deadline_it_gives_up_naming_the_blocker_and_changes_nothing(
    database: str, reader: psycopg.Connection
) -> None:
    heard: list[Event] = []
    with pytest.raises(RolledBack) as caught:
        run(adding(database, QUICK), database, heard.append)
    assert caught.value.exit_code is ExitCode.ROLLED_BACK
    assert f"pid {reader.info.backend_pid} (night report" in caught.value.why
    assert f"pg_terminate_backend({reader.info.backend_pid})" in caught.value.remedy
    assert not any(isinstance(event, StatementStarted) for event in heard)
    assert value(database, "SELECT count(*) FROM pg_attribute WHERE attname = 'note'") == 0
    assert applied_files(database) == []


def test_a_reader_is_no_blocker_of_a_lock_that_lets_readers_pass(database: str, reader: psycopg.Connection) -> None:
    heard: list[Event] = []
    locks = (("public.t", Lock.SHARE_ROW_EXCLUSIVE),)
    trigger = "CREATE TRIGGER a BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    run(plan_for(database, migration("1_a.sql", together(trigger, locks=locks))), database, heard.append)
    assert not any(isinstance(event, Waiting) for event in heard)
    assert reader.info.transaction_status is psycopg.pq.TransactionStatus.INTRANS


def test_readers_of_a_partition_stand_in_front_of_its_parent(database: str, reader: psycopg.Connection) -> None:
    reader.execute("SELECT FROM ONLY p1")
    locks = (("public.p", Lock.ACCESS_EXCLUSIVE),)
    plan = plan_for(database, migration("1_a.sql", together("ALTER TABLE p ADD note text", locks=locks)))
    with pytest.raises(RolledBack, match=r"locks on public\.p") as caught:
        run(plan, database)
    assert "public.p1" in caught.value.why


def test_a_role_that_may_not_see_ages_waits_all_the_same(database: str, reader: psycopg.Connection) -> None:
    with psycopg.connect(database, autocommit=True) as plain:
        plain.execute("CREATE ROLE plain")
        try:
            plain.execute("SET SESSION AUTHORIZATION plain")
            needs = (LockNeed(relation="public.t", lock=Lock.ACCESS_EXCLUSIVE),)
            gate = LockGate(needs, QUICK, None, silent, pause=lambda _seconds: None)
            with pytest.raises(RolledBack, match="gave up") as caught:
                gate.wait(plain)
            assert f"pid {reader.info.backend_pid}" in caught.value.why
            assert "LOCK TABLE" not in gate.taking()
        finally:
            plain.execute("RESET SESSION AUTHORIZATION")
            plain.execute("DROP ROLE plain")


def test_a_statement_that_needs_a_lock_nobody_foresaw_is_tried_again_as_a_whole(
    database: str, reader: psycopg.Connection
) -> None:
    def listener(event: Event) -> None:
        if isinstance(event, Waiting) and event.attempts == 2:
            reader.execute("ROLLBACK")

    statements = ("CREATE TABLE first (id int)", "ALTER TABLE t ADD note text")
    run(plan_for(database, migration("1_a.sql", together(*statements)), locking=PATIENT), database, listener)
    assert applied_files(database) == ["1_a.sql"]


def test_views_and_what_is_gone_are_looked_at_and_never_locked(database: str, reader: psycopg.Connection) -> None:
    reader.execute("COMMIT")
    needs = (("public.v", Lock.ACCESS_EXCLUSIVE), ("public.gone", Lock.SHARE), ("public.t", Lock.ACCESS_EXCLUSIVE))
    run(adding(database, QUICK, *needs), database)
    assert applied_files(database) == ["1_a.sql"]


def test_locks_are_taken_in_their_order_within_one_budget(reader: psycopg.Connection) -> None:
    reader.execute("COMMIT")
    needs = tuple(
        LockNeed(relation=name, lock=lock)
        for name, lock in (
            ("public.t", Lock.SHARE),
            ("public.p", Lock.ACCESS_EXCLUSIVE),
            ("public.p1", Lock.ACCESS_EXCLUSIVE),
        )
    )
    gate = LockGate(needs, QUICK, None, silent, pause=lambda _seconds: None)
    gate.wait(reader)
    assert gate.taking() == (
        "SET LOCAL lock_timeout = 50; SET LOCAL statement_timeout = 50; "
        "LOCK TABLE public.t IN SHARE MODE; LOCK TABLE public.p, public.p1 IN ACCESS EXCLUSIVE MODE; "
        "SET LOCAL lock_timeout = 150"
    )


def test_without_locks_the_gate_asks_the_server_nothing(connect: Connect, database: str) -> None:
    closed = connect(database)
    closed.close()
    LockGate((), QUICK, None, silent, pause=lambda _seconds: None).wait(closed)
