"""Rollbacks that mean harm, or are badly made: each is told as what it is, and the shadow is there for the next."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from migsafe.cli.flows.proving import Stands, course_of, rehearsed_there_and_back
from migsafe.executor.rehearse import Script, proving, rehearse
from migsafe.executor.rehearse.history import try_there_and_back
from migsafe.planner.catalog_difference import difference
from migsafe.planner.reverse.history import with_rollbacks
from migsafe.schemas.evidence import RoundTripOutcome
from migsafe.schemas.migration import SqlFile
from rehearsing import LIMITS, file_of, plan_of, scratch_for_tests, shadow_after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.executor.rehearse.round_trip import Proof
    from migsafe.executor.shadow import Scratch
    from migsafe.schemas.evidence import RoundTrip
    from migsafe.schemas.migration import Migration

PROVEN, FAILS = RoundTripOutcome.PROVEN, RoundTripOutcome.FAILS
SHOP = "CREATE TABLE orders (id bigint PRIMARY KEY, note text); INSERT INTO orders VALUES (1, 'first'), (2, 'second')"
AFTERWARDS = ("ALTER TABLE orders ADD afterwards int", "ALTER TABLE orders DROP afterwards")
TIMEOUT_MS = 700


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    with scratch_for_tests() as running:
        yield running


def both(number: int, up: str, down: str | None) -> Migration:
    """A migration with a rollback script."""
    migration = file_of(number, up)
    if down is None:
        return migration
    raw = down.encode()
    digest = hashlib.sha256(raw).hexdigest()
    return replace(migration, down=SqlFile(f"migrations/rollback/{number:04}_down.sql", raw, digest, digest))


def proofs(scratch: Scratch, *pairs: tuple[str, str | None]) -> tuple[Proof, ...]:
    """What comes of these migrations and rollbacks on the shop."""
    planned = with_rollbacks(both(500 + at, up, down) for at, (up, down) in enumerate(pairs))
    with shadow_after(scratch, SHOP) as shadow:
        return try_there_and_back(scratch, shadow, planned, course_of(LIMITS, TIMEOUT_MS, None, shadow)).proofs


def declared(scratch: Scratch, up: str, down: str) -> RoundTrip:
    """What comes of one declared rollback. A migration after it is tried on an unharmed shadow."""
    found, after = proofs(scratch, (up, down), AFTERWARDS)
    assert after.declared is not None
    assert after.declared.outcome is PROVEN, after.declared
    assert found.declared is not None
    return found.declared


def test_a_rollback_that_sleeps_is_ended(scratch: Scratch) -> None:
    found = declared(scratch, "CREATE TABLE a ()", "SELECT pg_sleep(3600); DROP TABLE a")
    assert found.outcome is FAILS
    assert "57014" in found.detail


def test_a_rollback_that_ends_its_own_session_fails(scratch: Scratch) -> None:
    found = declared(scratch, "CREATE TABLE a ()", "SELECT pg_terminate_backend(pg_backend_pid())")
    assert found.outcome is FAILS
    assert "connection" in found.detail


@pytest.mark.parametrize(
    "down", ["DROP ROLE migrator", "DROP OWNED BY CURRENT_USER CASCADE", "DROP SCHEMA public CASCADE"]
)
def test_a_rollback_that_drops_everything_harms_no_later_round_trip(scratch: Scratch, down: str) -> None:
    assert declared(scratch, "CREATE TABLE a ()", down).outcome in {FAILS, RoundTripOutcome.LOSES_DATA}


def test_a_rollback_that_commits_in_between_is_tried_as_it_would_run(scratch: Scratch) -> None:
    found = declared(scratch, "CREATE TABLE a (); CREATE TABLE b ()", "BEGIN; DROP TABLE a; COMMIT; DROP TABLE b;")
    assert found.outcome is PROVEN


def test_a_rollback_whose_block_commits_is_tried_as_it_would_run(scratch: Scratch) -> None:
    found = declared(scratch, "CREATE TABLE a ()", "DO $$ BEGIN DROP TABLE a; COMMIT; END $$")
    assert found.outcome is PROVEN
    hidden = "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$; DROP TABLE a; CALL p()"
    assert declared(scratch, "CREATE TABLE a ()", hidden).outcome is FAILS


def test_what_runs_outside_of_transactions_is_tried_with_commits(scratch: Scratch) -> None:
    up = "CREATE INDEX CONCURRENTLY by_note ON orders (note)"
    assert declared(scratch, up, "DROP INDEX CONCURRENTLY by_note").outcome is PROVEN
    assert declared(scratch, up, "SELECT 1").outcome is FAILS
    generated = proofs(scratch, (up, None), AFTERWARDS)[0].generated
    assert generated is not None
    assert generated.outcome is PROVEN


def test_a_rollback_that_leaves_a_constraint_violated_at_its_end_fails(scratch: Scratch) -> None:
    up = "CREATE TABLE a (id int REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED)"
    found = declared(scratch, up, "INSERT INTO a VALUES (77)")
    assert found.outcome is FAILS
    assert "23503" in found.detail


def test_session_state_of_a_rollback_does_not_reach_the_migration_after_it(scratch: Scratch) -> None:
    down = "SET search_path = pg_catalog; CREATE TEMP TABLE orders (); PREPARE p AS SELECT 1; DROP TABLE public.a"
    assert (
        declared(scratch, "CREATE TABLE a (); PREPARE p AS SELECT 2; SELECT note FROM orders", down).outcome is PROVEN
    )


@pytest.mark.parametrize(
    ("down", "why"),
    [("", "the rollback is empty"), ("-- not today\n", "the rollback is empty"), ("\\c other\n", "cannot be used")],
)
def test_an_empty_or_unreadable_rollback_is_not_tried_and_another_is_offered(
    scratch: Scratch, down: str, why: str
) -> None:
    (found,) = proofs(scratch, ("CREATE TABLE a ()", down))
    assert found.round_trip.outcome is RoundTripOutcome.NOT_TRIED
    assert why in found.round_trip.detail
    assert found.generated is not None
    assert found.generated.outcome is PROVEN


@pytest.mark.parametrize(
    ("up", "down", "outcome"),
    [
        ("UPDATE orders SET note = note || '!'", "UPDATE orders SET note = rtrim(note, '!')", PROVEN),
        ("UPDATE orders SET note = 'gone'", "UPDATE orders SET note = 'first'", RoundTripOutcome.LOSES_DATA),
        ("DELETE FROM orders WHERE id = 2", "INSERT INTO orders VALUES (2, 'second')", PROVEN),
        ("INSERT INTO orders VALUES (3, 'x')", "SELECT 1", FAILS),
        ("INSERT INTO orders SELECT max(id) + 1, 'x' FROM orders", "SELECT 1", RoundTripOutcome.DIFFERS),
    ],
)
def test_rollbacks_of_data_alone_are_judged_by_the_rows(
    scratch: Scratch, up: str, down: str, outcome: RoundTripOutcome
) -> None:
    assert declared(scratch, up, down).outcome is outcome


def test_a_schema_that_no_manifest_names_is_compared_too(scratch: Scratch) -> None:
    (found,) = proofs(scratch, ("CREATE SCHEMA app; CREATE TABLE app.a (); CREATE TABLE app.b ()", "DROP TABLE app.a"))
    assert found.declared is not None
    assert "schema app created" in found.declared.differences
    assert found.undo is not None
    assert "DROP SCHEMA app" in (found.undo.sql or "")
    assert found.generated is not None
    assert found.generated.outcome is PROVEN


def test_no_superuser_reads_rows_through_a_cast_that_a_migration_made(scratch: Scratch) -> None:
    """A checksum is of `value::text`, which may be a function of the migration's own."""
    up = (
        "CREATE TYPE thing AS (a int);"
        "CREATE FUNCTION told(thing) RETURNS text LANGUAGE plpgsql AS $$ BEGIN"
        " IF current_setting('is_superuser') = 'on' THEN RAISE 'superuser'; END IF; RETURN 'x'; END $$;"
        "CREATE CAST (thing AS text) WITH FUNCTION told(thing);"
        "CREATE TABLE things (t thing); INSERT INTO things VALUES (ROW(1))"
    )
    (found,) = proofs(
        scratch, (up, "DROP TABLE things; DROP CAST (thing AS text); DROP FUNCTION told; DROP TYPE thing")
    )
    assert found.declared is not None
    assert found.declared.outcome is PROVEN, found.declared


def test_a_rehearsal_with_round_trips_measures_what_one_without_measures(scratch: Scratch) -> None:
    texts = (
        "ALTER TABLE orders ADD a int NOT NULL DEFAULT 1; CREATE INDEX by_a ON orders (a)",
        "CREATE INDEX CONCURRENTLY by_note ON orders (note)",
        "ALTER TABLE orders ALTER id TYPE numeric; DROP INDEX by_a",
    )
    plan, script = plan_of(*texts), Script(difference, 20_000)
    with shadow_after(scratch, SHOP) as shadow:
        alone = rehearse(plan, shadow, script)
    with shadow_after(scratch, SHOP) as shadow:
        evidence, tried = rehearsed_there_and_back(plan, Stands(shadow, scratch), script, lambda _: None)
    assert [each.generated and each.generated.outcome for each in tried.values()] == [PROVEN] * 3
    assert (evidence.base, evidence.expected, evidence.failure) == (alone.base, alone.expected, None)
    for one, other in zip(evidence.migrations, alone.migrations, strict=True):
        assert [(each.measured, each.changes) for each in one.statements] == [
            (each.measured, each.changes) for each in other.statements
        ]


def test_of_a_large_plan_the_last_migrations_are_tried_and_the_rest_is_said(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "MOST_TRIED", 2)
    plan, told = plan_of(*(f"CREATE TABLE t{number} ()" for number in range(4))), list[str]()
    with shadow_after(scratch, SHOP) as shadow:
        _, tried = rehearsed_there_and_back(plan, Stands(shadow, scratch), Script(difference, 20_000), told.append)
    trips = [each.declared or each.generated for each in tried.values()]
    assert [trip and trip.outcome for trip in trips] == [RoundTripOutcome.NOT_TRIED] * 2 + [PROVEN] * 2
    assert trips[0] is not None
    assert "only the last" in trips[0].detail
    assert told[-1].endswith("(4 of 4)")


def test_on_a_server_of_ones_own_all_but_what_needs_copies_is_tried(scratch: Scratch) -> None:
    plan = plan_of("CREATE TABLE a ()", "CREATE INDEX CONCURRENTLY by_note ON orders (note)")
    with shadow_after(scratch, SHOP) as shadow:
        _, tried = rehearsed_there_and_back(plan, Stands(shadow, None), Script(difference, 20_000), lambda _: None)
    first, second = tried.values()
    assert first.generated is not None
    assert first.generated.outcome is PROVEN
    assert second.declared is not None
    assert "needs copies of the shadow" in second.declared.detail
