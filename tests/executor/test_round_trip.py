"""Round trips on a shadow: what is declared is tried, what is not declared is generated, and both are judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migsafe.executor.rehearse.history import try_there_and_back
from migsafe.executor.rehearse.round_trip import Course, Proof, Wits
from migsafe.executor.rehearse.rows import generate_rows
from migsafe.executor.shadow.database import catalog_of
from migsafe.planner.catalog_difference import difference
from migsafe.planner.reverse import first_back, generated_undo, statements
from migsafe.schemas.evidence import RoundTripOutcome
from rehearsing import LIMITS, plan_of, scratch_for_tests, shadow_after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.executor.shadow import Scratch
    from migsafe.schemas.plan import PlannedMigration

SHOP = """
CREATE TYPE state AS ENUM ('new', 'paid');
CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, state state, note text);
"""
COURSE = Course(Wits(difference, first_back, statements, generated_undo), LIMITS, None, ("public",))


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    with scratch_for_tests() as running:
        yield running


def declaring(up: str, down: str) -> PlannedMigration:
    """A migration with a rollback."""
    (migration,) = plan_of(up).migrations
    declared = generated_undo(migration, (down,)).model_copy(update={"file": "rollback/0500.sql", "generated": False})
    return migration.model_copy(update={"undo": declared})


def proof(scratch: Scratch, *migrations: PlannedMigration | str, rows: int = 0) -> Proof:
    """What comes of the last of these migrations on the shop."""
    planned = [plan_of(each).migrations[0] if isinstance(each, str) else each for each in migrations]
    with shadow_after(scratch, SHOP) as shadow:
        if rows:
            generate_rows(shadow.watcher_url, catalog_of(shadow), rows)
        return try_there_and_back(scratch, shadow, planned, COURSE).proofs[-1]


def test_a_rollback_that_restores_the_catalog_is_proven(scratch: Scratch) -> None:
    found = proof(scratch, declaring("ALTER TABLE orders ADD a int", "ALTER TABLE orders DROP a"))
    assert found.declared is not None
    assert (found.round_trip.outcome, found.round_trip.detail, found.undo) == (RoundTripOutcome.PROVEN, "", None)


def test_a_rollback_that_forgets_something_differs_and_another_is_offered(scratch: Scratch) -> None:
    up = "ALTER TABLE orders ADD a int; CREATE INDEX by_note ON orders (note)"
    found = proof(scratch, declaring(up, "ALTER TABLE orders DROP a"))
    assert found.declared is not None
    assert found.declared.outcome is RoundTripOutcome.FAILS
    assert "already exists" in found.declared.detail
    assert found.declared.differences == (
        "index public.by_note created: CREATE INDEX by_note ON public.orders USING btree (note)",
    )
    assert found.generated is not None
    assert found.generated.outcome is RoundTripOutcome.PROVEN


def test_a_rollback_that_fails_says_where_and_why(scratch: Scratch) -> None:
    found = proof(scratch, declaring("CREATE TABLE a ()", "DROP TABLE b"))
    assert found.round_trip.outcome is RoundTripOutcome.FAILS
    assert "rollback/0500.sql:4" in found.round_trip.detail
    assert "42P01" in found.round_trip.detail


def test_a_table_that_is_dropped_comes_back_without_its_rows(scratch: Scratch) -> None:
    found = proof(scratch, "DROP TABLE orders")
    assert found.declared is None
    assert (found.round_trip.outcome, found.round_trip.lost) == (RoundTripOutcome.LOSES_DATA, ("public.orders",))
    assert found.round_trip.differences == ()


def test_a_column_that_is_dropped_comes_back_at_the_end_and_empty(scratch: Scratch) -> None:
    found = proof(scratch, "ALTER TABLE orders DROP state")
    assert found.round_trip.lost == ("public.orders.state",)
    assert [each.partition(":")[0] for each in found.round_trip.differences] == [
        "column order of public.orders differs"
    ]


def test_a_rename_keeps_its_rows(scratch: Scratch) -> None:
    found = proof(scratch, "ALTER TABLE orders RENAME TO purchases; ALTER TABLE purchases RENAME note TO n", rows=5)
    assert found.undo is not None
    assert (found.round_trip.outcome, found.undo.generated) == (RoundTripOutcome.PROVEN, True)
    assert "ALTER TABLE public.purchases RENAME TO orders" in (found.undo.sql or "")


def test_a_type_that_is_narrowed_loses_what_did_not_fit(scratch: Scratch) -> None:
    found = proof(scratch, "ALTER TABLE orders ALTER note TYPE varchar(4) USING left(note, 4)", rows=5)
    assert (found.round_trip.outcome, found.round_trip.lost) == (RoundTripOutcome.LOSES_DATA, ("public.orders.note",))


def test_rows_that_are_deleted_are_lost(scratch: Scratch) -> None:
    found = proof(scratch, declaring("DELETE FROM orders", "SELECT 1"), rows=5)
    assert found.round_trip.lost == ("public.orders",)


def test_rows_that_are_written_out_are_taken_back(scratch: Scratch) -> None:
    found = proof(scratch, "INSERT INTO customers (id, name) VALUES (-1, 'x'); ALTER TABLE orders ADD a int", rows=3)
    assert found.undo is not None
    assert "DELETE FROM public.customers WHERE id = '-1'" in (found.undo.sql or "")
    assert found.round_trip.outcome is RoundTripOutcome.PROVEN


def test_a_label_of_an_enum_goes_with_its_type_made_anew(scratch: Scratch) -> None:
    found = proof(scratch, "ALTER TYPE state ADD VALUE 'sent'", rows=5)
    assert found.round_trip.outcome is RoundTripOutcome.PROVEN


def test_each_migration_is_tried_on_what_the_one_before_it_left(scratch: Scratch) -> None:
    found = proof(scratch, "DROP TABLE orders", "CREATE TABLE orders (id int)", "ALTER TABLE orders ADD b int")
    assert found.round_trip.outcome is RoundTripOutcome.PROVEN


def test_a_column_of_an_enum_that_was_swapped_for_another_goes_back(scratch: Scratch) -> None:
    up = (
        "CREATE TYPE state_new AS ENUM ('new', 'paid', 'sent');"
        "ALTER TABLE orders ALTER state TYPE state_new USING state::text::state_new;"
        "DROP TYPE state; ALTER TYPE state_new RENAME TO state"
    )
    found = proof(scratch, up, rows=5)
    assert found.round_trip.outcome is RoundTripOutcome.PROVEN, found.round_trip


def test_what_stands_far_from_a_change_is_left_alone(scratch: Scratch) -> None:
    """A rollback is composed from what changed and what that has to do with; views in between are made again."""
    others = "; ".join(
        f"CREATE TABLE far{at} (id int PRIMARY KEY); CREATE VIEW see{at} AS TABLE far{at}" for at in range(5)
    )
    near = "CREATE VIEW first AS SELECT note FROM orders; CREATE VIEW second AS SELECT note FROM first"
    found = proof(scratch, f"{others}; {near}", "ALTER TABLE orders ALTER id TYPE int; DROP VIEW second, first", rows=3)
    assert found.undo is not None
    assert found.round_trip.outcome is RoundTripOutcome.PROVEN, found.round_trip
    assert "CREATE VIEW public.second" in (found.undo.sql or "")
    assert "far" not in (found.undo.sql or "")
