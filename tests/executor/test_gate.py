"""The gate: each reason for which a plan may not be applied, told before anything is changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from applying import NOW, OPTIONS, applied_files, migration, plan_for, run, together, value
from migsafe.executor.gate import is_open
from migsafe.executor.mutex import Mutex
from migsafe.executor.server.databases import create_database, drop_database
from migsafe.schemas.plan import Limits, Verdict
from migsafe.schemas.policies import Freeze, Locking, Timeouts, Weekday, Window
from migsafe.schemas.problem import Drift, ExitCode, Locked, Problem, Refusal, Stale
from migsafe.schemas.seal import sealed

if TYPE_CHECKING:
    from migsafe.executor.server.embedded import Server
    from migsafe.schemas.plan import Plan

MAKE = migration("1_a.sql", together("CREATE TABLE a (id int)"))


def refuses(plan: Plan, url: str, kind: type[Problem], words: str) -> None:
    """The plan is refused, with a remedy, and leaves no trace."""
    with pytest.raises(kind, match=words) as caught:
        run(plan, url)
    assert caught.value.remedy
    assert value(url, "SELECT to_regclass('public.a')") is None
    assert value(url, "SELECT to_regnamespace('migsafe')") is None


def limited(plan: Plan, *, window: Window | None = None, freeze: tuple[Freeze, ...] = ()) -> Plan:
    limits = Limits(timeouts=Timeouts(), locking=Locking(), maintenance_window=window, freeze=freeze)
    return sealed(plan.model_copy(update={"limits": limits}))


def test_a_plan_that_was_changed_is_refused(database: str) -> None:
    plan = plan_for(database, MAKE)
    other = MAKE.model_copy(update={"sql": "CREATE TABLE b (id int)"})
    refuses(plan.model_copy(update={"migrations": (other,)}), database, Stale, "changed after it was made")


@pytest.mark.parametrize("number", ["2.0", "1.1", "0.9", "1.x", ""])
def test_a_plan_of_a_format_that_is_not_known_is_refused(database: str, number: str) -> None:
    refuses(plan_for(database, MAKE, format=number), database, Stale, "has format")


def test_a_plan_that_is_not_allowed_says_why(database: str) -> None:
    refuses(
        plan_for(database, MAKE, verdict=Verdict(allowed=False, reasons=("too risky",))),
        database,
        Refusal,
        "not allowed",
    )


def test_an_expired_plan_is_refused(database: str) -> None:
    refuses(plan_for(database, MAKE, expires_at=NOW.isoformat()), database, Stale, "expired")


def test_a_frozen_time_is_refused_with_its_reason(database: str) -> None:
    freeze = Freeze(start=NOW, end=NOW + dt.timedelta(hours=1), reason="year end")
    refuses(limited(plan_for(database, MAKE), freeze=(freeze,)), database, Refusal, "frozen until")


def test_a_closed_window_is_refused(database: str) -> None:
    window = Window(start="02:00", end="04:00", timezone="Europe/Berlin")
    refuses(limited(plan_for(database, MAKE), window=window), database, Refusal, "maintenance window")


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-06-05T22:00:00+00:00", True),  # Friday, just opened
        ("2026-06-06T01:59:00+00:00", True),  # Saturday morning belongs to Friday's window
        ("2026-06-06T02:00:00+00:00", False),
        ("2026-06-06T22:30:00+00:00", False),  # Saturday evening has none
        ("2026-06-05T21:59:00+00:00", False),
    ],
)
def test_a_window_over_midnight_belongs_to_the_day_it_opens_on(when: str, *, expected: bool) -> None:
    window = Window(days=(Weekday.FRI,), start="22:00", end="02:00")
    assert is_open(window, dt.datetime.fromisoformat(when)) is expected


def test_a_plan_for_another_database_is_refused_naming_both(server: Server, database: str) -> None:
    other = create_database(server, "gate_other")
    try:
        with pytest.raises(Stale) as caught:
            run(plan_for(database, MAKE), other)
        assert "gate_other" in caught.value.what
        assert caught.value.exit_code is ExitCode.STALE
        copy = create_database(server, "gate_copy", template="gate_other")
        refuses(plan_for(other, MAKE), copy, Stale, "for another database")
    finally:
        drop_database(server, "gate_copy")
        drop_database(server, "gate_other")


def test_a_plan_for_another_major_is_refused(database: str) -> None:
    refuses(plan_for(database, MAKE, server_version=120000), database, Stale, "PostgreSQL 12")


def test_a_read_only_session_is_refused(database: str) -> None:
    plan = plan_for(database, MAKE)
    refuses(plan, f"{database}&options=-c%20default_transaction_read_only%3Don", Refusal, "read-only")


def test_a_role_that_is_not_there_or_not_ours_is_refused(database: str) -> None:
    refuses(plan_for(database, MAKE, role="nobody_here"), database, Refusal, "nobody_here")


def test_a_role_without_the_right_to_make_the_ledger_is_refused(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE ROLE gate_plain LOGIN")
        try:
            connection.execute("GRANT EXECUTE ON FUNCTION pg_control_system() TO gate_plain")
            user = psycopg.conninfo.conninfo_to_dict(database)["user"]
            url = database.replace(f"user={user}", "user=gate_plain")
            with pytest.raises(Refusal, match="may not create the schema migsafe") as caught:
                run(plan_for(database, MAKE), url)
            assert "GRANT CREATE ON DATABASE" in caught.value.remedy
            with pytest.raises(Refusal, match="may not run the migrations as"):
                run(plan_for(database, MAKE, role=user), url)
        finally:
            connection.execute("DROP OWNED BY gate_plain")
            connection.execute("DROP ROLE gate_plain")


def test_a_plan_is_used_once_also_when_it_is_empty(database: str) -> None:
    for migrations in ((), (MAKE,)):
        plan = plan_for(database, *migrations)
        run(plan, database)
        with pytest.raises(Stale, match="already applied"):
            run(plan, database)


def test_a_plan_names_what_was_applied_since(database: str) -> None:
    early = plan_for(database, migration("2_b.sql", together("SELECT 1")))
    run(plan_for(database, MAKE), database)
    late = plan_for(database, migration("3_c.sql", together("SELECT 1")))
    run(plan_for(database, migration("4_d.sql", together("SELECT 1"))), database)
    with pytest.raises(Stale, match=r"applied since it was made: 1_a\.sql, 4_d\.sql"):
        run(early, database)
    with pytest.raises(Stale, match=r"applied since it was made: 4_d\.sql"):
        run(late, database)
    assert applied_files(database) == ["1_a.sql", "4_d.sql"]


@pytest.mark.parametrize(
    ("between", "words"),
    [
        ("ALTER TABLE t ADD other int", "public.t was changed"),
        ("DROP TABLE t", "public.t was dropped"),
        ("CREATE TABLE u (id int)", "public.u was created"),
    ],
)
def test_an_object_that_is_no_longer_as_planned_is_named(database: str, between: str, words: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE t (id int)")
        plan = plan_for(database, MAKE, base=("public.t", "public.u"))
        connection.execute(between.encode())
    refuses(plan, database, Stale, words)


def test_a_ledger_that_was_changed_by_hand_is_refused(database: str) -> None:
    run(plan_for(database, MAKE), database)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("ALTER TABLE migsafe.ledger DISABLE TRIGGER ALL")
        connection.execute("UPDATE migsafe.ledger SET body = body || '{\"x\": 1}' WHERE sequence = 2")
    with pytest.raises((Drift, Problem)):
        run(plan_for(database, migration("2_b.sql", together("SELECT 1"))), database)
    assert applied_files(database) == []


def test_another_run_that_holds_the_lock_is_named(database: str) -> None:
    with Mutex.take(database), pytest.raises(Locked, match="another run holds the lock"):
        run(plan_for(database, MAKE), database)
    heard: list[object] = []
    with Mutex.take(database) as mutex:

        def listener(event: object) -> None:
            heard.append(event)
            mutex.release()

        run(plan_for(database, MAKE), database, listener, replace(OPTIONS, wait_ms=60_000))
    assert "migsafe lock" in str(heard[0])
